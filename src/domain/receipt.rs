//! Receipts: whether a message that asks for them has reached its receivers, and was read.

use serde::{Deserialize, Serialize};

use super::ids::PersonId;
use super::time::Timestamp;

/// What a message asks of its receivers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ReceiptRequest {
    #[default]
    None,
    Wanted,
}

/// How a receiver answers requests (RFC 8098 2.1 knows the same for mail).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ReceiptPolicy {
    /// Having seen it is the receipt.
    #[default]
    Automatic,
    /// Only what they confirm themselves.
    Manual,
    /// Every request is declined, at once.
    Refuse,
}

/// How far a message came with one receiver. A later one is more than an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ReceiptState {
    /// It did not reach them, and nothing else is being tried.
    Failed,
    /// Handed to an open page, or to the mail system.
    Sent,
    /// Stored for them while they are away.
    Cached,
    /// Their page or their mail system has it.
    Delivered,
    Read,
    /// They give no receipt. Final, and visible: it is not the same as unread.
    Declined,
}

/// How a state became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ReceiptSource {
    Browser,
    /// The answer of the submission server (RFC 6409).
    Submission,
    /// A delivery report (RFC 3464).
    Dsn,
    /// A server that handed the mail on to a system that reports no more ("relayed", RFC 3464 2.3.3).
    Relayed,
    /// A server that handed it on to several addresses ("expanded", RFC 3464 2.3.3).
    Expanded,
    /// A disposition report (RFC 8098).
    Mdn,
    Bridge,
    /// They answered by mail.
    Reply,
}

/// One state of a receipt: which, how it became known, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub state: ReceiptState,
    pub source: ReceiptSource,
    pub at: Timestamp,
}

/// The receipt of one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub person_id: PersonId,
    /// `None` until anything is known: the mail to them has not gone out yet.
    pub state: Option<ReceiptState>,
    /// Every state it went through, in the order of [`ReceiptState`].
    pub steps: Vec<Step>,
    /// The server's words about a failure.
    pub reason: String,
    /// The server that handed the mail on, where that is all that is known of its delivery.
    pub via: String,
    /// When the author last asked them once more, by mail.
    pub reminded_at: Option<Timestamp>,
}

/// A message's receipts, counted. Those who have left are counted out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many were asked.
    pub asked: i64,
    pub read: i64,
    pub failed: i64,
    pub declined: i64,
}

/// What a message asked, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipts {
    pub request: ReceiptRequest,
    pub tally: Tally,
}

impl ReceiptState {
    pub const ALL: [Self; 6] =
        [Self::Failed, Self::Sent, Self::Cached, Self::Delivered, Self::Read, Self::Declined];

    /// Whether this state may follow what is known so far. The one rule of receipts:
    ///
    /// - a state is followed by those that are more;
    /// - what was read or declined stays so;
    /// - what was sent or stored, but is not known to have arrived, can still fail: a mail comes back. So can what was
    ///   delivered only by the word of a server that handed it on; whoever knows better says so.
    ///
    /// So a receipt never says less than before, whichever order reports come in, and a report that comes twice
    /// changes nothing.
    pub fn may_follow(self, by: ReceiptSource, known: Option<(Self, ReceiptSource)>) -> bool {
        match known {
            None => true,
            Some((Self::Read | Self::Declined, _)) => false,
            Some((Self::Delivered, source)) if source.hands_on() => match self {
                Self::Failed => true,
                Self::Delivered => !by.hands_on(),
                more => more > Self::Delivered,
            },
            Some((known, _)) if self == Self::Failed => known > Self::Failed && known < Self::Delivered,
            Some((known, _)) => self > known,
        }
    }

    /// Whether nothing more is expected of this receiver.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Read | Self::Declined)
    }

    /// As it stands in the database and in the keys of texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Sent => "sent",
            Self::Cached => "cached",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Declined => "declined",
        }
    }
}

impl ReceiptSource {
    /// Those whose word is not the last one.
    pub const HANDING_ON: [Self; 2] = [Self::Relayed, Self::Expanded];

    /// Whether it only says that a server handed the mail on: it may still come back (RFC 3464 2.3.3).
    pub fn hands_on(self) -> bool {
        Self::HANDING_ON.contains(&self)
    }

    /// As it stands in the database and in the keys of texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Submission => "submission",
            Self::Dsn => "dsn",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
            Self::Mdn => "mdn",
            Self::Bridge => "bridge",
            Self::Reply => "reply",
        }
    }
}

impl ReceiptPolicy {
    pub const ALL: [Self; 3] = [Self::Automatic, Self::Manual, Self::Refuse];

    /// As it stands in forms and in the keys of texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
            Self::Refuse => "refuse",
        }
    }

    /// The key of its words.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Automatic => "receipt-policy-automatic",
            Self::Manual => "receipt-policy-manual",
            Self::Refuse => "receipt-policy-refuse",
        }
    }

    /// The key of what it means.
    pub fn lead_key(self) -> &'static str {
        match self {
            Self::Automatic => "receipt-policy-automatic-lead",
            Self::Manual => "receipt-policy-manual-lead",
            Self::Refuse => "receipt-policy-refuse-lead",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

impl ReceiptRequest {
    pub fn is_wanted(self) -> bool {
        self == Self::Wanted
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Wanted => "wanted",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::None, Self::Wanted].into_iter().find(|request| request.name() == name)
    }
}

impl Receipt {
    /// When and how its present state became known.
    pub fn last_step(&self) -> Option<Step> {
        self.steps.iter().copied().find(|step| Some(step.state) == self.state)
    }

    /// That state, if it was reached.
    pub fn step(&self, state: ReceiptState) -> Option<Step> {
        self.steps.iter().copied().find(|step| step.state == state)
    }
}

impl Tally {
    /// Of how many receivers something is still expected.
    pub fn open(self) -> i64 {
        self.asked - self.read - self.declined
    }
}

impl Receipts {
    /// Whether a message's line tells of them: it asked, or it did not reach somebody.
    pub fn are_shown(&self) -> bool {
        (self.request.is_wanted() && self.tally.asked > 0) || self.tally.failed > 0
    }
}

#[cfg(test)]
mod tests {
    use super::ReceiptSource::{self, Browser, Dsn, Expanded, Relayed};
    use super::ReceiptState::{self, Cached, Declined, Delivered, Failed, Read, Sent};

    /// What may follow each state that was told for good.
    const FOLLOWERS: [(Option<ReceiptState>, &[ReceiptState]); 7] = [
        (None, &[Failed, Sent, Cached, Delivered, Read, Declined]),
        (Some(Failed), &[Sent, Cached, Delivered, Read, Declined]),
        (Some(Sent), &[Failed, Cached, Delivered, Read, Declined]),
        (Some(Cached), &[Failed, Delivered, Read, Declined]),
        (Some(Delivered), &[Read, Declined]),
        (Some(Read), &[]),
        (Some(Declined), &[]),
    ];

    #[test]
    fn every_pair_of_states_is_decided() {
        for (known, followers) in FOLLOWERS {
            for new in ReceiptState::ALL {
                let known = known.map(|known| (known, Dsn));
                assert_eq!(new.may_follow(Dsn, known), followers.contains(&new), "{known:?} -> {new:?}");
            }
        }
    }

    #[test]
    fn a_mail_that_was_handed_on_can_still_fail_or_be_known_to_have_arrived() {
        for source in [Relayed, Expanded] {
            let known = Some((Delivered, source));
            for new in [Failed, Delivered, Read, Declined] {
                assert!(new.may_follow(Browser, known), "{new:?}");
            }
            for new in [Sent, Cached] {
                assert!(!new.may_follow(Browser, known), "{new:?}");
            }
            assert!(!Delivered.may_follow(Relayed, known) && !Delivered.may_follow(Expanded, known));
        }
    }

    #[test]
    fn whichever_order_two_reports_come_in_the_receipt_says_the_more() {
        let after = |known: Option<(ReceiptState, ReceiptSource)>, new: ReceiptState| {
            if new.may_follow(Dsn, known) { Some((new, Dsn)) } else { known }
        };
        for (less, more) in
            [(Sent, Delivered), (Sent, Read), (Cached, Delivered), (Delivered, Read), (Failed, Delivered)]
        {
            assert_eq!(after(after(None, less), more), Some((more, Dsn)));
            assert_eq!(after(after(None, more), less), Some((more, Dsn)));
            assert_eq!(after(after(None, more), more), Some((more, Dsn)));
        }
    }
}
