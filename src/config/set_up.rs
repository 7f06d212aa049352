//! A first start, before anything of a mail account is known: asking the program to begin with what was typed.

use std::net::SocketAddr;

use tokio::sync::{mpsc, oneshot};

use super::origin::{From, Origin};
use super::problem::{ConfigError, Fault};
use super::{Config, LogSettings, ServerSettings, sections};
use crate::actions::set_up::FirstAdmin;
use crate::domain::kept::{Change, Kept};
use crate::store::Place;

/// What is to be known of a mail account.
const MAIL: [&str; 5] = ["mail", "imap", "maildir", "smtp", "account"];

/// The settings that hold before any of mail is there.
#[derive(Clone, Debug)]
pub struct Bare {
    pub server: ServerSettings,
    pub place: Place,
    /// Where figures are told, if they are.
    pub metrics: Option<SocketAddr>,
    pub log: LogSettings,
}

impl Origin {
    /// What there is, if a mail account is all that is missing: nothing is said of one, and nothing else is wrong.
    pub fn bare(&self, error: &ConfigError) -> Option<Bare> {
        let is_missing = |fault: &Fault| matches!(fault, Fault::Missing { .. } | Fault::NoDefaultFile);
        if !error.problems.iter().all(|problem| is_missing(&problem.fault)) {
            return None;
        }
        let section = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        let is_said = self
            .list(&Kept::default())
            .iter()
            .any(|one| one.from != From::Nowhere && MAIL.contains(&section(&one.setting.name).as_str()));
        if is_said {
            return None;
        }
        sections::bare(&mut self.values(&Kept::default()))
    }
}

/// The first settings of a house, which were tried out.
#[derive(Debug)]
pub struct SetUp {
    pub config: Config,
    /// What the configuration was made of.
    pub changes: Vec<Change>,
    pub admin: FirstAdmin,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The house runs; the link signs the first admin in.
    Runs { link: String },
    /// Somebody else had set it up before.
    Already,
    /// Nothing was kept.
    Failed { why: String },
}

/// The end of whoever asks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SetUps(mpsc::Sender<Asked>);

/// One set-up, and where the answer goes.
pub type Asked = (SetUp, oneshot::Sender<Begun>);

impl SetUps {
    /// One at a time: the first one that works is the last one.
    pub fn channel() -> (Self, mpsc::Receiver<Asked>) {
        let (sender, receiver) = mpsc::channel(1);
        (Self(sender), receiver)
    }

    /// Answers when the house runs, or when it does not.
    pub async fn ask(&self, set_up: SetUp) -> Begun {
        let (answer, answered) = oneshot::channel();
        // Nobody listens any more: it was done meanwhile.
        if self.0.send((set_up, answer)).await.is_err() {
            return Begun::Already;
        }
        answered.await.unwrap_or(Begun::Already)
    }
}
