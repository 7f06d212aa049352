//! `mailmoot.toml` and the environment, read into typed settings.
//!
//! A variable `MAILMOOT_SECTION_NAME` wins over the file, and both win over what admins keep on pages. Everything that is wrong is told at once, each problem with
//! the setting's name, its value (never a secret's) and what is expected.

mod archive;
mod branches;
pub mod check;
mod directories;
pub mod folders;
mod known;
mod oauth;
mod origin;
mod policy;
mod problem;
mod provider;
pub mod renewal;
mod sections;
pub mod set_up;
#[cfg(test)]
mod tests;
pub mod units;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::actions::directory::Source;
use crate::domain::kept::Kept;
use crate::domain::network::AddressBlock;
use crate::domain::policy::Policy;
use crate::domain::retention::RetentionSettings;
use crate::domain::settings::{
    AlertSettings, FileRules, Limits, MailSettings, PresenceSettings, PublicUrl, PushSettings, QueueSettings,
    ShareSettings, SignInSettings,
};
use crate::mail::dkim::Signer;
use crate::store::Place;
use crate::transport::account::MailServer;
use crate::transport::imap::ImapAccount;
use crate::transport::oauth::Tokens;
use crate::transport::openid::Provider;
use crate::transport::smtp::SmtpAccount;

pub use branches::BranchAccount;
pub use known::{Kind, SETTINGS, Setting, is_section_name};
pub use origin::{From, Origin, SettingSeen};
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
    /// Accounts of their own for the people of other domains.
    pub branches: Vec<BranchAccount>,
    /// Where tokens for mail servers come from; the accounts that sign in by them share it.
    pub oauth: Option<Tokens>,
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
    /// Where a copy of all that is said is kept.
    pub archive: Option<ImapAccount>,
    /// The server with people's own mailboxes, if they may open them here.
    pub own_mailboxes: Option<MailServer>,
    pub presence: PresenceSettings,
    pub push: PushSettings,
    pub share: ShareSettings,
    pub retention: RetentionSettings,
    pub policy: Policy,
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
    /// Reads the text of a configuration file and the environment over it, with nothing kept on pages.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem that was found.
    pub fn read(
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        Origin::of(text, environment).config(&Kept::default())
    }

    /// Where the database is, by its URL.
    pub fn place(&self) -> Place {
        sections::place(&self.database)
    }
}
