//! One's own settings: what one is called, language and looks, where one is signed in.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::cadence::choices;
use super::error::WebResult;
use super::filters;
use super::notices::NoticesSection;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::domain::cadence::Cadence;
use crate::domain::person::Person;
use crate::domain::receipt::ReceiptPolicy;

/// The page of sections; each has its own form.
#[derive(Template, WebTemplate)]
#[template(path = "settings/show.html")]
pub struct SettingsPage {
    pub view: View,
    /// As the address book has them.
    pub person: Person,
    pub notices: NoticesSection,
    pub receipts: ReceiptPolicy,
    /// Of groups to come.
    pub cadence: Cadence,
    /// The section that was just stored.
    pub saved: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    saved: String,
}

impl SettingsPage {
    fn cadences(&self) -> [(Cadence, bool); 5] {
        choices(self.cadence)
    }

    fn receipt_policies(&self) -> [ReceiptPolicy; 3] {
        ReceiptPolicy::ALL
    }
}

/// GET /settings
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Query(Asked { saved }): Query<Asked>,
) -> WebResult<SettingsPage> {
    let person = state.actions.own_entry(&member.viewer).await?;
    let notices = NoticesSection::of(&state, &member).await?;
    let receipts = state.actions.receipt_policy(&member.viewer).await?;
    let cadence = state.actions.default_cadence(&member.viewer).await?;
    Ok(SettingsPage { view: member.view(&state).await?, person, notices, receipts, cadence, saved })
}
