//! Who gets a share by mail, how far the mail came, and what they answered.

use super::address::EmailAddress;
use super::ids::{MailId, MessageId, PersonId, ShareAnswerId, ShareId, ShareReceiverId};
use super::ledger::DeliveryState;
use super::time::Timestamp;

/// Somebody who gets a share by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareReceiver {
    pub id: ShareReceiverId,
    pub share: ShareId,
    /// Who has this address in the address book.
    pub person: Option<PersonId>,
    /// May be empty.
    pub name: String,
    pub address: EmailAddress,
    /// The version that was sent to them; 0 while none was.
    pub version: i64,
    /// Whether their mail program was asked to say that it showed the mail.
    pub wants_receipt: bool,
    pub progress: Progress,
}

/// How far the newest mail to a receiver came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// No mail was wanted yet.
    Added,
    /// It is being written, or waits for the server.
    Waiting,
    /// Our mail server took it.
    Sent(Timestamp),
    /// The receiver's mail system has it.
    Delivered(Timestamp),
    /// Their mail program showed it, or they answered.
    Read(Timestamp),
    /// With the server's words.
    Failed(String),
}

/// What is known of a delivery.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub state: Option<DeliveryState>,
    pub at: Timestamp,
    pub delivered_at: Option<Timestamp>,
    pub read_at: Option<Timestamp>,
    pub reply: String,
}

impl ShareReceiver {
    /// How many can be asked for one share: more is a newsletter.
    pub const MOST: usize = 200;
}

impl Progress {
    /// What follows from the version that was wanted and what was told of its delivery.
    pub fn of(version: i64, told: Told) -> Self {
        match (version, told.state, told.read_at, told.delivered_at) {
            (0, ..) => Self::Added,
            (_, _, Some(at), _) => Self::Read(at),
            (_, Some(DeliveryState::Failed | DeliveryState::Dropped), ..) => Self::Failed(told.reply),
            (.., Some(at)) => Self::Delivered(at),
            (_, Some(DeliveryState::Sent), ..) => Self::Sent(told.at),
            (_, Some(DeliveryState::Waiting) | None, ..) => Self::Waiting,
        }
    }

    /// As the keys of the texts and the style sheets call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Waiting => "waiting",
            Self::Sent(_) => "sent",
            Self::Delivered(_) => "delivered",
            Self::Read(_) => "read",
            Self::Failed(_) => "failed",
        }
    }
}

/// What somebody answered to the mail of a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareAnswer {
    pub id: ShareAnswerId,
    pub share: ShareId,
    pub mail: MailId,
    /// Who wrote it, as their mail says, and the address it came from.
    pub writer: String,
    pub address: String,
    /// How it begins.
    pub words: String,
    pub files: i64,
    pub state: AnswerState,
    /// What it became.
    pub message: Option<MessageId>,
    pub came_at: Timestamp,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum AnswerState {
    /// For the sharer to decide.
    Waiting,
    /// It is a message of the group.
    Taken,
    Declined,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_farthest_news_of_a_mail_is_what_counts() {
        let at = Timestamp::from_millis(5);
        let told = |state, delivered: bool, read: bool| Told {
            state,
            at,
            delivered_at: delivered.then_some(at),
            read_at: read.then_some(at),
            reply: "550 5.1.1 nobody".to_owned(),
        };
        let (sent, failed) = (Some(DeliveryState::Sent), Some(DeliveryState::Failed));
        for (version, told, name) in [
            (0, told(None, false, false), "added"),
            (1, told(None, false, false), "waiting"),
            (1, told(Some(DeliveryState::Waiting), false, false), "waiting"),
            (1, told(sent, false, false), "sent"),
            (1, told(sent, true, false), "delivered"),
            (2, told(sent, true, true), "read"),
            (1, told(failed, false, false), "failed"),
            // Whoever answered has read it, whatever a relay says of a copy.
            (1, told(failed, false, true), "read"),
        ] {
            assert_eq!(Progress::of(version, told).name(), name);
        }
    }
}
