//! Fetching mail: from an IMAP folder or a Maildir, for ever. A lost connection, a restarted server or a wrong password
//! never ends it; the last success and the last failure are kept for the admin.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::pause::{BackOff, pause};
use crate::actions::mails::{Incoming, Position};
use crate::actions::{ActionError, Actions};
use crate::transport::imap::{FetchedMail, FolderState, ImapAccount, ImapError, ImapSession};
use crate::transport::maildir::Maildir;

/// Where mail comes from.
#[derive(Clone, Debug)]
pub enum Source {
    Imap(Box<ImapAccount>),
    Maildir(Maildir),
}

/// How many mails are fetched at once.
const BATCH: usize = 50;
/// How long to wait for a mail in a Maildir before looking again.
const WAIT: Duration = Duration::from_secs(60);

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

/// Fetches until the workers are to stop.
pub async fn run(actions: Actions, source: Source, stop: CancellationToken) {
    let name = source.name();
    let mut back_off = BackOff::default();
    while !stop.is_cancelled() {
        let trouble = tokio::select! {
            () = stop.cancelled() => return,
            trouble = fetch(&actions, &source, &name, &mut back_off) => trouble,
        };
        let Err(trouble) = trouble else { continue };
        tracing::warn!(error = %trouble, "Mail can't be fetched now; trying again.");
        if let Err(error) = actions.note_source(&name, Some(trouble.to_string())).await {
            tracing::error!(error = %error, "The trouble with fetching could not be noted.");
        }
        if !pause(&stop, back_off.next()).await {
            return;
        }
    }
}

async fn fetch(
    actions: &Actions,
    source: &Source,
    name: &str,
    back_off: &mut BackOff,
) -> Result<(), Trouble> {
    match source {
        Source::Imap(account) => fetch_imap(actions, account, name, back_off).await,
        Source::Maildir(folder) => fetch_maildir(actions, folder, name).await,
    }
}

/// One connection's life.
async fn fetch_imap(
    actions: &Actions,
    account: &ImapAccount,
    name: &str,
    back_off: &mut BackOff,
) -> Result<(), Trouble> {
    let mut session = account.connect().await?;
    let mut state = session.select().await?;
    back_off.reset();
    loop {
        take_new(actions, &mut session, &state, name).await?;
        actions.note_source(name, None).await?;
        session.wait_for_mail(account.patience.poll).await?;
        state = session.select().await?;
    }
}

/// Everything after the position, in order; each mail is stored together with its position. Another UIDVALIDITY means
/// that all numbers are new (RFC 9051 2.3.1.1): the folder is read again, and mails that are known are recognised by
/// their bytes.
async fn take_new(
    actions: &Actions,
    session: &mut ImapSession,
    state: &FolderState,
    name: &str,
) -> Result<(), Trouble> {
    let uid_validity = i64::from(state.uid_validity);
    let known = actions.position_of(name).await?.filter(|p| p.uid_validity == uid_validity);
    let mut last_uid = known.map_or(0, |p| u32::try_from(p.last_uid).unwrap_or(0));
    loop {
        let mails = session.fetch_after(last_uid, BATCH).await?;
        if mails.is_empty() {
            return Ok(());
        }
        for mail in mails {
            last_uid = mail.uid;
            let position = Position { source: name.to_owned(), uid_validity, uid: i64::from(mail.uid) };
            actions.receive_mail(position, incoming(mail)).await?;
        }
    }
}

fn incoming(mail: FetchedMail) -> Incoming {
    match mail.too_large {
        Some(size) => Incoming::TooLarge { size, header: mail.raw },
        None => Incoming::Raw(mail.raw),
    }
}

async fn fetch_maildir(actions: &Actions, folder: &Maildir, name: &str) -> Result<(), Trouble> {
    loop {
        take_batch(actions, folder, name).await?;
        actions.note_source(name, None).await?;
        folder.wait_for_mail(WAIT).await?;
    }
}

async fn take_batch(actions: &Actions, folder: &Maildir, name: &str) -> Result<(), Trouble> {
    for mail in folder.fetch(BATCH, actions.settings.mail.max_size).await? {
        let position = Position { source: name.to_owned(), uid_validity: 0, uid: 0 };
        let incoming = match mail.too_large {
            Some(size) => Incoming::TooLarge { size, header: mail.raw },
            None => Incoming::Raw(mail.raw),
        };
        actions.receive_mail(position, incoming).await?;
        folder.done(&mail.name).await?;
    }
    Ok(())
}

/// Takes in what lies in a Maildir, once.
pub(super) async fn take_waiting(actions: &Actions, folder: &Maildir) -> Result<(), ActionError> {
    take_batch(actions, folder, MAILDIR).await.map_err(|trouble| match trouble {
        Trouble::Store(error) => error,
        other => ActionError::Internal(other.into()),
    })
}

impl Source {
    /// Its name in the database: the account and the folder.
    fn name(&self) -> String {
        match self {
            Self::Imap(account) => {
                let user = account.server.login.as_ref().map_or("", |login| login.user.as_str());
                format!("imap:{user}@{}:{}/{}", account.server.host, account.server.port, account.folder)
            }
            Self::Maildir(_) => MAILDIR.to_owned(),
        }
    }
}
