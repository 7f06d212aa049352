//! Adding a department or a distribution list to a draft: looked at first, then added in one change.

use askama::Template;
use askama_web::WebTemplate;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};

use super::{
    change::{change_chosen, chosen_in},
    page::DraftView,
};
use crate::actions::ActionError;
use crate::actions::drafts::{Change, MOST_MEMBERS};
use crate::domain::ids::{DraftId, PersonId};
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::people_sets::{SetView, SetWay, set_in};
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// The same as a page of its own, for browsers without script.
#[derive(Template, WebTemplate)]
#[template(path = "drafts/from.html")]
pub struct FromPage {
    pub view: View,
    pub part: SetView,
}

/// GET /drafts/{id}/members/from
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Query(fields): Query<Vec<(String, String)>>,
) -> WebResult<Response> {
    let page = chosen_in(&fields).0.unwrap_or_else(|| state.actions.clock.new_id());
    let d: DraftView = super::view(&state, &member, id, page).await?;
    let seen = state.actions.look_at_people_set(&member.viewer, &set_in(&fields)?).await?;
    let members: Vec<PersonId> = d.members.iter().map(|one| one.person.id).collect();
    let way = SetWay {
        action: format!("/drafts/{id}/members/from"),
        fields: vec![("page", page.to_string())],
        back: format!("/drafts/{id}?page={page}"),
        is_panel: false,
    };
    let part = SetView::of(member.visit.texts(), seen, (&members, MOST_MEMBERS), way);
    if member.visit.wants_part {
        let html = part.render().map_err(|error| ActionError::Internal(error.into()))?;
        return Ok(Html(html).into_response());
    }
    Ok(FromPage { view: member.view(&state).await?, part }.into_response())
}

/// POST /drafts/{id}/members/from: `person` comes once for each.
pub async fn add(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> WebResult<Response> {
    change_chosen((&state, &member), id, &fields, Change::AddPersons).await
}
