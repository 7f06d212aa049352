//! One mark: what it marks, what that said then, and the forms that change it. With script its place is the drawer.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Json;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::chips::piece_shown;
use super::form::field;
use super::path_of;
use crate::actions::marks::{MarkDetails, TaskChange};
use crate::actions::{ActionError, Problem};
use crate::domain::ids::{GroupId, MarkId, PersonId};
use crate::domain::mark::{Mark, Piece};
use crate::domain::message::Message;
use crate::domain::tag::TagKind;
use crate::texts::Texts;
use crate::web::error::{Failure, WebResult};
use crate::web::filters;
use crate::web::message_page::{self, changed};
use crate::web::messages::link_to;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "marks/_mark.html")]
pub struct MarkPart {
    pub t: Texts,
    pub details: MarkDetails,
    /// A topic that was not taken.
    pub typed: Option<String>,
    pub problem: Option<String>,
}

impl HtmlSafe for MarkPart {}

#[derive(Template)]
#[template(path = "marks/show.html")]
pub struct MarkPage {
    pub view: View,
    pub part: MarkPart,
}

/// GET /groups/{id}/marks/{mark}
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<(GroupId, MarkId)>,
) -> WebResult<Response> {
    page(&state, &member, id, (None, None)).await
}

/// POST /groups/{id}/marks/{mark}/remove
pub async fn remove(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<(GroupId, MarkId)>,
) -> WebResult<Response> {
    let message = state.actions.unmark(&member.viewer, id).await?;
    let back = message_page::path_of(message.place());
    Ok(answer(&member, message, &back))
}

#[derive(Debug, Deserialize)]
pub struct TopicForm {
    topic: String,
}

/// POST /groups/{id}/marks/{mark}/topic
pub async fn topic(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<(GroupId, MarkId)>,
    Form(form): Form<TopicForm>,
) -> WebResult<Response> {
    let done = state.actions.set_mark_topic(&member.viewer, id, &form.topic).await;
    told(&state, &member, (id, Some(form.topic)), done).await
}

/// Who, until when, and done (`true` or `false`); what is not sent stays.
#[derive(Debug, Deserialize)]
pub struct TaskForm {
    who: Option<String>,
    due: Option<String>,
    done: Option<bool>,
}

/// POST /groups/{id}/marks/{mark}/task
pub async fn task(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<(GroupId, MarkId)>,
    Form(form): Form<TaskForm>,
) -> WebResult<Response> {
    let done = match form.change() {
        Ok(change) => state.actions.set_task(&member.viewer, id, change).await,
        Err(error) => Err(error),
    };
    told(&state, &member, (id, None), done).await
}

/// A refusal is told beside the forms; a script says it by itself.
async fn told(
    state: &WebState,
    member: &Member,
    (id, typed): ((GroupId, MarkId), Option<String>),
    done: Result<Message, ActionError>,
) -> WebResult<Response> {
    match done {
        Ok(message) => Ok(answer(member, message, &path_of(id.0, id.1))),
        Err(error @ ActionError::Invalid { .. }) if !member.visit.wants_json && !member.visit.wants_part => {
            let failure = Failure::from(error);
            let problem = Some(failure.words(member.visit.texts()));
            Ok((failure.status_beside_form(), page(state, member, id, (typed, problem)).await?)
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// A script gets the message as it is now, a form a page.
fn answer(member: &Member, message: Message, to: &str) -> Response {
    if member.visit.wants_json {
        return Json(changed(member.visit.texts(), message)).into_response();
    }
    Redirect::to(to).into_response()
}

async fn page(
    state: &WebState,
    member: &Member,
    id: (GroupId, MarkId),
    (typed, problem): (Option<String>, Option<String>),
) -> WebResult<Response> {
    let details = state.actions.get_mark(&member.viewer, id).await?;
    let part = MarkPart { t: member.visit.texts(), details, typed, problem };
    let html = if member.visit.wants_part {
        part.render()
    } else {
        MarkPage { view: member.view(state).await?, part }.render()
    };
    Ok(Html(html.map_err(|e| ActionError::Internal(e.into()))?).into_response())
}

impl TaskForm {
    fn change(&self) -> Result<TaskChange, ActionError> {
        Ok(TaskChange {
            assignee: match &self.who {
                Some(who) => Some(field(who, "who", Problem::NoMember)?),
                None => None,
            },
            due_on: match &self.due {
                Some(due) => Some(field(due, "due", Problem::NoDay)?),
                None => None,
            },
            done: self.done,
        })
    }
}

impl MarkPart {
    fn mark(&self) -> &Mark {
        &self.details.mark
    }
    fn tag(&self) -> String {
        self.t.tag(&self.mark().tag.label)
    }
    fn path(&self) -> String {
        path_of(self.mark().group(), self.mark().id)
    }
    fn link(&self) -> String {
        link_to(self.mark().place)
    }
    fn piece(&self) -> Option<(&'static str, String)> {
        piece_shown(self.mark(), &self.details.message.files).filter(|_| self.is_file_or_link())
    }
    fn is_file_or_link(&self) -> bool {
        matches!(self.mark().piece, Piece::File(_) | Piece::Link(_))
    }
    /// Whether the message says something else by now.
    fn is_edited(&self) -> bool {
        self.mark().edits < self.details.message.trace.edits && !matches!(self.mark().piece, Piece::File(_))
    }
    fn is_task(&self) -> bool {
        self.mark().tag.label.kind == Some(TagKind::Action)
    }
    fn is_assignee(&self, id: &PersonId) -> bool {
        self.mark().task.assignee.as_ref().is_some_and(|somebody| somebody.id == Some(*id))
    }
    /// Who was to do it and has left.
    fn former(&self) -> Option<(PersonId, &str)> {
        let somebody = self.mark().task.assignee.as_ref()?;
        let id = somebody.id?;
        self.details.people.iter().all(|(person, _)| *person != id).then_some((id, somebody.name.as_str()))
    }
    fn due(&self) -> String {
        self.mark().task.due_on.map(|day| day.to_string()).unwrap_or_default()
    }
    fn topic(&self) -> &str {
        self.typed.as_deref().unwrap_or(&self.mark().topic)
    }
}
