//! Follows the quiet time of the house, in which no other worker runs.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::pause::pause;
use crate::actions::Actions;

/// How often the database is asked whether another node or the command line announced one, which no bell here tells.
const LOOK: Duration = Duration::from_secs(20);

/// Follows what the database says, until the workers are to stop.
pub(super) async fn follow(actions: Actions, stop: CancellationToken) {
    loop {
        if let Err(error) = actions.look_for_maintenance().await {
            tracing::warn!(error = %error, "Whether there is maintenance could not be found out.");
        }
        if !pause(&stop, LOOK).await {
            return;
        }
    }
}
