//! Putting what is said into the archive, over and over.

use std::time::Duration;

use crate::actions::{ActionError, Actions};

/// How often it is looked whether something was said.
const LOOK: Duration = Duration::from_secs(60);

/// What becomes of the job: put off, or done for ever where there is no archive any more.
pub(super) async fn go_on(actions: &Actions) -> Result<Option<(Duration, String)>, ActionError> {
    if actions.archive.is_none() {
        return Ok(None);
    }
    let wait = if actions.archive_some().await? { Duration::ZERO } else { LOOK };
    Ok(Some((wait, String::new())))
}
