//! Adding a department or a distribution list to a group: looked at in the panel of members first.

use axum::extract::{Query, State};
use axum::response::Response;

use super::Panel;
use crate::actions::ActionError;
use crate::actions::drafts::MOST_MEMBERS;
use crate::domain::ids::{GroupId, PersonId};
use crate::web::error::WebResult;
use crate::web::path::Path;
use crate::web::people_sets::{SetView, SetWay, set_in};
use crate::web::state::WebState;
use crate::web::visit::Member;

/// GET /groups/{id}/members/from: `person` may come several times, for those who were chosen before.
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Query(fields): Query<Vec<(String, String)>>,
) -> WebResult<Response> {
    let found = state.actions.get_group(&member.viewer, id).await?;
    if !found.may_add() {
        return Err(ActionError::Forbidden.into());
    }
    let seen = state.actions.look_at_people_set(&member.viewer, &set_in(&fields)?).await?;
    let members: Vec<PersonId> = found.members.iter().map(|line| line.person.id).collect();
    let is_here = |value: &str| seen.people.iter().any(|person| person.id.to_string() == value);
    let mut kept: Vec<(&'static str, String)> = Vec::new();
    for (name, value) in &fields {
        match name.as_str() {
            "person" if !is_here(value) && kept.len() < MOST_MEMBERS => kept.push(("person", value.clone())),
            "history" => kept.push(("history", value.clone())),
            _ => {}
        }
    }
    let way = SetWay {
        action: format!("/groups/{id}/members"),
        fields: kept,
        back: Panel::Members.path(&found.group),
        is_panel: true,
    };
    let part = SetView::of(member.visit.texts(), seen, (&members, MOST_MEMBERS), way);
    super::show(&state, &member, (Panel::Members, &found.group), part).await
}
