//! OpenID Connect: the company's own sign-in (OpenID Connect Core 1.0, code flow with PKCE, RFC 7636). Tokens are checked
//! by the library alone; what a checked token means for accounts is decided in `actions`.

mod answers;
mod claims;
mod grant;
mod known;
mod logout;
mod probe;
mod revocation;
mod sign_in;
mod way_back;
mod web;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

pub use claims::ClaimNames;
pub use grant::{Granted, NotRenewed};
pub use logout::Ended;
pub use sign_in::{Begun, Come, SignedIn};
pub use way_back::WayBack;
pub use web::is_protected;
pub(super) use web::{NoAnswer, Web};

use crate::clock::Clock;
use crate::domain::identity::Trust;
use known::Knowledge;

/// One provider, as the admin described it.
#[derive(Clone)]
pub struct Provider {
    /// Stands in URLs: small letters, digits and hyphens.
    pub name: String,
    /// What the button says.
    pub title: String,
    /// Letter by letter as the provider writes it (OpenID Connect Discovery 1.0 4.3).
    pub issuer: String,
    pub client_id: String,
    /// `None` for a public client, which PKCE alone protects.
    pub client_secret: Option<SecretString>,
    /// Beside `openid`.
    pub scopes: Vec<String>,
    /// What opens people's own mailboxes, if that is asked for.
    pub mailbox: MailboxAsk,
    pub claims: ClaimNames,
    pub trust: Trust,
    /// A session that began here ends after so long, whatever is done in it: until then the provider is not asked again.
    pub lasts: Duration,
    /// Signing out here signs out there as well.
    pub single_logout: bool,
    /// Certificates to trust beside the system's (PEM).
    pub ca_file: Option<PathBuf>,
}

/// What is asked for when somebody signs in, so that their own mailbox opens with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailboxAsk {
    /// None if nothing is asked for.
    pub scopes: Vec<String>,
    /// More members of the request: some providers want them before they give out a refresh token.
    pub parameters: Vec<(String, String)>,
}

/// All providers, each with what is known of it. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Providers(Arc<[OpenId]>);

/// One provider and what it said of itself.
#[derive(Debug)]
pub struct OpenId {
    pub provider: Provider,
    known: Knowledge,
    clock: Clock,
}

/// Why a provider could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenIdError {
    /// It may work later.
    #[error("The provider does not answer: {why}")]
    Unreachable { why: String },
    /// It answers, but not as its settings here promise; it stays so until somebody changes one or the other.
    #[error("The provider does not fit its settings: {why}")]
    Unfit { why: String },
    /// The code was used before, ran out, or was never given out.
    #[error("The provider refuses the code")]
    CodeRefused,
    /// A token that must not be believed.
    #[error("The provider's token is not valid: {why}")]
    BadToken { why: String },
}

impl Providers {
    pub fn new(providers: Vec<Provider>, clock: &Clock) -> Self {
        let open = |provider| OpenId { provider, known: Knowledge::default(), clock: clock.clone() };
        Self(providers.into_iter().map(open).collect())
    }

    /// In the order of the settings.
    pub fn all(&self) -> &[OpenId] {
        &self.0
    }

    pub fn find(&self, name: &str) -> Option<&OpenId> {
        self.0.iter().find(|one| one.provider.name == name)
    }

    pub fn find_by_issuer(&self, issuer: &str) -> Option<&OpenId> {
        self.0.iter().find(|one| one.provider.issuer == issuer)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("name", &self.name)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}
