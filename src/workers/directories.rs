//! Sees to it, once at the start, that every directory is read when it is time.

use tokio_util::sync::CancellationToken;

use super::pause::{BackOff, pause};
use crate::actions::Actions;

pub(super) async fn plan(actions: Actions, stop: CancellationToken) {
    let mut trouble = BackOff::default();
    while let Err(error) = actions.plan_directories().await {
        tracing::error!(error = %error, "Directories could not be planned; trying again.");
        if !pause(&stop, trouble.next()).await {
            return;
        }
    }
}
