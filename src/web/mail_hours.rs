//! The hours in which no mails of groups come, on the page that the link in the foot of those mails opens: for whoever got
//! the link, signed in or not.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use super::error::{Trouble, WebResult};
use super::notices::HoursFields;
use super::path::Path;
use super::state::WebState;
use crate::actions::cadences::LinkedHours;
use crate::domain::secret::Token;

#[derive(Debug, Deserialize)]
pub struct HoursForm {
    /// Only there when ticked.
    quiet_mails: Option<String>,
    #[serde(flatten)]
    hours: HoursFields,
}

/// POST /mails/{token}/hours
pub async fn set(
    State(state): State<WebState>,
    Path(token): Path<String>,
    Form(form): Form<HoursForm>,
) -> WebResult<Redirect> {
    let secret = token.parse::<Token>().map_err(|_| Trouble::NotFound)?;
    let (quiet, zone) = form.hours.read()?;
    let hours = LinkedHours { quiet: quiet.filter(|_| form.quiet_mails.is_some()), zone };
    state.actions.set_linked_hours(&secret, hours).await?;
    Ok(Redirect::to(&format!("/mails/{token}?saved=yes#hours")))
}
