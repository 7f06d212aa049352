//! The way out: the submission server.

use super::advice::{self, Protocol};
use super::reading::{check_reach, connection_failed, login_words, protect_words};
use super::{Outcome, Steps};
use crate::transport::smtp::{SmtpAccount, SmtpError, Submitter};

pub(super) async fn check(steps: &mut Steps<'_>, account: &SmtpAccount) -> Option<Submitter> {
    let server = &account.server;
    check_reach(steps, Protocol::Smtp, server).await?;
    let submitter = Submitter::new(account.clone());
    match submitter.prepare().await {
        Ok(offers_dsn) => {
            steps.ok(protect_words(steps, Protocol::Smtp, server), String::new());
            steps.ok(login_words(steps, Protocol::Smtp, server), String::new());
            check_reports(steps, offers_dsn);
            Some(submitter)
        }
        Err(SmtpError::Connect(error)) => {
            connection_failed(steps, Protocol::Smtp, server, &error);
            None
        }
        Err(error) => {
            steps.ok(protect_words(steps, Protocol::Smtp, server), String::new());
            let what = login_words(steps, Protocol::Smtp, server);
            steps.failed(what, advice::of_smtp(steps.texts, &error));
            None
        }
    }
}

fn check_reports(steps: &mut Steps<'_>, offers_dsn: bool) {
    let text = |key| steps.texts.get(key).into_owned();
    let (what, seen, advice) = (text("check-dsn"), text("check-saw-not-offered"), text("check-advice-dsn"));
    if offers_dsn {
        steps.ok(what, String::new());
    } else {
        steps.add(what, Outcome::Warning, seen, advice);
    }
}
