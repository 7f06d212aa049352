//! Choosing messages of a group, and a new group from it: with its members, and with what was chosen.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use axum::response::Redirect;
use axum_extra::extract::Form;
use serde::Deserialize;

use super::error::WebResult;
use super::filters;
use super::groups;
use super::path::Path;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::domain::group::Group;
use crate::domain::ids::GroupId;
use crate::domain::message::Message;

/// Choosing messages without script: a page of them with a box each.
#[derive(Template, WebTemplate)]
#[template(path = "groups/choose.html")]
pub struct ChoosePage {
    pub view: View,
    pub group: Group,
    pub messages: Vec<Message>,
    /// There are messages before this sequence number.
    pub older: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct Place {
    before: Option<i64>,
}

/// The numbers of the chosen messages; none for the members alone.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    seq: Vec<i64>,
}

/// GET /groups/{id}/choose
pub async fn choose(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Query(place): Query<Place>,
) -> WebResult<ChoosePage> {
    let actions = &state.actions;
    let found = actions.get_group(&member.viewer, id).await?;
    let messages = actions.list_messages_before(&member.viewer, id, place.before, groups::PAGE).await?;
    let older = messages.first().map(|first| first.seq).filter(|seq| *seq > found.own.first_seq);
    Ok(ChoosePage { view: member.view(&state).await?, group: found.group, messages, older })
}

/// POST /groups/{id}/drafts
pub async fn start(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(chosen): Form<Chosen>,
) -> WebResult<Redirect> {
    let draft = state.actions.start_draft_from_group(&member.viewer, id, chosen.seq).await?;
    Ok(Redirect::to(&format!("/drafts/{draft}")))
}
