//! A group's shares, beside the discussion, and starting one.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::actions::mark_lists::Asked as MarksAsked;
use crate::actions::shares::{Chosen, GroupShares, ListedShare};
use crate::domain::group::Group;
use crate::domain::ids::{GroupId, MarkId, ShareId};
use crate::domain::share::{Grouping, Share, ShareState};
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::mark_lists::query_in;
use crate::web::panels::{self, Panel};
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "shares/_list.html")]
struct List<'a> {
    t: Texts,
    group: &'a Group,
    lines: Vec<ListedShare>,
    older: Option<ShareId>,
    now: Timestamp,
}

impl HtmlSafe for List<'_> {}

#[derive(Debug, Deserialize)]
pub struct Asked {
    before: Option<ShareId>,
}

/// What was chosen on a page: marks, numbers of messages, or both; or marks of a view, all of it if none is named.
#[derive(Debug, Deserialize)]
pub struct ChosenForm {
    #[serde(default)]
    mark: Vec<MarkId>,
    #[serde(default)]
    seq: Vec<i64>,
    grouping: Option<Grouping>,
    /// The query of the Marks page's URL with its question mark, when it was chosen there.
    view: Option<String>,
    #[serde(default)]
    zone: String,
}

/// GET /groups/{id}/shares
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Query(asked): Query<Asked>,
) -> WebResult<Response> {
    let GroupShares { group, lines, older } =
        state.actions.list_shares(&member.viewer, id, asked.before).await?;
    let now = state.actions.clock.now();
    let body = List { t: member.visit.texts(), group: &group, lines, older, now };
    panels::show(&state, &member, (Panel::Shares, &group), body).await
}

/// POST /groups/{id}/shares
pub async fn start(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(form): Form<ChosenForm>,
) -> WebResult<Redirect> {
    let share = match &form.view {
        Some(view) => {
            let (query, zone) = (query_in(view.trim_start_matches('?'))?, form.zone.parse().ok());
            let view = MarksAsked { group: Some(id), query, zone, ..MarksAsked::default() };
            state.actions.start_share_of_view(&member.viewer, view, form.mark).await?
        }
        None => {
            let chosen = Chosen { marks: form.mark, seqs: form.seq, grouping: form.grouping, as_said: false };
            state.actions.start_share(&member.viewer, id, chosen).await?
        }
    };
    Ok(Redirect::to(&format!("/shares/{share}")))
}

/// The key of how far a share is, and the tone of its chip.
pub fn state_of(share: &Share, now: Timestamp) -> (&'static str, &'static str) {
    match share.state {
        ShareState::Draft => ("share-state-draft", ""),
        ShareState::Recalled => ("share-state-recalled", "bad"),
        ShareState::Out if share.is_expired(now) => ("share-state-expired", "warn"),
        ShareState::Out => ("share-state-out", "good"),
    }
}

impl List<'_> {
    fn chip(&self, listed: &ListedShare) -> (&'static str, &'static str) {
        state_of(&listed.line.share, self.now)
    }
    fn is_draft(&self, listed: &ListedShare) -> bool {
        listed.line.share.state == ShareState::Draft
    }
}
