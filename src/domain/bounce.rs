//! Addresses that mails come back from: what a failure says of an address, and what follows from it.
//!
//! Only mails of groups are held back, and only while an address is known not to work; the pages stay open to whoever has
//! it. What a server refuses for what a mail is says nothing of its receiver.

use std::time::Duration;

use super::ids::DeliveryId;
use super::time::Timestamp;

/// What a failure says about the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum FailureClass {
    /// The address is no good.
    Hard,
    /// May pass.
    Soft,
    /// The mailbox is full.
    Full,
    /// The mail was refused for what it is; says nothing against the receiver.
    Policy,
    Unknown,
}

/// How an address stands that mails came back from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum AddressState {
    /// Something came back lately; mails go on.
    Soft,
    /// No mails of groups until it works again.
    Suspended,
    /// The same, and a trial is on its way.
    Probing,
}

/// What is known of an address that mails came back from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressTrouble {
    pub state: AddressState,
    /// Of the last mail that came back, with the server's words.
    pub class: FailureClass,
    pub words: String,
    /// When the first and the last one came back.
    pub since: Timestamp,
    pub last_at: Timestamp,
    /// Trials that failed.
    pub trials: i64,
    /// When the next one goes out.
    pub trial_at: Option<Timestamp>,
    /// The one that is on its way.
    pub trial_id: Option<DeliveryId>,
}

/// A mail that came back, or was refused.
#[derive(Clone, Debug)]
pub struct Bounce {
    pub delivery: DeliveryId,
    pub class: FailureClass,
    pub words: String,
    pub at: Timestamp,
}

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Failures that may pass suspend an address when they have gone on for so long.
pub const PATIENCE: Duration = Duration::from_secs(5 * 24 * 3600);
/// When nothing came back for so long, what came back before is forgotten.
pub const FORGOTTEN: Duration = Duration::from_secs(7 * 24 * 3600);
/// A trial of which nothing is heard for so long has arrived: servers that refuse say so within minutes, as a rule.
pub const QUIET: Duration = Duration::from_secs(6 * 3600);
/// How long to wait before each trial; the last one again and again.
const WAITS: [Duration; 4] = [DAY, Duration::from_secs(3 * 86_400), Duration::from_secs(7 * 86_400), PATIENT];
const PATIENT: Duration = Duration::from_secs(14 * 86_400);

impl AddressTrouble {
    /// What is known after one more failure. The same failure told twice changes nothing but the time of the last one.
    pub fn after(known: Option<Self>, failure: &Bounce) -> Option<Self> {
        if failure.class == FailureClass::Policy {
            return known;
        }
        let known = match known {
            Some(old) if old.state == AddressState::Soft && failure.at - old.last_at > FORGOTTEN => None,
            other => other,
        };
        let since = known.as_ref().map_or(failure.at, |known| known.since);
        let soft = Self {
            state: AddressState::Soft,
            class: failure.class,
            words: failure.words.clone(),
            since,
            last_at: failure.at,
            trials: 0,
            trial_at: None,
            trial_id: None,
        };
        let state = known.as_ref().map_or(AddressState::Soft, |known| known.state);
        Some(match (state, known) {
            (AddressState::Probing, Some(known)) if known.trial_id == Some(failure.delivery) => {
                soft.suspended(known.trials + 1)
            }
            // Of a mail from before, or one that somebody wanted all the same: the trials go on as planned.
            (AddressState::Suspended | AddressState::Probing, Some(known)) => {
                Self { class: failure.class, words: failure.words.clone(), last_at: failure.at, ..known }
            }
            _ if failure.class == FailureClass::Hard || failure.at - since >= PATIENCE => soft.suspended(0),
            _ => soft,
        })
    }

    fn suspended(self, trials: i64) -> Self {
        let at = usize::try_from(trials).unwrap_or(usize::MAX).min(WAITS.len() - 1);
        let trial_at = Some(self.last_at + WAITS[at]);
        Self { state: AddressState::Suspended, trials, trial_at, ..self }
    }

    /// With a trial on its way.
    pub fn tried(self, trial: DeliveryId) -> Self {
        Self { state: AddressState::Probing, trial_id: Some(trial), trial_at: None, ..self }
    }

    /// The time that is told of it: while mails go on, when the last one came back; otherwise since when they do.
    pub fn shown_at(&self) -> Timestamp {
        if self.holds_back() { self.since } else { self.last_at }
    }

    /// Whether somebody can ask for a trial.
    pub fn may_try(&self) -> bool {
        self.state == AddressState::Suspended
    }

    /// Whether mails of groups are held back.
    pub fn holds_back(&self) -> bool {
        self.state != AddressState::Soft
    }
}

impl AddressState {
    /// The key of the words that tell it.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Soft => "address-soft",
            Self::Suspended => "address-suspended",
            Self::Probing => "address-probing",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn failure(class: FailureClass, day: u64) -> Bounce {
        let at = Timestamp::from_millis(1_000) + DAY * u32::try_from(day).unwrap();
        Bounce { delivery: DeliveryId::from(Uuid::from_u128(1)), class, words: "no such user".into(), at }
    }

    fn after(known: Option<AddressTrouble>, class: FailureClass, day: u64) -> Option<AddressTrouble> {
        AddressTrouble::after(known, &failure(class, day))
    }

    #[test]
    fn a_policy_never_counts_against_the_receiver() {
        assert_eq!(after(None, FailureClass::Policy, 0), None);
        let known = after(None, FailureClass::Hard, 0);
        assert_eq!(after(known.clone(), FailureClass::Policy, 1), known);
    }

    #[test]
    fn a_hard_failure_suspends_at_once_and_passing_ones_after_days_of_them() {
        let hard = after(None, FailureClass::Hard, 0).unwrap();
        assert_eq!((hard.state, hard.trial_at), (AddressState::Suspended, Some(hard.since + DAY)));
        for class in [FailureClass::Soft, FailureClass::Full, FailureClass::Unknown] {
            let mut known = after(None, class, 0);
            for day in [1, 3, 4] {
                known = after(known, class, day);
                assert_eq!(known.as_ref().unwrap().state, AddressState::Soft, "{class:?} on day {day}");
            }
            let known = after(known, class, 5).unwrap();
            assert_eq!((known.state, known.trial_at), (AddressState::Suspended, Some(known.since + DAY * 6)));
        }
    }

    #[test]
    fn what_came_back_long_ago_is_forgotten() {
        let known = after(after(None, FailureClass::Soft, 0), FailureClass::Soft, 8).unwrap();
        assert_eq!((known.state, known.since), (AddressState::Soft, known.last_at));
    }

    #[test]
    fn trials_come_after_one_three_seven_and_fourteen_days() {
        let mut known = after(None, FailureClass::Hard, 0).unwrap();
        let mut day = 0;
        let trial = failure(FailureClass::Hard, 0).delivery;
        for wait in [1, 3, 7, 14, 14, 14] {
            assert_eq!(known.trial_at, Some(failure(FailureClass::Hard, day + wait).at));
            day += wait;
            let failed = after(Some(known.tried(trial)), FailureClass::Hard, day);
            // The same report once more is not another trial.
            assert_eq!(after(failed.clone(), FailureClass::Hard, day), failed);
            known = failed.unwrap();
        }
    }

    #[test]
    fn a_late_bounce_of_another_mail_is_no_failed_trial() {
        let known = after(None, FailureClass::Hard, 0).unwrap();
        let trial = DeliveryId::from(Uuid::from_u128(2));
        let known = after(Some(known.tried(trial)), FailureClass::Hard, 1).unwrap();
        assert_eq!((known.state, known.trial_id), (AddressState::Probing, Some(trial)));
    }
}
