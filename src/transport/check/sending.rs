//! The way out: the submission server.

use super::advice::{self, Protocol};
use super::reading::{check_reach, connection_failed, login_words, protected};
use super::{Outcome, Steps};
use crate::clock::Clock;
use crate::domain::settings::MailSettings;
use crate::transport::smtp::{Offers, SmtpAccount, SmtpError, Submitter};

/// What a mail has beside its files: text, HTML and headers, in bytes.
const REST: u64 = 500_000;

pub(super) async fn check(
    steps: &mut Steps<'_>,
    account: &SmtpAccount,
    mail: &MailSettings,
    clock: &Clock,
) -> Option<Submitter> {
    let server = &account.server;
    check_reach(steps, Protocol::Smtp, server).await?;
    let submitter = Submitter::new(account.clone());
    match submitter.prepare().await {
        Ok(offers) => {
            let end = submitter.certificate_end().await.ok().flatten();
            protected(steps, (Protocol::Smtp, server), end, clock);
            steps.ok(login_words(steps, Protocol::Smtp, server), String::new());
            check_reports(steps, offers);
            check_size(steps, offers, mail);
            Some(submitter)
        }
        Err(SmtpError::Connect(error)) => {
            connection_failed(steps, Protocol::Smtp, server, &error);
            None
        }
        Err(error) => {
            let end = submitter.certificate_end().await.ok().flatten();
            protected(steps, (Protocol::Smtp, server), end, clock);
            let what = login_words(steps, Protocol::Smtp, server);
            steps.failed(what, advice::of_smtp(steps.texts, &error));
            None
        }
    }
}

fn check_reports(steps: &mut Steps<'_>, offers: Offers) {
    let text = |key| steps.texts.get(key).into_owned();
    let (what, seen, advice) = (text("check-dsn"), text("check-saw-not-offered"), text("check-advice-dsn"));
    if offers.dsn {
        steps.ok(what, String::new());
    } else {
        steps.add(what, Outcome::Warning, seen, advice);
    }
}

/// Files become a third longer on their way (RFC 2045 6.8), and line ends come to it.
fn check_size(steps: &mut Steps<'_>, offers: Offers, mail: &MailSettings) {
    let what = steps.texts.get("check-size").into_owned();
    let Some(size) = offers.size else {
        let seen = steps.texts.get("check-saw-no-limit").into_owned();
        return steps.ok(what, seen);
    };
    let megabytes = format!("{:.1}", size as f64 / 1_000_000.0);
    let seen = steps.texts.with("check-saw-size", &[("n", megabytes.as_str())]).into_owned();
    let needed = mail.attach_up_to.saturating_mul(37) / 27 + REST;
    if needed <= size {
        return steps.ok(what, seen);
    }
    let fits = size.saturating_sub(REST) * 27 / 37 / 1_000_000;
    let advice = steps.texts.with("check-advice-size", &[("n", fits)]).into_owned();
    steps.add(what, Outcome::Warning, seen, advice);
}
