//! One's own settings: what one is called, language and looks, where one is signed in.

use askama::Template;
use askama_web::WebTemplate;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Redirect;
use serde::Deserialize;

use super::address_trouble::TroubleNote;
use super::cadence::choices;
use super::error::WebResult;
use super::filters;
use super::notices::NoticesSection;
use super::own_path::own_path;
use super::own_troubles::Troubles;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions::addresses::OwnAddress;
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
    /// One's own address, if mails come back from it.
    pub trouble: Option<TroubleNote>,
    /// What went wrong with one's own mails.
    pub mail_troubles: Option<Troubles>,
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
    let found = state.actions.own_address_trouble(&member.viewer).await?;
    let t = member.visit.texts();
    let trouble = found.map(|OwnAddress { address, trouble }| TroubleNote {
        t,
        address: address.to_string(),
        trouble,
        is_you: true,
    });
    let own = state.actions.own_mail_troubles(&member.viewer, None).await?;
    let mail_troubles = Troubles::of(t, &own, 2);
    let view = member.view(&state).await?;
    Ok(SettingsPage { view, person, notices, receipts, cadence, trouble, mail_troubles, saved })
}

/// Where to go back to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TryForm {
    back: Option<String>,
}

/// POST /settings/mails/try: one's own address works again, as one hopes.
pub async fn try_address(
    State(state): State<WebState>,
    member: Member,
    Form(form): Form<TryForm>,
) -> WebResult<Redirect> {
    state.actions.try_own_address(&member.viewer).await?;
    Ok(Redirect::to(&form.back.map_or_else(|| "/settings#mails".to_owned(), |back| own_path(&back))))
}
