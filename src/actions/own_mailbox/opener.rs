//! What opens a mailbox for one session: a password, or the access that came with a sign-in at a provider. Sealed with the
//! server's key, for that session and these servers alone.

use std::time::Duration;

use anyhow::anyhow;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::super::{ActionError, Actions, Result};
use crate::domain::address::EmailAddress;
use crate::domain::ids::SessionId;
use crate::domain::time::Timestamp;
use crate::store;
use crate::transport::account::Proof;
use crate::transport::imap::PasswordServer;
use crate::transport::oauth::Token;
use crate::transport::openid::Granted;

/// The purpose for which it is sealed; session and servers follow.
const PURPOSE: &str = "own-mailbox";

/// What is kept for a session.
pub(super) struct Kept {
    pub address: EmailAddress,
    pub means: Means,
    /// As it stands in the database.
    pub sealed: String,
}

pub(super) enum Means {
    Password(SecretString),
    Grant(Grant),
}

/// What a provider gave.
pub(in super::super) struct Grant {
    /// The provider.
    pub issuer: String,
    pub since: Timestamp,
    pub granted: Granted,
}

/// As it is sealed.
#[derive(Serialize, Deserialize)]
struct Opener {
    address: EmailAddress,
    #[serde(flatten)]
    means: Written,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Password {
        password: String,
    },
    Grant {
        issuer: String,
        since: Timestamp,
        access_token: String,
        /// In seconds.
        lifetime: Option<u64>,
        refresh_token: Option<String>,
        /// Of what was kept before, nothing is known.
        #[serde(default)]
        lacks_mailbox: bool,
    },
}

impl Means {
    /// What the mail server is shown.
    pub fn proof(&self) -> Proof {
        match self {
            Self::Password(password) => Proof::Password(password.clone()),
            Self::Grant(grant) => Proof::Token(Box::new(grant.token())),
        }
    }

    /// Whether it is worth showing: nobody knows of a password.
    pub fn is_good(&self, now: Timestamp) -> bool {
        match self {
            Self::Password(_) => true,
            Self::Grant(grant) => grant.token().is_good(now),
        }
    }

    /// Whether the provider said that it is for something else.
    pub fn lacks_mailbox(&self) -> bool {
        matches!(self, Self::Grant(grant) if grant.granted.lacks_mailbox)
    }

    pub fn refresh_token(&self) -> Option<&SecretString> {
        match self {
            Self::Password(_) => None,
            Self::Grant(grant) => grant.granted.refresh_token.as_ref(),
        }
    }

    fn written(&self) -> Written {
        let text = |secret: &SecretString| secret.expose_secret().to_owned();
        match self {
            Self::Password(password) => Written::Password { password: text(password) },
            Self::Grant(Grant { issuer, since, granted }) => Written::Grant {
                issuer: issuer.clone(),
                since: *since,
                access_token: text(&granted.access_token),
                lifetime: granted.lifetime.map(|time| time.as_secs()),
                refresh_token: granted.refresh_token.as_ref().map(text),
                lacks_mailbox: granted.lacks_mailbox,
            },
        }
    }
}

impl Grant {
    fn token(&self) -> Token {
        Token::given(self.granted.access_token.clone(), self.since, self.granted.lifetime)
    }
}

impl From<Written> for Means {
    fn from(written: Written) -> Self {
        match written {
            Written::Password { password } => Self::Password(password.into()),
            Written::Grant { issuer, since, access_token, lifetime, refresh_token, lacks_mailbox } => {
                let granted = Granted {
                    access_token: access_token.into(),
                    lifetime: lifetime.map(Duration::from_secs),
                    refresh_token: refresh_token.map(Into::into),
                    lacks_mailbox,
                };
                Self::Grant(Grant { issuer, since, granted })
            }
        }
    }
}

impl Actions {
    /// A password that opens a mailbox, sealed for one session; `None` where the admin does not want that.
    pub(in super::super) fn sealed_mailbox(
        &self,
        session: SessionId,
        address: &EmailAddress,
        password: &SecretString,
    ) -> Result<Option<String>> {
        self.sealed_means(session, address, &Means::Password(password.clone()))
    }

    /// The same of what a provider gave.
    pub(in super::super) fn sealed_grant(
        &self,
        session: SessionId,
        address: &EmailAddress,
        grant: Grant,
    ) -> Result<Option<String>> {
        self.sealed_means(session, address, &Means::Grant(grant))
    }

    pub(super) fn sealed_means(
        &self,
        session: SessionId,
        address: &EmailAddress,
        means: &Means,
    ) -> Result<Option<String>> {
        let Some(server) = &self.mailboxes else { return Ok(None) };
        let opener = Opener { address: address.clone(), means: means.written() };
        let text = serde_json::to_string(&opener).map_err(|error| ActionError::Internal(error.into()))?;
        let nonce = self.clock.random_bytes().map_err(|error| ActionError::Internal(error.into()))?;
        let sealed = self.key.seal(&purpose(session, server), nonce, &text);
        sealed.map(Some).ok_or_else(|| ActionError::Internal(anyhow!("What opens a mailbox is too long")))
    }

    pub(super) async fn kept_mailbox(&self, session: SessionId) -> Result<Option<Kept>> {
        if self.mailboxes.is_none() {
            return Ok(None);
        }
        let found = store::own_mailboxes::find(&mut self.store.read().await?, session).await?;
        Ok(found.and_then(|sealed| self.unsealed_mailbox(session, sealed)))
    }

    /// What was sealed by another key, or for another server, opens nothing any more: the person is asked again.
    pub(super) fn unsealed_mailbox(&self, session: SessionId, sealed: String) -> Option<Kept> {
        let server = self.mailboxes.as_ref()?;
        let text = self.key.unseal(&purpose(session, server), &sealed)?;
        let opener = serde_json::from_str::<Opener>(&text).ok()?;
        let kept = Kept { address: opener.address, means: opener.means.into(), sealed };
        // Neither does what came from a provider that is not asked for it any more.
        let is_wanted = match &kept.means {
            Means::Password(_) => true,
            Means::Grant(grant) => self.mailbox_provider(&grant.issuer).is_some(),
        };
        Some(kept).filter(|_| is_wanted)
    }
}

/// A password is for the server that it was typed for: an admin who names another one gets none of those that are kept.
fn purpose(session: SessionId, server: &PasswordServer) -> String {
    format!("{PURPOSE}:{session}:{}", server.place())
}
