//! Why there is no token.

/// Errors of RFC 6749 5.2 and 4.1.2.1 that pass by themselves.
const PASSING: [&str; 2] = ["temporarily_unavailable", "server_error"];

/// Why a provider gives no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It may work later.
    #[error("The token address does not answer: {why}")]
    Unreachable { why: String },
    /// It said no (RFC 6749 5.2).
    #[error("The provider gives no access token: {error}{}", with_colon(description))]
    Refused { error: String, description: String },
    /// It answers, but not as a token address does.
    #[error("The token address gives no token: {why}")]
    Unfit { why: String },
    /// Nothing was asked, since a new refresh token would be lost.
    #[error("No access token is fetched, since a new refresh token could not be kept: {why}")]
    NotKept { why: String },
}

fn with_colon(description: &str) -> String {
    if description.is_empty() { String::new() } else { format!(": {description}") }
}

impl TokenError {
    /// Whether it stays until somebody changes a setting, here or there.
    pub fn needs_admin(&self) -> bool {
        match self {
            Self::Refused { error, .. } => !PASSING.contains(&error.as_str()),
            Self::Unfit { .. } => true,
            Self::Unreachable { .. } | Self::NotKept { .. } => false,
        }
    }

    /// Whether the provider does not let this client in, now or ever.
    pub(in crate::transport) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. }) && self.needs_admin()
    }

    /// Whether the refresh token is what is refused.
    pub(super) fn is_about_the_grant(&self) -> bool {
        matches!(self, Self::Refused { error, .. } if error == "invalid_grant")
    }
}
