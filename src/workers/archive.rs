//! Putting what is said into the archive, over and over.

use std::time::Duration;

use super::Ways;
use crate::actions::{ActionError, Actions};

/// How often it is looked whether something was said.
const LOOK: Duration = Duration::from_secs(60);

/// What becomes of the job: put off, or done for ever where there is no archive any more.
pub(super) async fn go_on(actions: &Actions, ways: &Ways) -> Result<Option<(Duration, String)>, ActionError> {
    if actions.archive.is_none() {
        return Ok(None);
    }
    let done = tokio::select! {
        done = actions.archive_some() => done,
        // It goes on where it was: what may be there already is looked for.
        () = ways.stop.cancelled() => Ok(true),
    };
    Ok(Some((if done? { Duration::ZERO } else { LOOK }, String::new())))
}
