//! Who is here: the open pages of each person, and what the others were told of it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::domain::ids::PersonId;
use crate::domain::presence::Attention;
use crate::domain::time::Timestamp;

/// So long nobody is told that the last page has gone: it may only be loaded anew, or its network hiccups.
pub const GRACE: Duration = Duration::from_secs(8);
/// Of one person the others hear no oftener.
pub const PAUSE: Duration = Duration::from_secs(2);

/// Only people with an open page, and those of whom something is still to be told.
#[derive(Debug, Default)]
pub(super) struct Presences {
    people: HashMap<PersonId, Known>,
    waiting: HashSet<PersonId>,
}

#[derive(Debug, Default)]
struct Known {
    looking: usize,
    idle: usize,
    /// What the others know.
    told: Attention,
    told_at: Option<Timestamp>,
    gone_since: Option<Timestamp>,
    /// Something else of them changed that the others see.
    is_restated: bool,
}

/// What is to be told of a person now, and whether there may be more to tell later.
struct Verdict {
    tell: Option<Attention>,
    waits: bool,
}

impl Presences {
    /// A page was opened; somebody looks at it.
    pub(super) fn enter(&mut self, person: PersonId) {
        self.stir(person).looking += 1;
    }

    /// A page is looked at, or no longer.
    pub(super) fn turn(&mut self, person: PersonId, looks: bool) {
        let known = self.stir(person);
        let (from, to) =
            if looks { (&mut known.idle, &mut known.looking) } else { (&mut known.looking, &mut known.idle) };
        *from = from.saturating_sub(1);
        *to += 1;
    }

    /// A page has gone that was looked at, or was not.
    pub(super) fn leave(&mut self, person: PersonId, looked: bool) {
        let known = self.stir(person);
        let from = if looked { &mut known.looking } else { &mut known.idle };
        *from = from.saturating_sub(1);
    }

    /// The person says something else of themselves.
    pub(super) fn restate(&mut self, person: PersonId) {
        self.stir(person).is_restated = true;
    }

    /// How present somebody is in the eyes of others: a short gap does not count.
    pub(super) fn attention(&self, person: PersonId) -> Attention {
        self.people.get(&person).map_or(Attention::Gone, |known| match known.attention() {
            Attention::Gone => known.told,
            attention => attention,
        })
    }

    /// Of whom the others are to be told what now. What is given counts as told.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<(PersonId, Attention)> {
        let mut due = Vec::new();
        let people = &mut self.people;
        self.waiting.retain(|person| {
            let Some(known) = people.get_mut(person) else { return false };
            let verdict = known.settle(now);
            due.extend(verdict.tell.map(|attention| (*person, attention)));
            if !verdict.waits && known.told == Attention::Gone {
                people.remove(person);
            }
            verdict.waits
        });
        due
    }

    /// Whether something is still to be told, now or later.
    pub(super) fn wait(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn stir(&mut self, person: PersonId) -> &mut Known {
        self.waiting.insert(person);
        self.people.entry(person).or_default()
    }
}

impl Known {
    fn attention(&self) -> Attention {
        let looking = (self.looking > 0).then_some(Attention::Looking);
        let idle = (self.idle > 0).then_some(Attention::Idle);
        Attention::of_all(looking.into_iter().chain(idle))
    }

    fn settle(&mut self, now: Timestamp) -> Verdict {
        let attention = self.attention();
        let is_short_gap = attention == Attention::Gone && {
            let since = *self.gone_since.get_or_insert(now);
            now - since < GRACE
        };
        if attention != Attention::Gone {
            self.gone_since = None;
        }
        let shown = if is_short_gap { self.told } else { attention };
        // Nothing is left to be told of who has gone and is known to have gone.
        let waits = is_short_gap && self.told != Attention::Gone;
        if shown == self.told && !self.is_restated {
            return Verdict { tell: None, waits };
        }
        if self.told_at.is_some_and(|at| now - at < PAUSE) {
            return Verdict { tell: None, waits: true };
        }
        (self.told, self.told_at, self.is_restated) = (shown, Some(now), false);
        Verdict { tell: Some(shown), waits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use Attention::{Gone, Idle, Looking};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn somebody() -> (Presences, PersonId) {
        (Presences::default(), Clock::system().new_id())
    }

    #[test]
    fn two_tabs_and_a_phone_are_one_person() {
        let (mut presences, anna) = somebody();
        presences.enter(anna);
        presences.enter(anna);
        assert_eq!(presences.due(NOW), [(anna, Looking)]);
        presences.turn(anna, false);
        presences.leave(anna, false);
        assert_eq!(presences.due(NOW + PAUSE), [], "the other page is still looked at");
        presences.turn(anna, false);
        assert_eq!(presences.due(NOW + PAUSE), [(anna, Idle)]);
        presences.enter(anna);
        assert_eq!(presences.attention(anna), Looking);
        assert_eq!(presences.due(NOW + PAUSE * 2), [(anna, Looking)]);
    }

    #[test]
    fn a_page_that_is_loaded_anew_does_not_flicker() {
        let (mut presences, anna) = somebody();
        presences.enter(anna);
        presences.due(NOW);
        presences.leave(anna, true);
        let gone = NOW + PAUSE;
        assert_eq!(presences.due(gone), []);
        assert_eq!(presences.attention(anna), Looking, "for who looks into the list of members just now");
        presences.enter(anna);
        assert_eq!(presences.due(gone + GRACE), []);
        assert!(!presences.wait());
        presences.leave(anna, true);
        assert_eq!(presences.due(gone + GRACE), []);
        assert!(presences.wait());
        assert_eq!(presences.due(gone + GRACE * 2), [(anna, Gone)]);
        assert!(presences.people.is_empty() && !presences.wait(), "nothing is kept of who has gone");
    }

    #[test]
    fn who_comes_and_goes_and_comes_is_told_seldom() {
        let (mut presences, anna) = somebody();
        presences.enter(anna);
        presences.due(NOW);
        let mut told = 0;
        for tick in 0..100_u32 {
            presences.turn(anna, tick % 2 == 1);
            told += presences.due(NOW + Duration::from_millis(100) * tick).len();
        }
        assert!(told <= 5, "ten seconds of it, told {told} times");
        assert_eq!(presences.due(NOW + PAUSE * 20), [], "as it was told at last");
    }

    #[test]
    fn what_somebody_says_is_told_also_of_those_who_are_offline() {
        let (mut presences, anna) = somebody();
        presences.restate(anna);
        assert_eq!(presences.due(NOW), [(anna, Gone)]);
        assert!(presences.people.is_empty());
        presences.enter(anna);
        presences.due(NOW);
        presences.restate(anna);
        assert_eq!(presences.due(NOW), [], "not at once after the last");
        assert_eq!(presences.due(NOW + PAUSE), [(anna, Looking)]);
    }
}
