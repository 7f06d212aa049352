//! Taking a mail in: the bytes, its line in the ledger, the position in its folder and the job, all or nothing.

use super::super::{ActionError, Actions, Result};
use crate::domain::digest::Digest;
use crate::domain::ids::MailId;
use crate::domain::job::Job;
use crate::domain::time::Timestamp;
use crate::store;
use crate::store::folders::FolderPosition;
use crate::store::ledger::NewMail;

/// Where a mail stood: saved in the transaction of the mail, so that after any interruption each mail comes in once.
#[derive(Clone, Debug)]
pub struct Position {
    /// Such as `imap:moot@mail.corp.example/INBOX`.
    pub source: String,
    pub uid_validity: i64,
    pub uid: i64,
}

/// What a source gives.
#[derive(Clone, Debug)]
pub enum Incoming {
    Raw(Vec<u8>),
    /// Only the header was fetched.
    TooLarge {
        size: u64,
        header: Vec<u8>,
    },
}

impl Actions {
    /// Takes a mail in. Mails whose bytes are known already (a folder read again after its UIDVALIDITY changed) only
    /// move the position. The new line of the ledger, if there is one.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] or [`ActionError::Internal`] when it could not be stored: the position stays.
    pub async fn receive_mail(&self, position: Position, incoming: Incoming) -> Result<Option<MailId>> {
        let (id, now) = (self.clock.new_id(), self.clock.now());
        let (digest, size) = self.keep(incoming).await?;
        let mail = NewMail { id, received_at: now, source: position.source.clone(), digest, size };
        let job = (self.clock.new_id(), Job::SortMail { mail: id });
        let added = self
            .store
            .write(async move |tx| {
                store::folders::advance(tx, &position.source, position.uid_validity, position.uid).await?;
                if !store::ledger::insert(tx, &mail).await? {
                    return Ok::<_, ActionError>(None);
                }
                store::jobs::add(tx, &[job], now, now).await?;
                Ok(Some(id))
            })
            .await?;
        if added.is_some() {
            self.meters.mail_in();
            self.bell.ring();
        }
        Ok(added)
    }

    /// Stores the bytes of a mail, or of its header if it is too large. Their digest, and the size of the whole.
    pub(super) async fn keep(&self, incoming: Incoming) -> Result<(Digest, i64)> {
        let (bytes, too_large) = match incoming {
            Incoming::Raw(raw) if raw.len() as u64 > self.settings.mail.max_size => {
                let size = raw.len() as u64;
                (header_of(&raw).to_vec(), Some(size))
            }
            Incoming::Raw(raw) => (raw, None),
            Incoming::TooLarge { size, header } => (header, Some(size)),
        };
        let contents = self.files.put(&bytes).await?;
        Ok((contents.digest, i64::try_from(too_large.unwrap_or(contents.size)).unwrap_or(i64::MAX)))
    }

    /// How far a source was read; `None` before its first mail.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn position_of(&self, source: &str) -> Result<Option<FolderPosition>> {
        Ok(store::folders::find(&mut self.store.read().await?, source).await?)
    }

    /// Moves the position without a mail, such as after a changed UIDVALIDITY.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn set_position(&self, position: Position) -> Result<()> {
        Ok(self
            .store
            .write(async move |tx| {
                store::folders::advance(tx, &position.source, position.uid_validity, position.uid).await
            })
            .await?)
    }

    /// Notes for the admin that a source answered (`None`) or why it did not.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn note_source(&self, source: &str, error: Option<String>) -> Result<Timestamp> {
        let (now, source) = (self.clock.now(), source.to_owned());
        self.store
            .write(async move |tx| match error {
                Some(error) => store::folders::failed(tx, &source, &error, now).await,
                None => store::folders::succeeded(tx, &source, now).await,
            })
            .await?;
        Ok(now)
    }
}

/// The header of a mail: up to its first empty line.
fn header_of(raw: &[u8]) -> &[u8] {
    let end = raw.windows(2).zip(2..).find(|(w, _)| *w == b"\n\n").map(|(_, at)| at);
    let end_crlf = raw.windows(4).zip(4..).find(|(w, _)| *w == b"\r\n\r\n").map(|(_, at)| at);
    let at = end.into_iter().chain(end_crlf).min().unwrap_or(raw.len());
    &raw[..at.min(256 * 1024)]
}
