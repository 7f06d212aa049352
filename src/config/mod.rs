//! `mailmoot.toml` and the environment, read into typed settings.
//!
//! A variable `MAILMOOT_SECTION_NAME` wins over the file. Everything that is wrong is told at once, each problem with
//! the setting's name, its value (never a secret's) and what is expected.

mod directories;
mod known;
mod problem;
mod provider;
mod sections;
#[cfg(test)]
mod tests;
mod units;
mod values;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::actions::directory::Source;
use crate::domain::network::AddressBlock;
use crate::domain::retention::RetentionSettings;
use crate::domain::settings::{
    AlertSettings, FileRules, Limits, MailSettings, PresenceSettings, PublicUrl, PushSettings, QueueSettings,
    ShareSettings, SignInSettings,
};
use crate::mail::dkim::Signer;
use crate::transport::account::MailServer;
use crate::transport::imap::ImapAccount;
use crate::transport::openid::Provider;
use crate::transport::smtp::SmtpAccount;

pub use known::{SETTINGS, Setting};
pub use problem::{ConfigError, Problem};

/// Everything an admin decided.
#[derive(Clone, Debug)]
pub struct Config {
    pub server: ServerSettings,
    /// `sqlite:FILE` or `postgres://...`; may hold a password.
    pub database: SecretString,
    pub mail: MailSettings,
    pub source: MailSource,
    pub smtp: SmtpAccount,
    /// Signs mails that go out.
    pub dkim: Option<Signer>,
    /// Name servers that are asked; those of this machine if there are none.
    pub dns_servers: Vec<SocketAddr>,
    pub limits: Limits,
    pub files: FileRules,
    pub sign_in: SignInSettings,
    /// Where people can sign in beside by mail.
    pub providers: Vec<Provider>,
    /// The server that checks mail passwords, if people may sign in by them.
    pub passwords: Option<MailServer>,
    pub presence: PresenceSettings,
    pub push: PushSettings,
    pub share: ShareSettings,
    pub retention: RetentionSettings,
    pub queue: QueueSettings,
    /// Where the organisation keeps its people; those first that are believed first.
    pub directories: Vec<Source>,
    pub alerts: AlertSettings,
    /// Where figures are told, if they are.
    pub metrics: Option<SocketAddr>,
    pub log: LogSettings,
}

#[derive(Clone, Debug)]
pub struct ServerSettings {
    pub listen: SocketAddr,
    pub public_url: PublicUrl,
    /// Where files and, if it is SQLite, the database are.
    pub data: PathBuf,
    /// Web servers before this one, whose word on where a request comes from counts.
    pub trusted_proxies: Vec<AddressBlock>,
    /// Internal addresses that may be asked although a browser named them.
    pub internal_networks: Vec<AddressBlock>,
}

/// Where mail comes in.
#[derive(Clone, Debug)]
pub enum MailSource {
    Imap(ImapAccount),
    Maildir(PathBuf),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    pub json: bool,
    /// As tracing's filter takes it, such as `info` or `info,mailmoot=debug`.
    pub level: String,
}

impl Config {
    /// Reads a file and the environment over it. A file that was not asked for by name may be missing.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem that was found.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let default = Path::new("mailmoot.toml");
        let path = file.unwrap_or(default);
        match std::fs::read_to_string(path) {
            Ok(text) => Self::read(&text, environment),
            // The environment may be enough. If it is not, the file is what is missed most.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && file.is_none() => {
                Self::read("", environment).map_err(|error| error.without_file(path))
            }
            Err(error) => Err(ConfigError::unreadable(path, &error.to_string())),
        }
    }

    /// Reads the text of a configuration file and the environment over it.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem that was found.
    pub fn read(
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let environment: BTreeMap<String, String> = environment.into_iter().collect();
        let mut values = values::Values::read(SETTINGS, text, &environment);
        let config = sections::config(&mut values);
        values.finish(config)
    }
}
