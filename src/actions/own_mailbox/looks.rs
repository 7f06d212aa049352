//! How much one person may ask of the mail server: each look is a connection, of which all people share a few. Kept in memory: a
//! look is over within two minutes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::MailboxProblem;
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// Open at the same time: somebody has two windows.
const AT_ONCE: usize = 2;
/// Within a minute.
const PER_MINUTE: usize = 30;
const MINUTE: Duration = Duration::from_secs(60);
/// More people are not remembered; those who are not at it any more are forgotten before.
const MOST: usize = 10_000;

/// Who looks into their mailbox now, and did lately. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Looks(Arc<Mutex<HashMap<PersonId, Looker>>>);

#[derive(Debug, Default)]
struct Looker {
    open: usize,
    /// When the looks of the last minute began, oldest first.
    lately: VecDeque<Timestamp>,
}

/// One look; it is over when this is dropped.
#[derive(Debug)]
pub struct Look {
    looks: Looks,
    person: PersonId,
}

impl Looks {
    /// Begins a look.
    ///
    /// # Errors
    /// [`MailboxProblem::TooManyAtOnce`] or [`MailboxProblem::TooOften`].
    pub fn begin(&self, person: PersonId, now: Timestamp) -> Result<Look, MailboxProblem> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, one| one.open > 0 || one.lately.back().is_some_and(|at| now - *at < MINUTE));
        }
        let one = all.entry(person).or_default();
        while one.lately.front().is_some_and(|at| now - *at >= MINUTE) {
            one.lately.pop_front();
        }
        if one.open >= AT_ONCE {
            return Err(MailboxProblem::TooManyAtOnce);
        }
        if one.lately.len() >= PER_MINUTE {
            return Err(MailboxProblem::TooOften);
        }
        one.open += 1;
        one.lately.push_back(now);
        Ok(Look { looks: self.clone(), person })
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        let mut all = self.looks.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = all.get_mut(&self.person) {
            one.open = one.open.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn one_person_has_two_looks_at_once_and_thirty_a_minute() {
        let (clock, looks) = (Clock::standing_at(Timestamp::from_millis(0)), Looks::default());
        let (anna, other) = (clock.new_id(), clock.new_id());
        let begin = |who| looks.begin(who, clock.now());
        let open = [begin(anna).unwrap(), begin(anna).unwrap()];
        assert_eq!(begin(anna).unwrap_err(), MailboxProblem::TooManyAtOnce);
        assert!(begin(other).is_ok(), "others look on");
        drop(open);
        for _ in 2..PER_MINUTE {
            begin(anna).unwrap();
        }
        assert_eq!(begin(anna).unwrap_err(), MailboxProblem::TooOften);
        clock.advance(MINUTE);
        assert!(begin(anna).is_ok());
    }
}
