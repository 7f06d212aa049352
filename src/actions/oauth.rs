//! Keeping the refresh tokens of the house's own mail account: a provider may give out a new one each time, and the one before is
//! worth nothing any more.

use std::sync::Arc;

use anyhow::anyhow;
use secrecy::{ExposeSecret, SecretString};

use super::{ActionError, Actions, Result};
use crate::clock::Clock;
use crate::domain::digest::Digest;
use crate::domain::secret::ServerKey;
use crate::store::{self, Store};
use crate::transport::oauth::{Keeper, Kept, Tokens};

impl Actions {
    /// From now on new refresh tokens are kept in the database.
    pub fn look_after(&self, tokens: Option<&Tokens>) {
        let Some(tokens) = tokens else { return };
        let keeper = RefreshTokens {
            store: self.store.clone(),
            key: self.key.clone(),
            clock: self.clock.clone(),
            client: tokens.client().digest(),
        };
        tokens.look_after(self.clock.clone(), Arc::new(keeper));
    }
}

/// The refresh tokens that came out of one that an admin set.
struct RefreshTokens {
    store: Store,
    key: ServerKey,
    clock: Clock,
    client: Digest,
}

impl RefreshTokens {
    /// What they are sealed for: none can be put in another's place.
    fn purpose(&self) -> String {
        format!("refresh token {}", self.client.hex())
    }

    async fn find(&self) -> Result<Option<SecretString>> {
        let sealed = store::refresh_tokens::find(&mut self.store.read().await?, self.client).await?;
        let open = |sealed: String| self.key.unseal(&self.purpose(), &sealed).map(SecretString::from);
        // One of another server's key helps as little as none: the one that was set is tried.
        Ok(sealed.and_then(open))
    }

    async fn put(&self, token: &SecretString) -> Result<()> {
        let nonce = self.clock.random_bytes().map_err(|error| ActionError::Internal(error.into()))?;
        let sealed = self.key.seal(&self.purpose(), nonce, token.expose_secret());
        let sealed = sealed.ok_or_else(|| ActionError::Internal(anyhow!("A refresh token is too long")))?;
        let (client, now) = (self.client, self.clock.now());
        self.store
            .write(async move |tx| Ok(store::refresh_tokens::put(tx, client, &sealed, now).await?))
            .await
    }
}

impl Keeper for RefreshTokens {
    fn newest(&self) -> Kept<'_, Option<SecretString>> {
        Box::pin(async move { self.find().await.map_err(|error| error.to_string()) })
    }

    fn keep(&self, token: SecretString) -> Kept<'_, ()> {
        Box::pin(async move { self.put(&token).await.map_err(|error| error.to_string()) })
    }
}
