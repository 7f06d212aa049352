//! The IMAP server at which people sign in themselves. Nobody's password is needed to see whether they could.

use super::advice::{self, Protocol, Trouble};
use super::reading::{check_reach, connection_failed, protected};
use super::{CheckStep, Steps};
use crate::clock::Clock;
use crate::texts::Texts;
use crate::transport::account::MailServer;
use crate::transport::imap::{ImapAccount, ImapError, Patience};

/// Finds it, connects, protects the connection, and looks whether it lets anybody sign in.
pub async fn check_people(server: &MailServer, clock: &Clock, texts: Texts) -> Vec<CheckStep> {
    let mut steps = Steps { texts, all: Vec::new(), each: &mut |_| () };
    check(&mut steps, server, clock).await;
    for step in &mut steps.all {
        step.what = texts.with("check-people", &[("what", step.what.as_str())]).into_owned();
    }
    steps.all
}

async fn check(steps: &mut Steps<'_>, server: &MailServer, clock: &Clock) {
    let texts = steps.texts;
    if check_reach(steps, Protocol::People, server).await.is_none() {
        return;
    }
    let server = MailServer { login: None, ..server.clone() };
    let account =
        ImapAccount { server, folder: "INBOX".to_owned(), max_size: 0, patience: Patience::default() };
    let server = &account.server;
    let what = texts.get("check-people-login").into_owned();
    let greeted = match account.look().await {
        Ok(greeted) => greeted,
        Err(ImapError::Connect(error)) => {
            return connection_failed(steps, Protocol::People, server, &error);
        }
        Err(error) => return steps.failed(what, advice::of_imap(texts, &error)),
    };
    protected(steps, (Protocol::People, server), greeted.certificate_end, clock);
    if greeted.takes_passwords() {
        return steps.ok(what, greeted.mechanisms().join(", "));
    }
    let seen = texts.get("check-saw-login-disabled").into_owned();
    let advice = texts.with("check-advice-login-disabled", &[("section", Protocol::People.section())]);
    steps.failed(what, Trouble { seen, advice: advice.into_owned() });
}
