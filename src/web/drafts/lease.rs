//! The right to edit, as forms: take it, ask for it, keep it, give it back.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{Tried, editor};
use crate::actions::drafts::LeaseOutcome;
use crate::domain::draft::PageId;
use crate::domain::ids::DraftId;
use crate::web::error::WebResult;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Debug, Deserialize)]
pub struct LeaseForm {
    page: PageId,
}

/// POST /drafts/{id}/lease
pub async fn take(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(form): Form<LeaseForm>,
) -> WebResult<Response> {
    let taken = state.actions.take_lease(editor(&member, form.page), id).await;
    // Somebody was faster: the page shows who.
    let taken = taken.map(|_: LeaseOutcome| ());
    Tried::on(&state, &member, id, form.page).answer(taken, None).await
}

/// POST /drafts/{id}/lease/ask: takes it if it is free by now or one's own, else asks its holder.
pub async fn ask(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(form): Form<LeaseForm>,
) -> WebResult<Response> {
    let asked = state.actions.ask_for_lease(editor(&member, form.page), id).await;
    Tried::on(&state, &member, id, form.page).answer(asked.map(|_: LeaseOutcome| ()), None).await
}

/// POST /drafts/{id}/heartbeat: nothing to say while the lease is kept.
pub async fn heartbeat(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(form): Form<LeaseForm>,
) -> WebResult<Response> {
    match state.actions.keep_lease(editor(&member, form.page), id).await {
        Ok(_) => Ok(axum::Json(serde_json::json!({})).into_response()),
        Err(error) => Tried::on(&state, &member, id, form.page).answer(Err(error), None).await,
    }
}

/// POST /drafts/{id}/release
pub async fn release(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(form): Form<LeaseForm>,
) -> WebResult<Response> {
    let given = state.actions.release_lease(editor(&member, form.page), id).await;
    Tried::on(&state, &member, id, form.page).answer(given, None).await
}
