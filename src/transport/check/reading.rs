//! The way in: an IMAP account or a Maildir.

use std::path::Path;

use super::advice::{self, Hurdle, Protocol, Trouble};
use super::{Outcome, Source, Steps};
use crate::clock::Clock;
use crate::domain::health::Certificate;
use crate::domain::time::Timestamp;
use crate::transport::account::MailServer;
use crate::transport::connect::{self, ConnectError};
use crate::transport::imap::{ImapAccount, ImapError, ImapSession};
use crate::transport::maildir::Maildir;

/// Where the round trip's mail has to arrive.
pub(super) enum Inbox {
    Imap { session: Box<ImapSession>, last_uid: u32, user: String },
    Maildir(Maildir),
}

pub(super) async fn check(steps: &mut Steps<'_>, source: Source<'_>, clock: &Clock) -> Option<Inbox> {
    match source {
        Source::Imap(account) => check_imap(steps, account, clock).await,
        Source::Maildir(path) => check_maildir(steps, path, clock).await,
    }
}

/// The address and the port; the same for both protocols.
pub(super) async fn check_reach(
    steps: &mut Steps<'_>,
    protocol: Protocol,
    server: &MailServer,
) -> Option<()> {
    let texts = steps.texts;
    let port = server.port.to_string();
    let values = [("protocol", protocol.name()), ("host", server.host.as_str()), ("port", port.as_str())];
    let find = texts.with("check-find", &values[..2]).into_owned();
    let found = match connect::find_addresses(server).await {
        Ok(found) => found,
        Err(error) => {
            steps.failed(find, advice::of_connection(texts, protocol, server, &error));
            return None;
        }
    };
    let addresses: Vec<String> = found.iter().map(|address| address.ip().to_string()).collect();
    steps.ok(find, addresses.join(", "));
    let reach = texts.with("check-connect", &values).into_owned();
    match connect::open_tcp(server, &found).await {
        Ok(_) => steps.ok(reach, String::new()),
        Err(error) => {
            steps.failed(reach, advice::of_connection(texts, protocol, server, &error));
            return None;
        }
    }
    Some(())
}

fn protect_words(steps: &Steps<'_>, protocol: Protocol, server: &MailServer) -> String {
    let security = format!("{:?}", server.security).to_lowercase();
    let values = [("protocol", protocol.name()), ("security", security.as_str())];
    steps.texts.with("check-protect", &values).into_owned()
}

/// That the connection is protected, and for how long it will be.
pub(super) fn protected(
    steps: &mut Steps<'_>,
    (protocol, server): (Protocol, &MailServer),
    end: Option<Timestamp>,
    clock: &Clock,
) {
    let what = protect_words(steps, protocol, server);
    let Some(ends_at) = end else { return steps.ok(what, String::new()) };
    let day = ends_at.utc().date_naive().to_string();
    let seen = steps.texts.with("check-saw-certificate-end", &[("day", day.as_str())]).into_owned();
    if (Certificate { server: String::new(), ends_at }).runs_out(clock.now()) {
        let advice = steps.texts.get("concern-advice-certificate").into_owned();
        steps.add(what, Outcome::Warning, seen, advice);
    } else {
        steps.ok(what, seen);
    }
}

pub(super) fn login_words(steps: &Steps<'_>, protocol: Protocol, server: &MailServer) -> String {
    let user = server.login.as_ref().map(|login| login.user.as_str()).unwrap_or_default();
    let values = [("protocol", protocol.name()), ("user", user)];
    let key = if user.is_empty() { "check-no-login" } else { "check-login" };
    steps.texts.with(key, &values).into_owned()
}

/// An error of a whole connection, at the step it belongs to.
pub(super) fn connection_failed(
    steps: &mut Steps<'_>,
    protocol: Protocol,
    server: &MailServer,
    error: &ConnectError,
) {
    let trouble = advice::of_connection(steps.texts, protocol, server, error);
    let what = match advice::hurdle(error) {
        Hurdle::Protect => protect_words(steps, protocol, server),
        // It worked a moment ago.
        Hurdle::Find | Hurdle::Connect => login_words(steps, protocol, server),
    };
    steps.failed(what, trouble);
}

async fn check_imap(steps: &mut Steps<'_>, account: &ImapAccount, clock: &Clock) -> Option<Inbox> {
    let (texts, server) = (steps.texts, &account.server);
    check_reach(steps, Protocol::Imap, server).await?;
    let mut session = match account.connect().await {
        Ok(session) => session,
        Err(ImapError::Connect(error)) => {
            connection_failed(steps, Protocol::Imap, server, &error);
            return None;
        }
        Err(error) => {
            let end = account.certificate_end().await.ok().flatten();
            protected(steps, (Protocol::Imap, server), end, clock);
            let what = login_words(steps, Protocol::Imap, server);
            steps.failed(what, advice::of_imap(texts, &error));
            return None;
        }
    };
    let end = account.certificate_end().await.ok().flatten();
    protected(steps, (Protocol::Imap, server), end, clock);
    steps.ok(login_words(steps, Protocol::Imap, server), String::new());

    let open = texts.with("check-folder", &[("folder", account.folder.as_str())]).into_owned();
    let folder = match session.select().await {
        Ok(folder) => folder,
        Err(error) => {
            steps.failed(open, advice::of_imap(texts, &error));
            return None;
        }
    };
    steps.ok(open, texts.with("count-mails", &[("n", folder.exists)]).into_owned());

    let idle = texts.get("check-idle").into_owned();
    if session.can_idle() {
        steps.ok(idle, String::new());
    } else {
        let seconds = account.patience.poll.as_secs();
        let advice = texts.with("check-advice-idle", &[("n", seconds)]).into_owned();
        steps.add(idle, Outcome::Warning, texts.get("check-saw-not-offered").into_owned(), advice);
    }
    check_offers(steps, &session);
    check_room(steps, &mut session).await;
    let user = server.login.as_ref().map(|login| login.user.clone()).unwrap_or_default();
    let last_uid = folder.uid_next.saturating_sub(1);
    Some(Inbox::Imap { session: Box::new(session), last_uid, user })
}

/// mailmoot needs none of these; whoever looks for a fault wants to know them.
fn check_offers(steps: &mut Steps<'_>, session: &ImapSession) {
    const ASKED: [&str; 6] = ["UIDPLUS", "CONDSTORE", "QRESYNC", "MOVE", "SPECIAL-USE", "QUOTA"];
    let offered: Vec<&str> = ASKED.into_iter().filter(|name| session.offers(name)).collect();
    let what = steps.texts.get("check-offers").into_owned();
    let seen = match offered.is_empty() {
        true => steps.texts.get("check-saw-no-offers").into_owned(),
        false => offered.join(", "),
    };
    steps.ok(what, seen);
}

/// Into a full mailbox nothing comes (RFC 9208): answers by mail go back to their authors.
async fn check_room(steps: &mut Steps<'_>, session: &mut ImapSession) {
    let texts = steps.texts;
    let what = texts.get("check-mailbox-room").into_owned();
    let room = match session.room().await {
        Ok(Some(room)) => room,
        Ok(None) => return steps.ok(what, texts.get("check-saw-no-quota").into_owned()),
        Err(error) => {
            let trouble = advice::of_imap(texts, &error);
            return steps.add(what, Outcome::Warning, trouble.seen, trouble.advice);
        }
    };
    let values = [("used", room.used / 1024), ("limit", room.limit / 1024)];
    let seen = texts.with("check-saw-quota", &values).into_owned();
    let advice = texts.get("check-advice-mailbox-room").into_owned();
    match (room.is_full(), room.is_scarce()) {
        (true, _) => steps.add(what, Outcome::Failed, seen, advice),
        (_, true) => steps.add(what, Outcome::Warning, seen, advice),
        _ => steps.ok(what, seen),
    }
}

async fn check_maildir(steps: &mut Steps<'_>, path: &Path, clock: &Clock) -> Option<Inbox> {
    let texts = steps.texts;
    let shown = path.display().to_string();
    let what = texts.with("check-maildir", &[("path", shown.as_str())]).into_owned();
    let opened = async {
        let maildir = Maildir::open(path, clock.clone()).await?;
        let waiting = maildir.fetch(1, 0).await?.mails.len();
        Ok::<_, std::io::Error>((maildir, waiting))
    };
    match opened.await {
        Ok((maildir, _)) => {
            steps.ok(what, String::new());
            Some(Inbox::Maildir(maildir))
        }
        Err(error) => {
            let seen = error.to_string();
            steps.failed(what, Trouble { seen, advice: texts.get("check-advice-maildir").into_owned() });
            None
        }
    }
}
