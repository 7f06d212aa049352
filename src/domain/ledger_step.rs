//! What happened to a mail of the ledger on its way, beside what became of it in the end.

use serde::{Deserialize, Serialize};

use super::ids::{DeliveryId, GroupId, MailId};
use super::ledger::{DeliveryState, Outcome};
use super::time::Timestamp;

/// One step, of a mail in, a mail out, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepAt {
    pub at: Timestamp,
    pub mail: Option<MailId>,
    pub delivery: Option<DeliveryId>,
    pub step: LedgerStep,
}

/// What happened. Names are as people were called then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum LedgerStep {
    /// It was handed to the mail server, which took it, put it off or refused it; with its words.
    Tried {
        state: DeliveryState,
        words: String,
    },
    /// A report about a mail of ours came, which is a mail itself.
    Reported {
        fate: ReportedFate,
        words: String,
    },
    /// An admin had it sorted again, or fetched; it was this before.
    RunAgain {
        name: String,
        was: Box<Outcome>,
    },
    /// An admin had it tried again.
    Retried {
        name: String,
    },
    Dropped {
        name: String,
    },
    /// An admin handed it to a group, or to a draft if there is none.
    Released {
        name: String,
        group: Option<GroupId>,
    },
}

/// What a report said of a mail (RFC 3464, RFC 8098).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportedFate {
    Delivered,
    HandedOn,
    Failed,
    Displayed,
    Declined,
    /// It says nothing that is news of the receiver.
    Nothing,
}

impl ReportedFate {
    /// The key of the words that tell it.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Delivered => "step-reported-delivered",
            Self::HandedOn => "step-reported-handed-on",
            Self::Failed => "step-reported-failed",
            Self::Displayed => "step-reported-displayed",
            Self::Declined => "step-reported-declined",
            Self::Nothing => "step-reported-nothing",
        }
    }
}
