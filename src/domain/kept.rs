//! Settings that admins keep on pages, and what they were before. What they mean is known elsewhere.

use std::collections::BTreeMap;
use std::fmt;

use super::time::Timestamp;

/// Names and texts of the settings that are kept, secrets in the clear.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Kept(pub BTreeMap<String, String>);

impl Kept {
    /// The same after some changes.
    pub fn after(mut self, changes: &[Change]) -> Self {
        for change in changes {
            match &change.text {
                Some(text) => self.0.insert(change.name.clone(), text.clone()),
                None => self.0.remove(&change.name),
            };
        }
        self
    }
}

impl fmt::Debug for Kept {
    /// Some are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What a setting is to be.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    pub name: String,
    pub secret: bool,
    /// `None`: as if it was never kept.
    pub text: Option<String>,
}

impl fmt::Debug for Change {
    /// It may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A time that somebody saved settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Save {
    /// One after the other, from 1 on.
    pub number: i64,
    pub at: Timestamp,
    /// Whose; empty for somebody who is gone.
    pub who: String,
    /// By name.
    pub changes: Vec<Changed>,
}

/// What one save made of one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub name: String,
    pub before: Told,
    pub after: Told,
}

/// A kept text as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was not kept.
    Nothing,
    Text(String),
    Secret,
}
