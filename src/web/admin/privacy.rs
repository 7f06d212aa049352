//! Data protection, for one person: all that is known of them as a file, and erasing them.

use askama::Template;
use askama_web::WebTemplate;
use axum::Form;
use axum::extract::State;
use axum::response::Redirect;

use serde::Deserialize;

use crate::domain::erasure::Preview;
use crate::domain::ids::PersonId;
use crate::domain::person::Person;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::own_data::DossierLine;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

#[derive(Template, WebTemplate)]
#[template(path = "admin/privacy.html")]
pub struct PrivacyPage {
    pub view: View,
    pub person: Person,
    pub file: DossierLine,
    pub preview: Preview,
    /// It is one's own page: nobody erases themself.
    pub is_own: bool,
}

#[derive(Debug, Deserialize)]
pub struct EraseForm {
    /// `keep` or `erase`: what becomes of what they wrote.
    #[serde(default)]
    texts: String,
    /// What was typed to confirm it.
    #[serde(default)]
    confirmation: String,
}

/// GET /admin/directory/people/{person}/data
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<PersonId>,
) -> WebResult<PrivacyPage> {
    let person = state.actions.person_for_admin(&member.viewer, id).await?;
    let dossiers = state.actions.list_dossiers(&member.viewer, id).await?;
    let preview = state.actions.preview_erasure(&member.viewer, id).await?;
    let view = member.view(&state).await?;
    let file = DossierLine::of(view.t, dossiers, format!("/admin/directory/people/{id}/data/export"));
    let is_own = id == member.viewer.person_id;
    Ok(PrivacyPage { view, person, file, preview, is_own })
}

/// POST /admin/directory/people/{person}/data/erase
pub async fn erase(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<PersonId>,
    Form(form): Form<EraseForm>,
) -> WebResult<Redirect> {
    let wanted = (form.texts == "erase", form.confirmation.as_str());
    state.actions.erase_person(&member.viewer, id, wanted).await?;
    Ok(Redirect::to(&format!("/admin/directory/people/{id}/data")))
}

/// POST /admin/directory/people/{person}/data/export
pub async fn export(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<PersonId>,
) -> WebResult<Redirect> {
    state.actions.person_for_admin(&member.viewer, id).await?;
    let language = member.visit.texts().language();
    state.actions.ask_dossier(&member.viewer, id, language).await?;
    Ok(Redirect::to(&format!("/admin/directory/people/{id}/data")))
}
