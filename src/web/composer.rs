//! The composer's helpers: keeping what is not sent yet, and showing how it will look.

use axum::Json;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::error::WebResult;
use super::messages::AnsweredPart;
use super::path::Path;
use super::state::WebState;
use super::visit::Member;
use crate::actions::unsent::{Found, NewUnsent};
use crate::domain::ids::GroupId;
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// What is typed, and when the text was kept of which the page knows, in milliseconds.
#[derive(Debug, Deserialize)]
pub struct Typed {
    markdown: String,
    /// The id of the message it answers; empty for none.
    #[serde(default)]
    answers: String,
    seen: Option<i64>,
}

/// GET /groups/{id}/unsent: what a page that comes back into sight may not know.
pub async fn unsent(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
) -> WebResult<Response> {
    let unsent = state.actions.get_unsent(&member.viewer, group).await?;
    Ok(Json(told(member.visit.texts(), group, unsent)).into_response())
}

/// A kept text for the script, with the line of the message it answers, drawn.
fn told(t: Texts, group: GroupId, found: Found) -> serde_json::Value {
    let answers = found.answers.map(|answered| {
        let id = answered.id;
        json!({ "id": id, "html": AnsweredPart::new(t, group, answered).to_string() })
    });
    json!({ "markdown": found.markdown, "answers": answers, "at": found.at.millis() })
}

/// POST /groups/{id}/unsent: when it was kept, and the text of another device that the page did not know.
pub async fn keep(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let new = NewUnsent {
        markdown: typed.markdown,
        answers: typed.answers.parse().ok(),
        seen: typed.seen.map(Timestamp::from_millis),
    };
    let kept = state.actions.keep_unsent(&member.viewer, group, new).await?;
    if !member.visit.wants_json {
        return Ok(Redirect::to(&format!("/groups/{group}")).into_response());
    }
    let at = kept.at.map_or(0, Timestamp::millis);
    let other = kept.other.map(|other| told(member.visit.texts(), group, other));
    Ok(Json(json!({ "at": at, "other": other })).into_response())
}

/// POST /groups/{id}/preview: a text as it would be shown.
pub async fn preview(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let html = state.actions.preview_message(&member.viewer, group, typed.markdown).await?;
    Ok(Json(json!({ "html": html.as_str() })).into_response())
}
