//! The way out: the submission server.

use super::Steps;
use super::advice::{self, Protocol};
use super::reading::{check_reach, connection_failed, login_words, protect_words};
use crate::transport::smtp::{SmtpAccount, SmtpError, Submitter};

pub(super) async fn check(steps: &mut Steps<'_>, account: &SmtpAccount) -> Option<Submitter> {
    let server = &account.server;
    check_reach(steps, Protocol::Smtp, server).await?;
    let submitter = Submitter::new(account.clone());
    match submitter.prepare().await {
        Ok(()) => {
            steps.ok(protect_words(steps, Protocol::Smtp, server), String::new());
            steps.ok(login_words(steps, Protocol::Smtp, server), String::new());
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
