//! Access tokens for mail servers that take no password: fetched at the provider's token address (RFC 6749), shared by all
//! connections, and renewed before they end.

mod ask;
mod error;
pub(super) mod sasl;
pub(super) mod scopes;
mod token;

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

pub use error::TokenError;
pub use token::Token;

use crate::clock::Clock;
use crate::domain::digest::Digest;
use crate::domain::time::Timestamp;

/// Not asked more often, whatever mail servers say of tokens and however often it fails.
const PAUSE: Duration = Duration::from_secs(10);

/// One refresh token is shown at a time in this process: the page that tries settings has tokens of its own, and the second who shows
/// the same one may lose the account its access (RFC 9700 4.14.2).
static TURN: Mutex<()> = Mutex::const_new(());

/// What a provider knows of this house, as the admin described it.
#[derive(Clone)]
pub struct TokenClient {
    /// Where tokens are given out (RFC 6749 3.2).
    pub token_url: String,
    pub client_id: String,
    /// `None` for a public client, which has only its refresh token.
    pub client_secret: Option<SecretString>,
    /// Without one the client asks for itself (RFC 6749 4.4).
    pub refresh_token: Option<SecretString>,
    pub scopes: Vec<String>,
    /// The mail servers that are shown the tokens.
    pub hosts: Vec<String>,
    /// Certificates to trust beside the system's (PEM).
    pub ca_file: Option<PathBuf>,
}

impl TokenClient {
    /// The same for the same refresh token from the same provider, whatever became of it since.
    pub fn digest(&self) -> Digest {
        let given = self.refresh_token.as_ref().map(ExposeSecret::expose_secret).unwrap_or_default();
        Digest::of([&self.token_url, &self.client_id, given].join("\n").as_bytes())
    }

    /// Whether a mail server may be shown the tokens. Hosts have no case.
    pub fn is_for(&self, host: &str) -> bool {
        self.hosts.iter().any(|one| one.eq_ignore_ascii_case(host))
    }
}

impl fmt::Debug for TokenClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenClient({})", self.token_url)
    }
}

/// What a [`Keeper`] answers, or why it cannot.
pub type Kept<'k, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'k>>;

/// Keeps the refresh tokens that a provider gives out in place of the first one: the one before is worth nothing any more.
pub trait Keeper: Send + Sync {
    /// The newest, if there was another than the first.
    fn newest(&self) -> Kept<'_, Option<SecretString>>;
    fn keep(&self, token: SecretString) -> Kept<'_, ()>;
}

/// The tokens of one client. Clones share them.
#[derive(Clone)]
pub struct Tokens(Arc<Shared>);

struct Shared {
    client: TokenClient,
    care: OnceLock<(Clock, Arc<dyn Keeper>)>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    failed: Option<(Timestamp, TokenError)>,
    /// A refresh token that could not be kept yet.
    unkept: Option<SecretString>,
}

/// Which token is good enough.
enum Wish {
    /// One that holds.
    Good,
    /// Another than the one that a server refused.
    InsteadOf(Token),
    /// A new one, whatever there is.
    New,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.0.client.token_url)
    }
}

impl Tokens {
    pub fn new(client: TokenClient) -> Self {
        Self(Arc::new(Shared { client, care: OnceLock::new(), state: Mutex::default() }))
    }

    pub fn client(&self) -> &TokenClient {
        &self.0.client
    }

    /// Whose clock counts, and who keeps new refresh tokens. What was said first counts.
    pub fn look_after(&self, clock: Clock, keeper: Arc<dyn Keeper>) {
        let _ = self.0.care.set((clock, keeper));
    }

    /// A token that holds, fetched if there is none. Those who come at the same time wait for one fetch, and share its failure.
    ///
    /// # Errors
    /// [`TokenError`]
    pub async fn get(&self) -> Result<Token, TokenError> {
        self.apart(Wish::Good).await
    }

    /// Another one than that which a mail server refused; `None` if that one is too new for a further fetch to help.
    ///
    /// # Errors
    /// [`TokenError`]
    pub async fn instead_of(&self, refused: &Token) -> Result<Option<Token>, TokenError> {
        let found = self.apart(Wish::InsteadOf(refused.clone())).await?;
        Ok(Some(found).filter(|found| !found.is(refused)))
    }

    /// Asks the provider now, for whoever wants to know what it says.
    ///
    /// # Errors
    /// [`TokenError`]
    pub async fn ask(&self) -> Result<Token, TokenError> {
        self.apart(Wish::New).await
    }

    /// In a task of its own: whoever waits may be gone when the provider answers, and the new refresh token must not go with them.
    async fn apart(&self, wish: Wish) -> Result<Token, TokenError> {
        let tokens = self.clone();
        let asking = tokio::spawn(async move { tokens.find(wish).await });
        asking.await.unwrap_or_else(|error| Err(TokenError::Unreachable { why: error.to_string() }))
    }

    async fn find(&self, wish: Wish) -> Result<Token, TokenError> {
        let mut state = self.0.state.lock().await;
        let now = self.now();
        let fits = |token: &&Token| match &wish {
            Wish::Good => token.is_good(now),
            Wish::InsteadOf(refused) => !token.is(refused) || now < token.fetched_at + PAUSE,
            Wish::New => false,
        };
        if let Some(token) = state.token.as_ref().filter(fits) {
            return Ok(token.clone());
        }
        let just_failed = state.failed.as_ref().filter(|(at, _)| now < *at + PAUSE);
        let error = match just_failed.filter(|_| !matches!(wish, Wish::New)) {
            Some((_, error)) => error.clone(),
            None => match self.fetch(&mut state, now).await {
                Ok(token) => {
                    (state.token, state.failed) = (Some(token.clone()), None);
                    return Ok(token);
                }
                Err(error) => {
                    state.failed = Some((now, error.clone()));
                    error
                }
            },
        };
        // It is renewed while it still holds for a while.
        let rest = state.token.clone().filter(|token| matches!(wish, Wish::Good) && token.holds(now));
        rest.ok_or(error)
    }

    async fn fetch(&self, state: &mut State, now: Timestamp) -> Result<Token, TokenError> {
        let _turn = match self.0.client.refresh_token {
            Some(_) => Some(TURN.lock().await),
            None => None,
        };
        let shown = self.newest(state).await?;
        let answer = match ask::ask(&self.0.client, shown.as_ref()).await {
            // Somebody else, such as `mailmoot check`, may have exchanged it a moment ago.
            Err(error) if error.is_about_the_grant() => {
                let newer = self.newest(state).await?.filter(|newer| !same(Some(newer), shown.as_ref()));
                let Some(newer) = newer else { return Err(error) };
                ask::ask(&self.0.client, Some(&newer)).await?
            }
            other => other?,
        };
        // RFC 6749 6: a new refresh token takes the place of the one before.
        let newer =
            answer.refresh_token.filter(|newer| shown.is_some() && !same(Some(newer), shown.as_ref()));
        if let Some(newer) = newer {
            self.keep(state, newer).await;
        }
        Ok(Token::new(answer.token, now, answer.lifetime, answer.scopes))
    }

    /// The refresh token to show. `None` for a client that asks for itself.
    async fn newest(&self, state: &mut State) -> Result<Option<SecretString>, TokenError> {
        let Some(first) = &self.0.client.refresh_token else { return Ok(None) };
        if let Some(unkept) = state.unkept.take() {
            self.keep(state, unkept.clone()).await;
            return Ok(Some(unkept));
        }
        let Some((_, keeper)) = self.0.care.get() else {
            // The answer may bring a new one, and the one before would be worth nothing any more.
            return Err(TokenError::NotKept { why: "the database is not open".to_owned() });
        };
        let newest = keeper.newest().await.map_err(|why| TokenError::NotKept { why })?;
        Ok(newest.or_else(|| Some(first.clone())))
    }

    async fn keep(&self, state: &mut State, newer: SecretString) {
        let Some((_, keeper)) = self.0.care.get() else { return };
        if let Err(why) = keeper.keep(newer.clone()).await {
            tracing::error!(error = why, "A new refresh token could not be kept; it is tried again.");
            state.unkept = Some(newer);
        }
    }

    fn now(&self) -> Timestamp {
        self.0.care.get().map_or_else(|| Clock::system().now(), |(clock, _)| clock.now())
    }
}

fn same(one: Option<&SecretString>, other: Option<&SecretString>) -> bool {
    one.map(ExposeSecret::expose_secret) == other.map(ExposeSecret::expose_secret)
}
