//! A person's own mailbox, where the admin allows it: their threads as the mail server has them now, and one of them made a
//! draft. Address and password are kept sealed for the session alone, and nothing of the mailbox but the chosen thread.

mod list;
mod take;

use std::time::Duration;

use anyhow::anyhow;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::mail_password::Guess;
use super::{ActionError, Actions, MailboxProblem, Problem, Result, access};
use crate::domain::address::EmailAddress;
use crate::domain::ids::SessionId;
use crate::domain::person::Viewer;
use crate::store;
use crate::transport::imap::{ImapError, Mailbox, PasswordServer};

pub(super) use list::known;
pub use list::{Chosen, Known, MailboxPage, MailboxThread, Part, Wanted};
pub use take::Taken;

/// The purpose for which credentials are sealed; the session follows.
const PURPOSE: &str = "own-mailbox";
/// In characters, of what is searched for.
pub const LONGEST_SEARCH: usize = 200;

/// What opens a mailbox, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Opener {
    address: EmailAddress,
    password: String,
}

/// A mailbox that is open for a session.
struct Kept {
    address: EmailAddress,
    password: SecretString,
    sealed: String,
}

impl Actions {
    /// Whether people can open their own mailboxes here.
    pub fn opens_own_mailboxes(&self) -> bool {
        self.mailboxes.is_some()
    }

    /// The address whose mailbox is open in this session.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn own_mailbox(&self, viewer: &Viewer) -> Result<Option<EmailAddress>> {
        if self.mailboxes.is_none() {
            return Ok(None);
        }
        Ok(self.kept_mailbox(viewer.session_id).await?.map(|kept| kept.address))
    }

    /// The addresses of this person, of which each can have a mailbox; the first is the usual one.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the person is gone.
    pub async fn own_addresses(&self, viewer: &Viewer) -> Result<Vec<EmailAddress>> {
        let person = store::persons::find(&mut self.store.read().await?, viewer.person_id).await?;
        Ok(person.ok_or(ActionError::NotFound)?.addresses)
    }

    /// Opens the mailbox of one of this person's addresses for as long as the session lasts. Guessing is limited as at
    /// sign-in.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when the password is wrong, was wrong too often, or the mail server cannot say; also for an
    /// address that is not theirs. [`ActionError::NotFound`] where the admin does not want it.
    pub async fn connect_mailbox(&self, viewer: &Viewer, address: &str, guess: Guess<'_>) -> Result<()> {
        let server = self.mailboxes.as_ref().ok_or(ActionError::NotFound)?;
        access::colleague(&mut self.store.read().await?, viewer, &self.settings.sign_in).await?;
        let asked: EmailAddress =
            address.parse().map_err(|_| ActionError::invalid("address", Problem::NotAnAddress))?;
        let own = self.own_addresses(viewer).await?.into_iter().find(|one| *one == asked);
        let own = own.ok_or_else(|| ActionError::invalid("address", Problem::NotAnAddress))?;
        self.check_mail_password(server, &own, guess).await?;
        let Some(sealed) = self.sealed_mailbox(viewer.session_id, &own, guess.password)? else {
            return Ok(());
        };
        let session = viewer.session_id;
        Ok(self.store.write(async move |tx| store::own_mailboxes::put(tx, session, &sealed).await).await?)
    }

    /// Forgets what opens the mailbox in this session.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn disconnect_mailbox(&self, viewer: &Viewer) -> Result<()> {
        let session = viewer.session_id;
        Ok(self.store.write(async move |tx| store::own_mailboxes::forget(tx, session, None).await).await?)
    }

    /// What opens a mailbox, sealed for one session; `None` where the admin does not want that.
    pub(super) fn sealed_mailbox(
        &self,
        session: SessionId,
        address: &EmailAddress,
        password: &SecretString,
    ) -> Result<Option<String>> {
        let Some(server) = &self.mailboxes else { return Ok(None) };
        let opener = Opener { address: address.clone(), password: password.expose_secret().to_owned() };
        let text = serde_json::to_string(&opener).map_err(|error| ActionError::Internal(error.into()))?;
        let nonce = self.clock.random_bytes().map_err(|error| ActionError::Internal(error.into()))?;
        let sealed = self.key.seal(&purpose(session, server), nonce, &text);
        sealed.map(Some).ok_or_else(|| ActionError::Internal(anyhow!("The password is too long")))
    }

    async fn kept_mailbox(&self, session: SessionId) -> Result<Option<Kept>> {
        let Some(server) = &self.mailboxes else { return Ok(None) };
        let found = store::own_mailboxes::find(&mut self.store.read().await?, session).await?;
        let Some(sealed) = found else { return Ok(None) };
        // What was sealed by another key, or for another server, opens nothing any more: the person is asked again.
        let Some(text) = self.key.unseal(&purpose(session, server), &sealed) else { return Ok(None) };
        let Ok(opener) = serde_json::from_str::<Opener>(&text) else { return Ok(None) };
        Ok(Some(Kept { address: opener.address, password: opener.password.into(), sealed }))
    }

    /// Works with the mailbox of this session, for so long at most.
    async fn with_mailbox<T>(
        &self,
        viewer: &Viewer,
        patience: Duration,
        work: impl AsyncFnOnce(Mailbox) -> std::result::Result<T, Trouble>,
    ) -> Result<T> {
        let server = self.mailboxes.as_ref().ok_or(ActionError::NotFound)?;
        let kept = self.kept_mailbox(viewer.session_id).await?;
        let kept = kept.ok_or_else(|| problem(MailboxProblem::NotOpen))?;
        let working = async {
            work(server.open(&kept.address, &kept.password, self.settings.mail.max_size).await?).await
        };
        let done = tokio::time::timeout(patience, working).await;
        match done.unwrap_or(Err(Trouble::Problem(MailboxProblem::TooSlow))) {
            Ok(done) => Ok(done),
            Err(Trouble::Action(error)) => Err(error),
            Err(Trouble::Problem(which)) => Err(self.told(viewer, &kept.sealed, which).await?),
            Err(Trouble::Imap(error)) => {
                let which = kind(&error);
                // What servers say of a login or a folder may name a person.
                let why = matches!(error, ImapError::Connect(_)).then(|| error.to_string());
                tracing::warn!(kind = ?which, error = why, "A person's mailbox can't be looked into now.");
                Err(self.told(viewer, &kept.sealed, which).await?)
            }
        }
    }

    /// A password that is refused is never tried again: the mail server may lock the account.
    async fn told(&self, viewer: &Viewer, sealed: &str, which: MailboxProblem) -> Result<ActionError> {
        if which == MailboxProblem::PasswordChanged {
            let (session, sealed) = (viewer.session_id, sealed.to_owned());
            self.store
                .write(async move |tx| store::own_mailboxes::forget(tx, session, Some(&sealed)).await)
                .await?;
        }
        Ok(problem(which))
    }
}

/// What went wrong with a mailbox.
enum Trouble {
    Imap(ImapError),
    Problem(MailboxProblem),
    Action(ActionError),
}

impl From<ImapError> for Trouble {
    fn from(error: ImapError) -> Self {
        Self::Imap(error)
    }
}

impl From<ActionError> for Trouble {
    fn from(error: ActionError) -> Self {
        Self::Action(error)
    }
}

fn kind(error: &ImapError) -> MailboxProblem {
    match error {
        ImapError::LoginRefused { .. } => MailboxProblem::PasswordChanged,
        ImapError::FolderMissing { .. } | ImapError::NoUids => MailboxProblem::FolderMissing,
        ImapError::Refused { command: "UID SEARCH" | "UID SORT", .. } => MailboxProblem::NotSearched,
        ImapError::Timeout { .. } => MailboxProblem::TooSlow,
        ImapError::Connect(_)
        | ImapError::TokenRefused { .. }
        | ImapError::NoTokenLogin
        | ImapError::Token(_)
        | ImapError::LoginUnavailable { .. }
        | ImapError::Refused { .. }
        | ImapError::Lost { .. } => MailboxProblem::Away,
    }
}

fn problem(which: MailboxProblem) -> ActionError {
    ActionError::invalid("mailbox", Problem::Mailbox(which))
}

/// A password is for the server that it was typed for: an admin who names another one gets none of those that are kept.
fn purpose(session: SessionId, server: &PasswordServer) -> String {
    format!("{PURPOSE}:{session}:{}", server.place())
}
