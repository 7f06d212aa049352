//! Who is in a group.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::State;
use axum::response::Response;

use super::Panel;
use crate::domain::ids::GroupId;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::groups::MemberView;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "panels/_members.html")]
struct Members {
    t: Texts,
    members: Vec<MemberView>,
}

impl HtmlSafe for Members {}

/// GET /groups/{id}/members
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
) -> WebResult<Response> {
    let found = state.actions.get_group(&member.viewer, id).await?;
    let you = member.viewer.person_id;
    let members = found.members.into_iter().map(|line| MemberView::of(line, you)).collect();
    let body = Members { t: member.visit.texts(), members };
    super::show(&state, &member, (Panel::Members, &found.group), body).await
}
