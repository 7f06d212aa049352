//! What was done with a group's content: who shared, opened, saved, mailed, recalled and exported it.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::Panel;
use crate::actions::audit::GroupLog;
use crate::domain::audit::AuditLine;
use crate::domain::ids::{AuditId, GroupId};
use crate::texts::Texts;
use crate::web::deeds::{self, DeedWords};
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "panels/_log.html")]
struct Log<'a> {
    t: Texts,
    log: &'a GroupLog,
}

impl HtmlSafe for Log<'_> {}

#[derive(Debug, Deserialize)]
pub struct Asked {
    before: Option<AuditId>,
}

/// GET /groups/{id}/log
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Query(asked): Query<Asked>,
) -> WebResult<Response> {
    let log = state.actions.list_group_log(&member.viewer, id, asked.before).await?;
    let body = Log { t: member.visit.texts(), log: &log };
    super::show(&state, &member, (Panel::Log, &log.group), body).await
}

impl Log<'_> {
    fn words(&self, line: &AuditLine) -> DeedWords {
        deeds::words(self.t, &line.deed)
    }

    /// The title of the share that a line names.
    fn title(&self, line: &AuditLine) -> Option<&str> {
        let title = self.log.titles.get(&line.deed.share()?)?;
        Some(title).filter(|title| !title.is_empty()).map(String::as_str)
    }
}
