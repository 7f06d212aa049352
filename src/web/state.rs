//! What handlers work with.

use axum::extract::FromRef;

use super::admin::settings::SettingsDesk;
use super::mail_desk::Desk;
use crate::actions::Actions;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct WebState {
    pub actions: Actions,
    /// The invented people's mailboxes; only in the demo.
    pub desk: Option<Desk>,
    /// Where settings are kept, if they can be.
    pub settings: Option<SettingsDesk>,
}

impl From<Actions> for WebState {
    /// Of a house that stays as it is.
    fn from(actions: Actions) -> Self {
        Self { actions, desk: None, settings: None }
    }
}

impl FromRef<WebState> for Actions {
    fn from_ref(state: &WebState) -> Self {
        state.actions.clone()
    }
}
