//! The mail threads I take part in.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use axum::response::Redirect;
use serde::Deserialize;

use super::error::{WebResult, form_urlencoded};
use super::face::Face;
use super::filters;
use super::path::Path;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions::threads::ThreadPage;
use crate::domain::ids::ThreadId;
use crate::domain::time::Timestamp;

/// My threads, newest first.
#[derive(Template, WebTemplate)]
#[template(path = "threads/list.html")]
pub struct ThreadsPage {
    pub view: View,
    pub query: String,
    pub threads: Vec<ThreadRow>,
    /// The URL of the next ones.
    pub next: Option<String>,
    /// Whether people can look into their own mailboxes as well.
    pub mailboxes: bool,
}

/// One thread in the list.
#[derive(Clone, Debug)]
pub struct ThreadRow {
    pub id: ThreadId,
    pub topic: String,
    pub names: String,
    pub faces: Vec<Face>,
    pub mails: i64,
    pub last_at: Timestamp,
}

/// What is searched for, and where the list goes on.
#[derive(Debug, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
    before: Option<ThreadId>,
}

const PAGE: i64 = 30;
/// How many people a line names.
const NAMED: usize = 6;

/// GET /threads
pub async fn list(
    State(state): State<WebState>,
    member: Member,
    Query(search): Query<Search>,
) -> WebResult<ThreadsPage> {
    let view = member.view(&state).await?;
    let query = search.q.trim();
    let mut found = state.actions.list_threads(&member.viewer, query, search.before, PAGE + 1).await?;
    let more = found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let last = found.last().map(|page| page.thread.id).filter(|_| more);
    let next = last.map(|id| format!("/threads?q={}&before={id}", form_urlencoded(query)));
    let comma = if view.t.language().tag() == "en" { ", " } else { "、" };
    let threads = found.into_iter().map(|page| ThreadRow::of(page, comma)).collect();
    let mailboxes = state.actions.opens_own_mailboxes();
    Ok(ThreadsPage { view, query: query.to_owned(), threads, next, mailboxes })
}

/// POST /threads/{id}/draft
pub async fn start_draft(
    State(state): State<WebState>,
    member: Member,
    Path(thread): Path<ThreadId>,
) -> WebResult<Redirect> {
    let draft = state.actions.start_draft_from_thread(&member.viewer, thread).await?;
    Ok(Redirect::to(&format!("/drafts/{draft}")))
}

impl ThreadRow {
    fn of(page: ThreadPage, comma: &str) -> Self {
        let name = |n: usize| {
            let participant = &page.participants[n];
            participant.name.clone().unwrap_or_else(|| participant.address.local_part().to_owned())
        };
        let count = page.participants.len();
        let named: Vec<String> = (0..count.min(NAMED)).map(name).collect();
        let rest = if count > NAMED { format!(" +{}", count - NAMED) } else { String::new() };
        Self {
            id: page.thread.id,
            names: named.join(comma) + &rest,
            faces: named.iter().take(3).map(|name| Face::of(None, name)).collect(),
            mails: page.thread.mails,
            last_at: page.thread.last_at,
            topic: page.thread.topic,
        }
    }
}
