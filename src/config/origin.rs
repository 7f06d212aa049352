//! What was given when the program began, and what comes of it together with what admins keep on pages.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::known::{SETTINGS, Setting};
use super::problem::ConfigError;
use super::values::Values;
use super::{Config, sections};
use crate::domain::kept::Kept;
use crate::store::Place;

/// The text of `mailmoot.toml` and the environment. They win over what is kept; what stands in them changes with a restart.
#[derive(Clone, Default)]
pub struct Origin {
    text: String,
    environment: BTreeMap<String, String>,
    /// Where a file was looked for, if there is none.
    no_file: Option<PathBuf>,
}

impl std::fmt::Debug for Origin {
    /// There are passwords in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origin").finish_non_exhaustive()
    }
}

/// A setting as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingSeen {
    pub setting: Setting,
    /// As it is given; `None` for secrets.
    pub text: Option<String>,
    pub from: From,
    /// The key of the text that says what can stand there.
    pub expected: Option<&'static str>,
}

/// Where a setting stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// It is as usual.
    Nowhere,
    /// Kept by admins.
    Page,
    /// In the file or the environment: the name there.
    Outside(String),
}

impl Origin {
    /// `file`, or `mailmoot.toml` in the working directory if there is one, and the environment.
    ///
    /// # Errors
    /// [`ConfigError`] when the file can't be read.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let default = Path::new("mailmoot.toml");
        let path = file.unwrap_or(default);
        let environment = environment.into_iter().collect();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self { text, environment, no_file: None }),
            // The environment may be enough. If it is not, the file is what is missed most.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && file.is_none() => {
                Ok(Self { text: String::new(), environment, no_file: Some(path.to_owned()) })
            }
            Err(error) => Err(ConfigError::unreadable(path, &error.to_string())),
        }
    }

    /// The same of a text.
    pub fn of(text: &str, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { text: text.to_owned(), environment: environment.into_iter().collect(), no_file: None }
    }

    pub(super) fn values(&self, kept: &Kept) -> Values {
        Values::read(SETTINGS, &self.text, &self.environment, kept)
    }

    /// Everything that is set.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem that was found.
    pub fn config(&self, kept: &Kept) -> Result<Config, ConfigError> {
        let mut values = self.values(kept);
        let config = sections::config(&mut values);
        values.finish(config).map_err(|error| match &self.no_file {
            Some(path) if kept.0.is_empty() => error.without_file(path),
            _ => error,
        })
    }

    /// The folder of data and the database, which are known before anything is kept; `None` when they are wrong.
    pub fn home(&self) -> Option<(PathBuf, Place)> {
        sections::home(&mut self.values(&Kept::default()))
    }

    /// The name servers to ask, whatever else is wrong; none where they are wrong themselves.
    pub fn name_servers(&self, kept: &Kept) -> Vec<SocketAddr> {
        sections::dns_servers(&mut self.values(kept)).unwrap_or_default()
    }

    /// Every setting there can be, in the order of the documentation; with those of the sections that have a name.
    pub fn list(&self, kept: &Kept) -> Vec<SettingSeen> {
        let mut values = self.values(kept);
        // Asks for all of them.
        let _ = sections::config(&mut values);
        values.list()
    }
}
