//! Somebody's own mailbox, looked into while they wait for a page: read-only, a bounded part of it, and nothing is kept.

use std::time::Duration;

use async_imap::imap_proto::{AttributeValue, Capability, Response};
use tokio::sync::OwnedSemaphorePermit;

use super::fetch::uid_set;
use super::session::ImapSession;
use super::{FetchedMail, FolderState, ImapError};

/// Of a header; what threads need stands within it, or is not worth waiting for.
const HEADER_BYTES: u32 = 16 * 1024;
/// What a list of threads is made of (RFC 5256 and RFC 5322 3.6).
const FIELDS: &str = "MESSAGE-ID IN-REPLY-TO REFERENCES SUBJECT DATE FROM TO CC REPLY-TO";

/// A signed-in connection to a person's own mailbox. It is left by dropping it.
pub struct Mailbox {
    pub(super) session: ImapSession,
    pub(super) can: Abilities,
    /// Servers count connections.
    _turn: OwnedSemaphorePermit,
}

/// What the server does by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Abilities {
    /// SORT (RFC 5256 3).
    pub sort: bool,
    /// THREAD=REFERENCES (RFC 5256 4).
    pub thread: bool,
    /// Says which folder holds what was sent (RFC 6154).
    pub special_use: bool,
}

/// What a list shows of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub uid: u32,
    pub seen: bool,
    /// Of the whole mail, in bytes.
    pub size: u64,
    /// The fields that threads are made of.
    pub header: Vec<u8>,
}

impl Mailbox {
    pub(super) async fn open(
        mut session: ImapSession,
        turn: OwnedSemaphorePermit,
    ) -> Result<Self, ImapError> {
        let mut can = Abilities::default();
        session
            .run("CAPABILITY", "CAPABILITY".to_owned(), Duration::ZERO, |response| {
                let Response::Capabilities(all) = response else { return };
                for one in all {
                    let Capability::Atom(atom) = one else { continue };
                    can.sort |= atom.eq_ignore_ascii_case("SORT");
                    can.thread |= atom.eq_ignore_ascii_case("THREAD=REFERENCES");
                    can.special_use |= atom.eq_ignore_ascii_case("SPECIAL-USE");
                }
            })
            .await?;
        Ok(Self { session, can, _turn: turn })
    }

    /// Opens a folder of [`Mailbox::folders`] for reading.
    ///
    /// # Errors
    /// [`ImapError::FolderMissing`] when it is not there, others when it cannot be told.
    pub async fn examine(&mut self, folder: &str) -> Result<FolderState, ImapError> {
        self.session.examine(folder).await
    }

    /// What a list shows of these mails of the open folder. Nothing is marked as read.
    ///
    /// # Errors
    /// [`ImapError`]
    pub async fn heads(&mut self, uids: &[u32]) -> Result<Vec<Head>, ImapError> {
        let mut heads = Vec::new();
        if uids.is_empty() {
            return Ok(heads);
        }
        let what = format!("(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({FIELDS})]<0.{HEADER_BYTES}>)");
        let line = format!("UID FETCH {} {what}", uid_set(uids));
        self.session
            .run("UID FETCH", line, Duration::ZERO, |response| {
                if let Response::Fetch(_, attributes) = response {
                    heads.extend(head(attributes));
                }
            })
            .await?;
        Ok(heads)
    }

    /// These mails of the open folder, whole; of those that are too large the header.
    ///
    /// # Errors
    /// [`ImapError`]
    pub async fn fetch(&mut self, uids: &[u32]) -> Result<Vec<FetchedMail>, ImapError> {
        self.session.fetch_uids(uids).await
    }

    /// Says goodbye.
    pub async fn log_out(self) {
        self.session.log_out().await;
    }
}

/// `None` for what servers tell in between, such as a changed flag.
fn head(attributes: &[AttributeValue<'_>]) -> Option<Head> {
    let (mut uid, mut seen, mut size, mut header) = (None, false, 0, None);
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(number) => uid = Some(*number),
            AttributeValue::Rfc822Size(bytes) => size = u64::from(*bytes),
            AttributeValue::Flags(flags) => {
                seen = flags.iter().any(|flag| flag.eq_ignore_ascii_case("\\Seen"))
            }
            AttributeValue::BodySection { data, .. } => header = data.as_deref().map(<[u8]>::to_vec),
            _ => {}
        }
    }
    Some(Head { uid: uid?, seen, size, header: header? })
}
