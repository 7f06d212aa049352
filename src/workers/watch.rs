//! Looking whether all runs, and telling other programs.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::pause::{BackOff, pause};
use super::{Outlet, Source, Ways};
use crate::actions::{ActionError, Actions};
use crate::domain::health::Certificate;
use crate::domain::ids::AlertId;
use crate::domain::job::back_off;
use crate::domain::time::Timestamp;
use crate::transport::webhook;

/// What becomes of the job: put off, with the reason.
type Later = Option<(Duration, String)>;

const LOOK: Duration = Duration::from_secs(60);
/// Certificates last for weeks.
const CERTIFICATES: Duration = Duration::from_secs(6 * 3600);
/// After so many tries, about three hours, another program is not told any more: the status page and the mails say it.
const MOST_TRIES: u32 = 10;

/// Adds the jobs that go on for ever, unless they are there.
pub(super) async fn begin(actions: Actions, stop: CancellationToken) {
    let mut back_off = BackOff::default();
    while let Err(error) = actions.begin_watch().await {
        tracing::error!(error = %error, "Watching could not be begun; trying again.");
        if !pause(&stop, back_off.next()).await {
            return;
        }
    }
    actions.bell.ring();
}

/// Whatever goes wrong now, the next look is a minute later.
pub(super) async fn look(actions: &Actions) -> Later {
    let why = match actions.watch().await {
        Ok(()) => String::new(),
        Err(error) => {
            tracing::error!(error = %error, "Whether all runs could not be found out.");
            error.to_string()
        }
    };
    Some((LOOK, why))
}

/// Servers that can't be asked now keep what is known of them; that they are away is seen elsewhere.
pub(super) async fn look_at_certificates(actions: &Actions, ways: &Ways) -> Later {
    let mut found = Vec::new();
    for source in &ways.sources {
        let Source::Imap(account) = source else { continue };
        let server = format!("{}:{}", account.server.host, account.server.port);
        found.extend(certificate(server, account.certificate_end().await.ok().flatten()));
    }
    if let Outlet::Smtp(submitters) = &ways.mail {
        for submitter in submitters.all() {
            let server = format!("{}:{}", submitter.server().host, submitter.server().port);
            found.extend(certificate(server, submitter.certificate_end().await.ok().flatten()));
        }
    }
    let why = actions.note_certificates(found).await.err().map(|error| error.to_string());
    Some((CERTIFICATES, why.unwrap_or_default()))
}

fn certificate(server: String, ends_at: Option<Timestamp>) -> Option<Certificate> {
    ends_at.map(|ends_at| Certificate { server, ends_at })
}

/// Tells the other program of an alert; tried for about three hours.
pub(super) async fn call(
    actions: &Actions,
    alert: AlertId,
    ended: bool,
    tries: u32,
) -> Result<Later, ActionError> {
    let Some(address) = &actions.settings.alerts.webhook else { return Ok(None) };
    let Some(news) = actions.alert_news(alert, ended).await? else { return Ok(None) };
    let json = serde_json::to_vec(&news).map_err(|error| ActionError::Internal(error.into()))?;
    let Err(error) = webhook::call(address, json).await else { return Ok(None) };
    tracing::warn!(alert.id = %alert, tries, error = %error, "The webhook for alerts could not be called.");
    Ok((tries + 1 < MOST_TRIES).then(|| (back_off(tries), error.to_string())))
}
