//! What handlers work with.

use axum::extract::FromRef;

use super::mail_desk::Desk;
use crate::actions::Actions;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct WebState {
    pub actions: Actions,
    /// The invented people's mailboxes; only in the demo.
    pub desk: Option<Desk>,
}

impl FromRef<WebState> for Actions {
    fn from_ref(state: &WebState) -> Self {
        state.actions.clone()
    }
}
