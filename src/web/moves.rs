//! Moving a message into another group: which one, then who will read it there, and back again. Without script these are
//! pages; a script posts the same forms and gets JSON.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use super::error::{Failure, WebResult};
use super::filters;
use super::message_page::{self, path_of};
use super::messages::link_to;
use super::path::Path;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions::moves::{MovePage, Wish};
use crate::actions::{ActionError, Problem};
use crate::domain::ids::GroupId;
use crate::domain::message::{Message, MessagePlace};
use crate::domain::time::Timestamp;
use crate::store::moves::Target;

/// How many readers are named; the others are counted.
const NAMED: usize = 20;

/// The groups it can go to; or the one that was chosen, and who reads there.
#[derive(Template, WebTemplate)]
#[template(path = "messages/move.html")]
pub struct MessageMove {
    pub view: View,
    pub page: MovePage,
    /// What the groups were searched for.
    pub query: String,
    pub problem: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    to: Option<String>,
    #[serde(default)]
    q: String,
}

#[derive(Debug, Deserialize)]
pub struct MoveForm {
    to: String,
    edits: i64,
}

impl MessageMove {
    fn message(&self) -> &Message {
        &self.page.message
    }
    fn said_at(&self) -> &Timestamp {
        self.message().said_at()
    }
    fn path(&self) -> String {
        path_of(self.message().place())
    }
    /// The groups whose topics hold all the words, in any case.
    fn found(&self) -> Vec<&Target> {
        let words: Vec<String> = self.query.split_whitespace().map(str::to_lowercase).collect();
        let fits = |target: &&Target| {
            let topic = target.topic.to_lowercase();
            words.iter().all(|word| topic.contains(word))
        };
        self.page.targets.iter().filter(fits).collect()
    }
    /// Some of the readers, and how many there are besides.
    fn readers<'r>(&self, all: &'r [String]) -> (&'r [String], i64) {
        let named = all.get(..NAMED).unwrap_or(all);
        (named, i64::try_from(all.len() - named.len()).unwrap_or(i64::MAX))
    }
    /// Whether anything is on the message that does not come along.
    fn loses(&self) -> bool {
        let message = self.message();
        !message.reactions.is_empty() || !message.marks.is_empty() || message.trace.pinned_at.is_some()
    }
}

/// GET /groups/{id}/messages/{seq}/move
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
    Query(asked): Query<Asked>,
) -> WebResult<Response> {
    let (place, t) = (MessagePlace { group, seq }, member.visit.texts());
    let to = asked.to.as_ref().map(|to| group_named(to)).transpose();
    let found = match to {
        Ok(to) => state.actions.get_move(&member.viewer, place, to).await,
        Err(error) => Err(error),
    };
    let (page, failure) = match found {
        Ok(page) => (page, None),
        // Which group it was to be is told beside the list to choose from.
        Err(error @ ActionError::Invalid { problem: Problem::NoOtherGroup, .. }) => {
            (state.actions.get_move(&member.viewer, place, None).await?, Some(Failure::from(error)))
        }
        Err(error) => return told(&state, &member, place, error).await,
    };
    let status = failure.as_ref().map(Failure::status).unwrap_or_default();
    let problem = failure.map(|failure| failure.words(t));
    Ok((status, MessageMove { view: member.view(&state).await?, page, query: asked.q, problem })
        .into_response())
}

/// POST /groups/{id}/messages/{seq}/move
pub async fn go(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
    Form(form): Form<MoveForm>,
) -> WebResult<Response> {
    let place = MessagePlace { group, seq };
    let moved = match group_named(&form.to) {
        Ok(to) => state.actions.move_message(&member.viewer, place, Wish { to, edits: form.edits }).await,
        Err(error) => Err(error),
    };
    match moved {
        Ok(message) if member.visit.wants_json => {
            let place = message.place();
            Ok(Json(json!({ "group": place.group, "seq": place.seq, "link": link_to(place) }))
                .into_response())
        }
        // The trace says where it is, and takes it back.
        Ok(_) => Ok(Redirect::to(&path_of(place)).into_response()),
        Err(error) => told(&state, &member, place, error).await,
    }
}

/// POST /groups/{id}/messages/{seq}/move/back
pub async fn back(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
) -> WebResult<Response> {
    let place = MessagePlace { group, seq };
    let done = state.actions.move_message_back(&member.viewer, place).await;
    message_page::answer(&state, &member, (place, None), done).await
}

/// Why not, on the message's own page.
async fn told(
    state: &WebState,
    member: &Member,
    place: MessagePlace,
    error: ActionError,
) -> WebResult<Response> {
    message_page::answer(state, member, (place, None), Err(error)).await
}

fn group_named(text: &str) -> Result<GroupId, ActionError> {
    text.parse().map_err(|_| ActionError::invalid("to", Problem::NoOtherGroup))
}
