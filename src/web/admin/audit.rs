//! The audit log: what left the groups, who let it out, and who looked.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use serde::Deserialize;

use crate::actions::audit::Shown;
use crate::domain::ids::AuditId;
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::web::deeds::{self, DeedWords};
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// One page of the audit log.
#[derive(Template, WebTemplate)]
#[template(path = "admin/audit.html")]
pub struct AuditPage {
    pub view: View,
    pub rows: Vec<AuditRow>,
    /// The URL of the next ones.
    pub next: Option<String>,
}

/// One thing that somebody did.
#[derive(Clone, Debug)]
pub struct AuditRow {
    pub at: Timestamp,
    /// Empty for somebody who is not known.
    pub who: String,
    /// Empty where the house acts by itself.
    pub whence: String,
    pub what: String,
    pub detail: String,
    /// What it was done with: the same number is the same thing.
    pub thing: String,
    /// Of the group.
    pub topic: String,
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    before: Option<AuditId>,
}

const PAGE: i64 = 50;

/// GET /admin/audit
pub async fn list(
    State(state): State<WebState>,
    member: Member,
    Query(asked): Query<Asked>,
) -> WebResult<AuditPage> {
    let lines = state.actions.list_audit(&member.viewer, asked.before, PAGE).await?;
    let full = i64::try_from(lines.len()).is_ok_and(|n| n == PAGE);
    let last = lines.last().filter(|_| full).map(|shown| shown.line.id);
    let t = member.visit.texts();
    Ok(AuditPage {
        view: member.view(&state).await?,
        rows: lines.into_iter().map(|shown| AuditRow::of(t, shown)).collect(),
        next: last.map(|id| format!("/admin/audit?before={id}")),
    })
}

impl AuditRow {
    /// A line in its reader's language.
    pub fn of(t: Texts, Shown { line, topic }: Shown) -> Self {
        let DeedWords { what, detail } = deeds::words(t, &line.deed);
        let thing = line.deed.share().map_or(String::new(), |share| share.to_string());
        let whence = deeds::whence(t, &line.who.whence);
        Self { at: line.at, who: line.who.name, whence, what, detail, thing, topic }
    }
}
