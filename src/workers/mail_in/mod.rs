//! Fetching mail: from an IMAP folder or a Maildir, for ever. A lost connection, a restarted server or a wrong password
//! never ends it; the last success and the last failure are kept for the admin. A mail that its source does not hand
//! over is set aside, so that the next ones come.

mod imap;
mod maildir;

use tokio_util::sync::CancellationToken;

use super::pause::{BackOff, pause};
use crate::actions::{ActionError, Actions};
use crate::transport::account::MailServer;
use crate::transport::imap::{ImapAccount, ImapError};
use crate::transport::maildir::Maildir;

/// Where mail comes from.
#[derive(Clone, Debug)]
pub enum Source {
    Imap(Box<ImapAccount>),
    Maildir(Maildir),
}

/// How many mails are fetched at once.
const BATCH: usize = 50;

/// The name of a Maildir in the database.
const MAILDIR: &str = "maildir";

/// Why fetching stopped for now.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Imap(#[from] ImapError),
    #[error("The mail folder can't be read: {0}")]
    Folder(#[from] std::io::Error),
    #[error(transparent)]
    Store(#[from] ActionError),
}

/// Notes which sources are in use.
pub(super) async fn note_in_use(actions: Actions, names: Vec<String>) {
    if let Err(error) = actions.use_sources(names).await {
        tracing::warn!(error = %error, "Which sources of mail are in use could not be noted.");
    }
}

/// Fetches until the workers are to stop.
pub async fn run(actions: Actions, source: Source, stop: CancellationToken) {
    let name = source.name();
    let (mut reader, mut back_off) = match &source {
        Source::Imap(account) => (
            Reader::Imap(imap::FolderReader::new(&actions, account, &name)),
            BackOff::beginning_with(account.patience.retry),
        ),
        Source::Maildir(folder) => (Reader::Maildir(folder), BackOff::default()),
    };
    let mut ear = actions.bell.listen();
    while !stop.is_cancelled() {
        let trouble = tokio::select! {
            () = stop.cancelled() => return,
            trouble = reader.read(&actions, &mut back_off) => trouble,
        };
        let Err(trouble) = trouble else { continue };
        tracing::warn!(error = %trouble, "Mail can't be fetched now; trying again.");
        let shut = source.server().and_then(MailServer::shut_for);
        let words =
            source.server().map_or_else(|| trouble.to_string(), |server| server.told(trouble.to_string()));
        if let Err(error) = actions.note_source(&name, Some(words)).await {
            tracing::error!(error = %error, "The trouble with fetching could not be noted.");
        }
        let wait = back_off.next().max(shut.unwrap_or_default());
        tokio::select! {
            goes_on = pause(&stop, wait) => if !goes_on { return },
            () = ear.rung_out() => source.server().into_iter().for_each(MailServer::open_gate),
        }
    }
}

/// What reads a source, and what it keeps in mind from one try to the next.
enum Reader<'a> {
    Imap(imap::FolderReader<'a>),
    Maildir(&'a Maildir),
}

impl Reader<'_> {
    async fn read(&mut self, actions: &Actions, back_off: &mut BackOff) -> Result<(), Trouble> {
        match self {
            Self::Imap(folder) => folder.read(back_off).await,
            Self::Maildir(folder) => maildir::read(actions, folder, back_off).await,
        }
    }
}

/// Takes in what lies in a Maildir, once.
pub(super) async fn take_waiting(actions: &Actions, folder: &Maildir) -> Result<(), ActionError> {
    maildir::take_batch(actions, folder).await.map_err(|trouble| match trouble {
        Trouble::Store(error) => error,
        other => ActionError::Internal(other.into()),
    })
}

impl Source {
    fn server(&self) -> Option<&MailServer> {
        match self {
            Self::Imap(account) => Some(&account.server),
            Self::Maildir(_) => None,
        }
    }

    /// Its name in the database: the account and the folder.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Imap(account) => {
                let user = account.server.login.as_ref().map_or("", |login| login.user.as_str());
                format!("imap:{user}@{}:{}/{}", account.server.host, account.server.port, account.folder)
            }
            Self::Maildir(_) => MAILDIR.to_owned(),
        }
    }
}
