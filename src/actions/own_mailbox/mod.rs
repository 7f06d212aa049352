//! A person's own mailbox, where the admin allows it: their threads as the mail server has them now, and one of them made a
//! draft. What opens it is kept sealed for the session alone, and nothing of the mailbox but the chosen thread.

mod giving_back;
mod list;
mod looks;
mod opener;
mod renewal;
mod take;

use std::time::Duration;

use super::mail_password::Guess;
use super::providers::Offer;
use super::{ActionError, Actions, MailboxProblem, Problem, Result, access};
use crate::domain::address::EmailAddress;
use crate::domain::person::Viewer;
use crate::store;
use crate::transport::imap::{ImapError, Mailbox};

pub(super) use list::known;
pub use list::{Chosen, Known, MailboxPage, MailboxThread, Part, Wanted};
pub use looks::{Look, Looks};
pub(super) use opener::Grant;
pub use take::Taken;

/// In characters, of what is searched for.
pub const LONGEST_SEARCH: usize = 200;

impl Actions {
    /// Whether people can open their own mailboxes here.
    pub fn opens_own_mailboxes(&self) -> bool {
        self.mailboxes.is_some()
    }

    /// Whether they can by typing their mail password.
    pub fn takes_mailbox_passwords(&self) -> bool {
        self.mailboxes.is_some() && !self.settings.sign_in.no_mailbox_passwords
    }

    /// The providers that open mailboxes for whoever signs in there.
    pub fn offered_mailbox_providers(&self) -> Vec<Offer> {
        if self.mailboxes.is_none() {
            return Vec::new();
        }
        let all = self.providers.all().iter().filter(|one| !one.provider.mailbox.scopes.is_empty());
        all.map(Offer::of).collect()
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
        let server = self.mailboxes.as_ref().filter(|_| self.takes_mailbox_passwords());
        let server = server.ok_or(ActionError::NotFound)?;
        access::colleague(&mut self.store.read().await?, viewer, &self.settings.sign_in).await?;
        let asked: EmailAddress =
            address.parse().map_err(|_| ActionError::invalid("address", Problem::NotAnAddress))?;
        let own = self.own_addresses(viewer).await?.into_iter().find(|one| *one == asked);
        let own = own.ok_or_else(|| ActionError::invalid("address", Problem::NotAnAddress))?;
        let _look = self.looks.begin(viewer.person_id, self.clock.now()).map_err(problem)?;
        self.check_mail_password(server, &own, guess).await?;
        let Some(sealed) = self.sealed_mailbox(viewer.session_id, &own, guess.password)? else {
            return Ok(());
        };
        let session = viewer.session_id;
        let returned = self.to_give_back(session).await?;
        self.store.write(async move |tx| store::own_mailboxes::put(tx, session, &sealed).await).await?;
        self.give_back(returned);
        Ok(())
    }

    /// Forgets what opens the mailbox in this session.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn disconnect_mailbox(&self, viewer: &Viewer) -> Result<()> {
        let session = viewer.session_id;
        let returned = self.to_give_back(session).await?;
        self.store.write(async move |tx| store::own_mailboxes::forget(tx, session, None).await).await?;
        self.give_back(returned);
        Ok(())
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
        let _look = self.looks.begin(viewer.person_id, self.clock.now()).map_err(problem)?;
        let working = async { work(self.opened(viewer.session_id, server, kept).await?).await };
        let done = tokio::time::timeout(patience, working).await;
        match done.unwrap_or(Err(Trouble::Problem(MailboxProblem::TooSlow))) {
            Ok(done) => Ok(done),
            Err(Trouble::Action(error)) => Err(error),
            Err(Trouble::Problem(which)) => Err(problem(which)),
            Err(Trouble::Closed { which, sealed }) => {
                tracing::warn!(kind = ?which, "A person's mailbox is closed.");
                let session = viewer.session_id;
                let returned = self.all_to_give_back(vec![(session, sealed.clone())]);
                self.store
                    .write(async move |tx| store::own_mailboxes::forget(tx, session, Some(&sealed)).await)
                    .await?;
                self.give_back(returned);
                Err(problem(which))
            }
            Err(Trouble::Imap(error)) => {
                let which = kind(&error);
                // What servers say of a login or a folder may name a person.
                let why = matches!(error, ImapError::Connect(_)).then(|| error.to_string());
                tracing::warn!(kind = ?which, error = why, "A person's mailbox can't be looked into now.");
                Err(problem(which))
            }
        }
    }
}

/// What went wrong with a mailbox.
enum Trouble {
    Imap(ImapError),
    Problem(MailboxProblem),
    /// What opened it does not any more, and is forgotten.
    Closed {
        which: MailboxProblem,
        sealed: String,
    },
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
        ImapError::FolderMissing { .. } | ImapError::NoUids => MailboxProblem::FolderMissing,
        ImapError::Refused { command: "UID SEARCH" | "UID SORT", .. } => MailboxProblem::NotSearched,
        ImapError::Timeout { .. } => MailboxProblem::TooSlow,
        ImapError::Connect(_)
        | ImapError::LoginRefused { .. }
        | ImapError::TokenRefused { .. }
        | ImapError::Paused(_)
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
