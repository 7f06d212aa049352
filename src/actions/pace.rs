//! How fast one person may ask for what costs the database work. Kept in memory: looking changes nothing that is stored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{ActionError, Problem, Result};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// So many at once, for those who type fast, and one more each half second.
const AT_ONCE: u32 = 30;
const EVERY: Duration = Duration::from_millis(500);
/// More people are not remembered; those who have waited long enough are forgotten before.
const MOST: usize = 10_000;

/// Who asked lately. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Pace(Arc<Mutex<HashMap<PersonId, Timestamp>>>);

impl Pace {
    /// Takes one.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when this person has to wait for a moment.
    pub(super) fn take(&self, person: PersonId, now: Timestamp) -> Result<()> {
        let mut free_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if free_at.len() >= MOST {
            free_at.retain(|_, at| *at > now);
        }
        // Everything that was taken is paid back one by one; this is when all of it will be.
        let paid = free_at.get(&person).copied().unwrap_or(now).max(now);
        if paid - now >= EVERY * AT_ONCE {
            return Err(ActionError::invalid("q", Problem::TooFast));
        }
        free_at.insert(person, paid + EVERY);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn whoever_types_fast_goes_on_and_a_program_waits() {
        let (clock, pace) = (Clock::standing_at(Timestamp::from_millis(0)), Pace::default());
        let (anna, other) = (clock.new_id(), clock.new_id());
        for _ in 0..AT_ONCE {
            pace.take(anna, clock.now()).unwrap();
        }
        assert!(pace.take(anna, clock.now()).is_err());
        pace.take(other, clock.now()).unwrap();
        clock.advance(EVERY);
        pace.take(anna, clock.now()).unwrap();
        assert!(pace.take(anna, clock.now()).is_err());
        clock.advance(EVERY * AT_ONCE * 2);
        for _ in 0..AT_ONCE {
            pace.take(anna, clock.now()).unwrap();
        }
        assert!(pace.take(anna, clock.now()).is_err());
    }
}
