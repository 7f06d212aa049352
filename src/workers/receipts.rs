//! Writes what open pages tell of receipts, a moment after the first of them told it: what comes meanwhile goes along.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::pause::{BackOff, pause};
use crate::actions::Actions;

/// How long the first waits for company. Short enough to be seen as at once.
const COMPANY: Duration = Duration::from_millis(250);

/// Goes on until the workers are to stop; what was gathered by then is written.
pub(super) async fn run(actions: Actions, stop: CancellationToken) {
    let (mut wait, mut trouble) = (COMPANY, BackOff::default());
    while is_told(&actions, &stop).await && pause(&stop, wait).await {
        match actions.flush_receipts().await {
            Ok(()) => {
                trouble.reset();
                wait = COMPANY;
            }
            Err(error) => {
                tracing::warn!(error = %error, "Receipts could not be written; trying again.");
                wait = trouble.next();
            }
        }
    }
    if let Err(error) = actions.flush_receipts().await {
        tracing::warn!(error = %error, "The last receipts could not be written; open pages will tell them again.");
    }
}

/// Waits for something to write; `false` if the workers are to stop.
async fn is_told(actions: &Actions, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = actions.receipts.something() => true,
    }
}
