//! Walks through everything between mailmoot and the mail system, one step after the other.
//!
//! A step that fails is a normal answer with words of advice, not an error. The command `mailmoot check` and the
//! admin pages run the same steps.

mod advice;
mod on_the_way;
pub mod pages;
mod people;
mod provider;
mod reading;
mod round_trip;
mod sending;
mod signature;
mod tokens;

pub use people::check_people;
pub use provider::check_providers;
pub use tokens::check_tokens;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::clock::Clock;
use crate::domain::settings::MailSettings;
use crate::mail::dkim::Signer;
use crate::texts::Texts;
use crate::transport::imap::ImapAccount;
use crate::transport::smtp::SmtpAccount;

/// Most mail systems need a second for a mail; some look for viruses for longer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// One step and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckStep {
    /// What was tried, such as `IMAP: find mail.corp.example`.
    pub what: String,
    pub outcome: Outcome,
    /// What was seen, such as the server's words. May be empty.
    pub seen: String,
    /// What to do about it. Empty if there is nothing to do.
    pub advice: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Ok,
    /// It works, but not as well as it could.
    Warning,
    Failed,
}

/// What is to be checked.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub mail: &'a MailSettings,
    pub source: Source<'a>,
    pub smtp: &'a SmtpAccount,
    /// Signs what is sent, if a key is configured.
    pub signer: Option<&'a Signer>,
    /// Name servers that are asked; those of this machine if there are none.
    pub dns: &'a [SocketAddr],
    /// How long a mail may take to come back; see [`PATIENCE`].
    pub patience: Duration,
}

/// Where mail comes in.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    Imap(&'a ImapAccount),
    Maildir(&'a Path),
}

/// Runs all steps; `each` is called as soon as one is done.
pub async fn check_mail(
    subject: Subject<'_>,
    clock: &Clock,
    texts: Texts,
    each: &mut (dyn FnMut(&CheckStep) + Send),
) -> Vec<CheckStep> {
    let mut steps = Steps { texts, all: Vec::new(), each };
    let inbox = reading::check(&mut steps, subject.source, clock).await;
    let submitter = sending::check(&mut steps, subject.smtp, subject.mail, clock).await;
    let submitter = submitter.map(|submitter| submitter.signing(subject.signer.cloned()));
    if let Some(signer) = subject.signer {
        signature::check(&mut steps, signer, subject.dns).await;
    }
    match (inbox, submitter) {
        (Some(inbox), Some(submitter)) => {
            round_trip::check(&mut steps, &subject, inbox, &submitter, clock).await;
            submitter.close().await;
        }
        _ => {
            let what = texts.with("check-round-trip", &[("address", subject.mail.gateway.address.as_str())]);
            let seen = texts.get("check-saw-not-tried").into_owned();
            let advice = texts.get("check-advice-first-the-others").into_owned();
            steps.add(what.into_owned(), Outcome::Failed, seen, advice);
        }
    }
    steps.all
}

/// Only reading: what is there, and whether it can be used.
pub async fn check_reading(source: Source<'_>, clock: &Clock, texts: Texts) -> Vec<CheckStep> {
    let mut steps = Steps { texts, all: Vec::new(), each: &mut |_| () };
    reading::check(&mut steps, source, clock).await;
    steps.all
}

/// Only handing mails over, without a mail.
pub async fn check_sending(
    smtp: &SmtpAccount,
    mail: &MailSettings,
    clock: &Clock,
    texts: Texts,
) -> Vec<CheckStep> {
    let mut steps = Steps { texts, all: Vec::new(), each: &mut |_| () };
    if let Some(submitter) = sending::check(&mut steps, smtp, mail, clock).await {
        submitter.close().await;
    }
    steps.all
}

/// The steps so far.
struct Steps<'a> {
    texts: Texts,
    all: Vec<CheckStep>,
    each: &'a mut (dyn FnMut(&CheckStep) + Send),
}

impl Steps<'_> {
    fn add(&mut self, what: String, outcome: Outcome, seen: String, advice: String) {
        let step = CheckStep { what, outcome, seen, advice };
        (self.each)(&step);
        self.all.push(step);
    }

    fn ok(&mut self, what: String, seen: String) {
        self.add(what, Outcome::Ok, seen, String::new());
    }

    fn failed(&mut self, what: String, trouble: advice::Trouble) {
        self.add(what, Outcome::Failed, trouble.seen, trouble.advice);
    }
}
