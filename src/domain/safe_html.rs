//! HTML that may stand in a page as it is.

use serde::{Deserialize, Serialize};

/// HTML that went through the sanitiser. Only `mail/sanitize.rs` calls [`SafeHtml::from_sanitiser`]
/// (the architecture test keeps that); otherwise it comes from the database, where the sanitiser's output was put.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct SafeHtml(String);

impl SafeHtml {
    pub fn from_sanitiser(html: String) -> Self {
        Self(html)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
