//! Searching in a group.

use axum::extract::{Query, State};
use axum::response::Response;

use super::Panel;
use crate::domain::ids::GroupId;
use crate::web::error::WebResult;
use crate::web::path::Path;
use crate::web::search::{self, Typed};
use crate::web::state::WebState;
use crate::web::visit::Member;

/// GET /groups/{id}/search
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Query(typed): Query<Typed>,
) -> WebResult<Response> {
    let found = state.actions.get_group(&member.viewer, id).await?;
    let body = search::part(&state, &member, typed, Some(&found.group)).await?;
    super::show(&state, &member, (Panel::Search, &found.group), body).await
}
