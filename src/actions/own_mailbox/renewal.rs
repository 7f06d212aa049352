//! Opening a mailbox by what is kept, and renewing what came with a sign-in when it runs out or is refused. A provider may give a new
//! refresh token each time, and the one before is worth nothing any more: so one session shows one at a time, and the newest is
//! kept before anybody uses what came with it (RFC 9700 4.14.2).

use std::hash::{DefaultHasher, Hash, Hasher};

use tokio::sync::Mutex;

use super::super::{ActionError, Actions, MailboxProblem};
use super::Trouble;
use super::opener::{Grant, Kept, Means};
use crate::domain::ids::SessionId;
use crate::store;
use crate::transport::imap::{ImapError, Mailbox, PasswordServer};
use crate::transport::openid::{Granted, NotRenewed, OpenId};

/// Sessions share the places where they wait.
static TURNS: [Mutex<()>; 64] = [const { Mutex::const_new(()) }; 64];

fn turn_of(session: SessionId) -> &'static Mutex<()> {
    let mut hasher = DefaultHasher::new();
    session.hash(&mut hasher);
    &TURNS[usize::try_from(hasher.finish() % TURNS.len() as u64).unwrap_or_default()]
}

impl Actions {
    /// A provider that is asked for what opens mailboxes.
    pub(super) fn mailbox_provider(&self, issuer: &str) -> Option<&OpenId> {
        let one = self.providers.find_by_issuer(issuer)?;
        Some(one).filter(|one| !one.provider.mailbox.scopes.is_empty())
    }

    /// Opens the mailbox, at need with something newer than what was kept.
    pub(super) async fn opened(
        &self,
        session: SessionId,
        server: &PasswordServer,
        kept: Kept,
    ) -> Result<Mailbox, Trouble> {
        let is_good = kept.means.is_good(self.clock.now());
        let kept = granted(if is_good { kept } else { self.renewed(session, kept).await? })?;
        match self.show(server, &kept).await {
            // It may have been withdrawn before its time.
            Err(ImapError::TokenRefused { .. }) if is_good && kept.means.refresh_token().is_some() => {
                let newer = granted(self.renewed(session, kept).await?)?;
                self.show(server, &newer).await.map_err(|error| refused(error, newer))
            }
            other => other.map_err(|error| refused(error, kept)),
        }
    }

    async fn show(&self, server: &PasswordServer, kept: &Kept) -> Result<Mailbox, ImapError> {
        server.open(&kept.address, kept.means.proof(), self.settings.mail.max_size).await
    }

    /// In a task of its own: whoever waits may be gone when the provider answers, and the new refresh token must not go with them.
    async fn renewed(&self, session: SessionId, used: Kept) -> Result<Kept, Trouble> {
        let actions = self.clone();
        let renewing = tokio::spawn(async move { actions.renew(session, &used.sealed).await });
        renewing.await.unwrap_or_else(|error| Err(ActionError::Internal(error.into()).into()))
    }

    async fn renew(&self, session: SessionId, used: &str) -> Result<Kept, Trouble> {
        let _turn = turn_of(session).lock().await;
        let kept = self.kept_mailbox(session).await?;
        let kept = kept.ok_or(Trouble::Problem(MailboxProblem::NotOpen))?;
        if kept.sealed != used {
            // Another window was quicker.
            return Ok(kept);
        }
        let over = || Trouble::Closed { which: MailboxProblem::AccessEnded, sealed: used.to_owned() };
        let (Means::Grant(grant), Some(token)) = (&kept.means, kept.means.refresh_token()) else {
            return Err(over());
        };
        let one = self.mailbox_provider(&grant.issuer).ok_or_else(over)?;
        match one.renew(token).await {
            Ok(newer) => self.keep_newer(session, &kept, newer).await,
            // Another process may have been quicker.
            Err(NotRenewed::Over) => {
                let newer = self.kept_mailbox(session).await?.filter(|newer| newer.sealed != used);
                newer.ok_or_else(over)
            }
            Err(NotRenewed::Trouble(error)) => {
                let provider = &one.provider.name;
                tracing::warn!(provider, error = %error, "Access to a person's mailbox can't be renewed now.");
                Err(Trouble::Problem(MailboxProblem::SignInAway))
            }
        }
    }

    /// Keeps it, if the session is still there and nobody kept something else.
    async fn keep_newer(&self, session: SessionId, old: &Kept, newer: Granted) -> Result<Kept, Trouble> {
        let Means::Grant(grant) = &old.means else { return Err(Trouble::Problem(MailboxProblem::NotOpen)) };
        // An answer without a new one leaves the one before (RFC 6749 6).
        let refresh_token = newer.refresh_token.or_else(|| grant.granted.refresh_token.clone());
        let granted = Granted { refresh_token, ..newer };
        let means = Means::Grant(Grant { issuer: grant.issuer.clone(), since: self.clock.now(), granted });
        let sealed = self.sealed_means(session, &old.address, &means)?;
        let sealed = sealed.ok_or(Trouble::Problem(MailboxProblem::NotOpen))?;
        let (before, after) = (old.sealed.clone(), sealed.clone());
        let is_kept = self
            .store
            .write(async move |tx| store::own_mailboxes::replace(tx, session, (&before, &after)).await)
            .await
            .map_err(ActionError::from)?;
        if !is_kept {
            let there = self.kept_mailbox(session).await?;
            return there.ok_or(Trouble::Problem(MailboxProblem::NotOpen));
        }
        Ok(Kept { address: old.address.clone(), means, sealed })
    }
}

/// What the provider gave for something else is not shown to the mail server.
fn granted(kept: Kept) -> Result<Kept, Trouble> {
    match kept.means.lacks_mailbox() {
        true => Err(Trouble::Closed { which: MailboxProblem::NotGranted, sealed: kept.sealed }),
        false => Ok(kept),
    }
}

/// What is refused is never tried again: the mail server may lock the account.
fn refused(error: ImapError, kept: Kept) -> Trouble {
    let which = match error {
        ImapError::LoginRefused { .. } => MailboxProblem::PasswordChanged,
        ImapError::TokenRefused { .. } => MailboxProblem::AccessRefused,
        ImapError::NoTokenLogin => MailboxProblem::NoTokenLogin,
        other => return other.into(),
    };
    Trouble::Closed { which, sealed: kept.sealed }
}
