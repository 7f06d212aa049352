//! What a provider gave is given back when its session ends or the person wants it no more. Nobody waits for it: it is forgotten here in any
//! case, and a provider that does not answer keeps what runs out by itself.

use super::super::{Actions, Result};
use super::opener::{Grant, Kept, Means};
use crate::domain::ids::SessionId;

/// What is given back, once it is forgotten here.
#[must_use = "tokens live on at the provider"]
pub(in super::super) struct Returned(Vec<Grant>);

impl Actions {
    /// What a session has to give back. Reads nothing where no mailbox can be opened.
    pub(in super::super) async fn to_give_back(&self, session: SessionId) -> Result<Returned> {
        Ok(Returned(self.kept_mailbox(session).await?.and_then(grant_of).into_iter().collect()))
    }

    /// The same of several sessions that have ended, from what was kept for each.
    pub(in super::super) fn all_to_give_back(&self, kept: Vec<(SessionId, String)>) -> Returned {
        let opened = kept.into_iter().filter_map(|(session, sealed)| self.unsealed_mailbox(session, sealed));
        Returned(opened.filter_map(grant_of).collect())
    }

    /// Gives it back, in a task of its own.
    pub(in super::super) fn give_back(&self, Returned(grants): Returned) {
        for grant in grants {
            let actions = self.clone();
            tokio::spawn(async move { actions.revoke(&grant).await });
        }
    }

    async fn revoke(&self, grant: &Grant) {
        let Some(one) = self.mailbox_provider(&grant.issuer) else { return };
        if let Err(error) = one.revoke(&grant.granted).await {
            let provider = &one.provider.name;
            tracing::warn!(provider, error = %error, "Access to a person's mailbox could not be given back; it runs out there.");
        }
    }
}

fn grant_of(kept: Kept) -> Option<Grant> {
    match kept.means {
        Means::Grant(grant) => Some(grant),
        Means::Password(_) => None,
    }
}
