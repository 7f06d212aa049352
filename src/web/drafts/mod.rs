//! Drafts: starting one, and preparing a group on its page.

pub mod change;
pub mod from;
pub mod lease;
pub mod new;
pub mod page;

use askama::Template;
use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use self::page::{AddedPart, DraftPage, DraftView};
use super::error::{WebResult, words_of};
use super::path::Path;
use super::state::WebState;
use super::visit::Member;
use crate::actions::{ActionError, Conflict, Problem};
use crate::domain::draft::{Editor, PageId};
use crate::domain::ids::{DraftId, PersonId};

/// Which open copy of the page asks.
#[derive(Debug, Deserialize)]
pub struct Copy {
    pub page: Option<PageId>,
}

/// GET /drafts/{id}
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Query(copy): Query<Copy>,
) -> WebResult<DraftPage> {
    let page = copy.page.unwrap_or_else(|| state.actions.clock.new_id());
    let d = view(&state, &member, id, page).await?;
    Ok(DraftPage { view: member.view(&state).await?, d })
}

/// The draft as this copy sees it now.
async fn view(state: &WebState, member: &Member, id: DraftId, page: PageId) -> WebResult<DraftView> {
    let found = state.actions.get_draft(&member.viewer, id).await?;
    Ok(DraftView::of(member.visit.texts(), found, member.viewer.person_id, page))
}

fn editor(member: &Member, page: PageId) -> Editor {
    Editor { person: member.viewer.person_id, session: member.viewer.session_id, page }
}

/// One change that was tried on one copy of the page.
struct Tried<'a> {
    state: &'a WebState,
    member: &'a Member,
    id: DraftId,
    page: PageId,
    /// Who was a member before several were added at once.
    before: Option<Vec<PersonId>>,
}

impl<'a> Tried<'a> {
    fn on(state: &'a WebState, member: &'a Member, id: DraftId, page: PageId) -> Self {
        Self { state, member, id, page, before: None }
    }

    /// What to answer: the parts as they are now to a script, the page itself to a plain form. What was typed into a
    /// change that was not taken is given back.
    async fn answer(self, outcome: Result<(), ActionError>, typed: Option<String>) -> WebResult<Response> {
        let problem = match &outcome {
            Ok(()) => None,
            Err(
                error @ (ActionError::Invalid { .. } | ActionError::Conflict(_) | ActionError::Forbidden),
            ) => Some(words_of(self.member.visit.texts(), error)),
            Err(_) => return outcome.map(|()| ().into_response()).map_err(Into::into),
        };
        let mut d = view(self.state, self.member, self.id, self.page).await?;
        let already = already_member(&outcome);
        d.added = self.just_added(&d);
        if self.member.visit.wants_json {
            let lost = matches!(
                outcome,
                Err(ActionError::Conflict(Conflict::LeaseLost { .. } | Conflict::LeaseMoved))
            );
            let parts = d.parts().map_err(|e| ActionError::Internal(e.into()))?;
            let added = AddedPart { d: &d }.render().map_err(|e| ActionError::Internal(e.into()))?;
            let answer = json!({
                "version": d.draft.version, "parts": parts, "preview": d.preview.as_str(),
                "problem": problem, "lost": lost, "already": already, "added": added,
            });
            let status =
                if problem.is_some() { axum::http::StatusCode::CONFLICT } else { axum::http::StatusCode::OK };
            return Ok((status, Json(answer)).into_response());
        }
        if problem.is_none() && d.added.is_empty() {
            return Ok(Redirect::to(&format!("/drafts/{}?page={}", self.id, self.page)).into_response());
        }
        d.already = already;
        d.kept = typed.filter(|_| problem.is_some());
        d.problem = problem;
        Ok(DraftPage { view: self.member.view(self.state).await?, d }.into_response())
    }
}

impl Tried<'_> {
    /// Those of several who are new; nobody where one was added, whom a button beside the name takes out.
    fn just_added(&self, d: &DraftView) -> Vec<PersonId> {
        let Some(before) = &self.before else { return Vec::new() };
        let new = d.members.iter().map(|one| one.person.id).filter(|person| !before.contains(person));
        let new: Vec<PersonId> = new.collect();
        if new.len() > 1 { new } else { Vec::new() }
    }
}

/// Who was to be added, but is a member.
fn already_member(outcome: &Result<(), ActionError>) -> Option<PersonId> {
    match outcome {
        Err(ActionError::Invalid { problem: Problem::AlreadyMember { person, .. }, .. }) => Some(*person),
        _ => None,
    }
}
