//! A Maildir, look after look.

use std::time::Duration;

use super::super::pause::BackOff;
use super::{BATCH, MAILDIR, Trouble};
use crate::actions::Actions;
use crate::actions::mails::{Incoming, Position};
use crate::domain::ledger::SourcePlace;
use crate::transport::maildir::{Maildir, MaildirMail, Waiting};

/// How long to wait for a mail before looking again.
const WAIT: Duration = Duration::from_secs(60);

pub(super) async fn read(actions: &Actions, folder: &Maildir, back_off: &mut BackOff) -> Result<(), Trouble> {
    loop {
        take_batch(actions, folder).await?;
        ask_again(actions, folder).await?;
        back_off.reset();
        actions.note_source(MAILDIR, None).await?;
        folder.wait_for_mail(WAIT).await?;
    }
}

/// What lies there. A file that can't be read is set aside if another one can; if none can, the folder is in trouble.
pub(super) async fn take_batch(actions: &Actions, folder: &Maildir) -> Result<(), Trouble> {
    let Waiting { mails, mut unreadable } = folder.fetch(BATCH, actions.settings.mail.max_size).await?;
    if mails.is_empty()
        && let Some((_, error)) = unreadable.pop()
    {
        return Err(error.into());
    }
    let position = Position { source: MAILDIR.to_owned(), uid_validity: 0, uid: 0 };
    for mail in mails {
        let name = mail.name.clone();
        actions.receive_mail(position.clone(), incoming(mail)).await?;
        folder.done(&name).await?;
    }
    for (name, error) in unreadable {
        let place = SourcePlace::File { name: name.clone() };
        actions.set_aside(position.clone(), place, &error.to_string()).await?;
        folder.done(&name).await?;
    }
    Ok(())
}

/// The mails that were set aside and that the admin wants now.
async fn ask_again(actions: &Actions, folder: &Maildir) -> Result<(), Trouble> {
    for (id, place) in actions.list_wanted(MAILDIR).await? {
        let SourcePlace::File { name } = place else { continue };
        match folder.read(&name, actions.settings.mail.max_size).await {
            Ok(mail) => actions.receive_late(id, incoming(mail)).await?,
            Err(error) => actions.refuse_late(id, &error.to_string()).await?,
        }
    }
    Ok(())
}

fn incoming(mail: MaildirMail) -> Incoming {
    match mail.too_large {
        Some(size) => Incoming::TooLarge { size, header: mail.raw },
        None => Incoming::Raw(mail.raw),
    }
}
