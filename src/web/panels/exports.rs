//! A group as a file: asking for it, how far it is, and the way to it.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Form;
use axum::extract::State;
use axum::response::{Redirect, Response};
use serde::Deserialize;

use super::Panel;
use crate::domain::export::{Export, ExportState, Format};
use crate::domain::ids::GroupId;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "panels/_exports.html")]
struct Exports {
    t: Texts,
    group: GroupId,
    exports: Vec<Export>,
}

impl HtmlSafe for Exports {}

/// One that was asked for; also sent live.
#[derive(Template)]
#[template(path = "panels/exports/_line.html")]
pub struct ExportLine {
    pub t: Texts,
    pub export: Export,
}

impl HtmlSafe for ExportLine {}

impl Exports {
    fn formats(&self) -> [Format; 2] {
        Format::ALL
    }

    /// Whether a file of this form is there, or on its way.
    fn newest(&self, format: &Format) -> Option<ExportLine> {
        let export = self.exports.iter().find(|export| export.format == *format)?;
        Some(ExportLine { t: self.t, export: export.clone() })
    }

    /// Whether nothing is on its way: then one can ask.
    fn may_ask(&self, format: &Format) -> bool {
        !self.exports.iter().any(|export| export.format == *format && export.state.is_open())
    }
}

impl ExportLine {
    fn is_open(&self) -> bool {
        self.export.state.is_open()
    }

    fn is_done(&self) -> bool {
        self.export.state == ExportState::Done
    }

    fn size(&self) -> String {
        filters::in_words(self.export.size.unwrap_or(0))
    }

    /// What is written of it, in messages: a zip goes through them three times.
    fn written(&self) -> i64 {
        self.export.written / self.export.format.passes()
    }
}

/// GET /groups/{id}/exports
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
) -> WebResult<Response> {
    let (group, exports) = state.actions.list_exports(&member.viewer, id).await?;
    let body = Exports { t: member.visit.texts(), group: id, exports };
    super::show(&state, &member, (Panel::Exports, &group), body).await
}

#[derive(Debug, Deserialize)]
pub struct ExportForm {
    format: Format,
}

/// POST /groups/{id}/exports
pub async fn ask(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(form): Form<ExportForm>,
) -> WebResult<Redirect> {
    let language = member.visit.texts().language();
    state.actions.ask_export(&member.viewer, id, (form.format, language)).await?;
    Ok(Redirect::to(&format!("/groups/{id}/exports")))
}
