//! Telling open pages who is here, as it changes. Many changes at once are told together.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::pause::pause;
use crate::actions::Actions;

/// A page that was just opened says within this time whether somebody looks at it.
const SETTLES: Duration = Duration::from_millis(200);
/// Between two rounds of telling.
const BEAT: Duration = Duration::from_secs(1);

/// Tells until the workers are to stop. Sleeps while nobody comes, goes or says anything.
pub(super) async fn run(actions: Actions, stop: CancellationToken) {
    let mut wait = SETTLES;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = actions.hub.stirred() => {}
        }
        loop {
            if !pause(&stop, wait).await {
                return;
            }
            wait = BEAT;
            match actions.tell_presences().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => tracing::warn!(error = %error, "Who is here could not be told; trying again."),
            }
        }
        // The next who comes after a quiet moment is told of soon; those of a crowd, together.
        wait = SETTLES;
    }
}
