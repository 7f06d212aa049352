//! All that is known of oneself, as a file.

use askama::Template;
use askama::filters::HtmlSafe;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::response::Redirect;

use super::error::WebResult;
use super::filters;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::domain::dossier::Dossier;
use crate::domain::export::ExportState;
use crate::texts::Texts;

#[derive(Template, WebTemplate)]
#[template(path = "settings/data.html")]
pub struct OwnDataPage {
    pub view: View,
    pub file: DossierLine,
}

/// What was asked for, and how far it is.
#[derive(Template)]
#[template(path = "dossier/_line.html")]
pub struct DossierLine {
    pub t: Texts,
    /// The newest one.
    pub newest: Option<Dossier>,
    /// Where one asks.
    pub action: String,
}

impl HtmlSafe for DossierLine {}

impl DossierLine {
    pub fn of(t: Texts, dossiers: Vec<Dossier>, action: String) -> Self {
        Self { t, newest: dossiers.into_iter().next(), action }
    }

    fn is_open(&self) -> bool {
        self.newest.as_ref().is_some_and(|dossier| dossier.state.is_open())
    }

    fn is_done(&self, dossier: &Dossier) -> bool {
        dossier.state == ExportState::Done
    }

    fn size(&self, dossier: &Dossier) -> String {
        filters::in_words(dossier.size.unwrap_or(0))
    }
}

/// GET /settings/data
pub async fn show(State(state): State<WebState>, member: Member) -> WebResult<OwnDataPage> {
    let dossiers = state.actions.list_dossiers(&member.viewer, member.viewer.person_id).await?;
    let view = member.view(&state).await?;
    let file = DossierLine::of(view.t, dossiers, "/settings/data".to_owned());
    Ok(OwnDataPage { view, file })
}

/// POST /settings/data
pub async fn ask(State(state): State<WebState>, member: Member) -> WebResult<Redirect> {
    let language = member.visit.texts().language();
    state.actions.ask_dossier(&member.viewer, member.viewer.person_id, language).await?;
    Ok(Redirect::to("/settings/data"))
}
