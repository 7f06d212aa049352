//! Changes of a share. A script gets the parts as they are afterwards, a plain form the page itself. What was typed into
//! a change that was not taken comes back with it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;
use serde_json::json;

use super::ZoneForm;
use super::editor::{EditorPage, ShareView, Typed};
use crate::actions::shares::{AccessChange, ShareChange, ShareText, Step};
use crate::actions::{ActionError, Conflict};
use crate::domain::ids::ShareId;
use crate::domain::share::{Access, Context, Enclosing, Grouping, ShareForm};
use crate::web::error::{WebResult, words_of};
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Debug, Deserialize)]
pub struct TextForm {
    #[serde(default)]
    title: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    saves: i64,
}

#[derive(Debug, Deserialize)]
pub struct LooksForm {
    grouping: Grouping,
    files: Enclosing,
    /// A box that is not checked says nothing.
    #[serde(default)]
    names: bool,
}

#[derive(Debug, Deserialize)]
pub struct OrderForm {
    /// All of them in another order,
    #[serde(default)]
    item: Vec<i64>,
    /// or one of them to another place.
    moved: Option<i64>,
    step: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct ItemForm {
    before: Option<i64>,
    after: Option<i64>,
    out: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub struct AccessForm {
    access: Access,
    #[serde(default)]
    lasts: i64,
    #[serde(default)]
    password: String,
    /// The password is to go.
    #[serde(default)]
    open: bool,
}

/// POST /shares/{id}/text
pub async fn text(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    Form(form): Form<TextForm>,
) -> WebResult<Response> {
    let typed = Typed { title: form.title.clone(), note: form.note.clone() };
    let text = ShareText { title: form.title, note: form.note, saves: form.saves };
    let saved = state.actions.save_share_text(&member.viewer, id, text).await;
    answer(&state, &member, id, (saved.map(drop), Some(typed))).await
}

/// POST /shares/{id}/looks
pub async fn looks(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    Form(form): Form<LooksForm>,
) -> WebResult<Response> {
    let form = ShareForm { grouping: form.grouping, names: form.names, files: form.files };
    change(&state, &member, id, ShareChange::Form(form)).await
}

/// POST /shares/{id}/order
pub async fn order(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    Form(form): Form<OrderForm>,
) -> WebResult<Response> {
    let step = match form.step.as_deref() {
        Some("up") => Some(Step::Up),
        Some("down") => Some(Step::Down),
        Some("first") => Some(Step::First),
        Some("last") => Some(Step::Last),
        _ => None,
    };
    let wanted = match (form.moved, step) {
        (Some(item), Some(step)) => ShareChange::Move { item, step },
        _ => ShareChange::Order(form.item),
    };
    change(&state, &member, id, wanted).await
}

/// POST /shares/{id}/items/{number}
pub async fn item(
    State(state): State<WebState>,
    member: Member,
    Path((id, item)): Path<(ShareId, i64)>,
    Form(form): Form<ItemForm>,
) -> WebResult<Response> {
    let wanted = match form.out {
        Some(out) => ShareChange::TakeOut { item, out },
        None => {
            let context = Context::within(form.before.unwrap_or(0), form.after.unwrap_or(0));
            ShareChange::Context { item, context }
        }
    };
    change(&state, &member, id, wanted).await
}

/// POST /shares/{id}/access
pub async fn access(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    Form(form): Form<AccessForm>,
) -> WebResult<Response> {
    let typed = Some(form.password).filter(|password| !password.is_empty());
    let password = if form.open { Some(String::new()) } else { typed };
    let wanted = AccessChange { access: form.access, lasts: form.lasts, password };
    let done = state.actions.set_share_access(&member.viewer, id, wanted).await;
    answer(&state, &member, id, (done, None)).await
}

/// POST /shares/{id}/publish
pub async fn publish(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    Form(form): Form<ZoneForm>,
) -> WebResult<Response> {
    let telling = state.actions.telling(&member.viewer, member.visit.language, form.zone());
    let done = state.actions.publish_share(&member.viewer, id, telling).await;
    answer(&state, &member, id, (done.map(drop), None)).await
}

/// POST /shares/{id}/recall
pub async fn recall(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
) -> WebResult<Response> {
    let done = state.actions.recall_share(&member.viewer, id).await;
    answer(&state, &member, id, (done.map(drop), None)).await
}

/// POST /shares/{id}/discard
pub async fn discard(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
) -> WebResult<Response> {
    let group = state.actions.discard_share(&member.viewer, id).await?;
    let to = format!("/groups/{group}/shares");
    if member.visit.wants_json {
        return Ok(Json(json!({ "go": to })).into_response());
    }
    Ok(Redirect::to(&to).into_response())
}

async fn change(state: &WebState, member: &Member, id: ShareId, change: ShareChange) -> WebResult<Response> {
    let done = state.actions.change_share(&member.viewer, id, change).await;
    answer(state, member, id, (done, None)).await
}

/// The share as it is after what was tried, and why that was not taken.
async fn answer(
    state: &WebState,
    member: &Member,
    id: ShareId,
    (done, typed): (Result<(), ActionError>, Option<Typed>),
) -> WebResult<Response> {
    let conflict = matches!(done, Err(ActionError::Conflict(Conflict::SharedElsewhere { .. })));
    let problem = match done {
        Ok(()) => None,
        Err(error @ (ActionError::Invalid { .. } | ActionError::Conflict(_))) => {
            Some(words_of(member.visit.texts(), &error))
        }
        Err(error) => return Err(error.into()),
    };
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let mut s = ShareView::load(state, member, id).await?;
    if member.visit.wants_json {
        let parts = s.parts().map_err(|e| ActionError::Internal(e.into()))?;
        let share = s.share();
        let theirs = conflict.then(|| json!({ "title": share.title, "note": share.note }));
        let answer = json!({ "saves": share.saves, "parts": parts, "problem": problem, "theirs": theirs });
        return Ok((status, Json(answer)).into_response());
    }
    if problem.is_none() {
        return Ok(Redirect::to(&format!("/shares/{id}")).into_response());
    }
    (s.problem, s.typed) = (problem, typed);
    Ok((status, EditorPage { view: member.view(state).await?, s }).into_response())
}
