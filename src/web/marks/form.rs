//! Marking: the form with tags, piece, topic and task; in a dialog of the discussion, or as a page.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Json;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use serde_json::json;

use super::{tag_choice, tag_reference};
use crate::actions::marks::{Chosen, Marking, NewMark};
use crate::actions::tags::{TagChoice, TagLine};
use crate::actions::{ActionError, Problem};
use crate::domain::day::Day;
use crate::domain::ids::{FileId, GroupId, PersonId};
use crate::domain::message::{Message, MessagePlace};
use crate::domain::safe_html::SafeHtml;
use crate::domain::tag::TagKind;
use crate::mail::shown;
use crate::texts::Texts;
use crate::web::error::{Failure, WebResult};
use crate::web::filters;
use crate::web::message_page::{self, changed};
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// The form's fields, as they come and as they are shown again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    /// The numbers of the messages.
    pub seq: Vec<i64>,
    /// A tag's kind or id, or the name of another one, which wins.
    pub tag: String,
    pub other: String,
    /// `message`, `passage`, `file:` and an id, or `link:` and an address.
    pub piece: String,
    pub quote: String,
    /// Where the quote begins in the message's text, in characters, if a script knows.
    pub start: String,
    pub topic: String,
    pub who: String,
    pub due: String,
}

#[derive(Template)]
#[template(path = "marks/_form.html")]
pub struct MarkForm {
    pub t: Texts,
    pub marking: Marking,
    pub fields: Fields,
    pub problem: Option<String>,
}

impl HtmlSafe for MarkForm {}

#[derive(Template)]
#[template(path = "marks/new.html")]
pub struct MarkPage {
    pub view: View,
    pub form: MarkForm,
}

/// GET /groups/{id}/marks/new
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Query(fields): Query<Fields>,
) -> WebResult<Response> {
    page(&state, &member, group, (fields, None)).await
}

/// POST /groups/{id}/marks: a script gets the messages as they are now, a form the page of its message.
pub async fn mark(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Form(fields): Form<Fields>,
) -> WebResult<Response> {
    let done = match fields.new_mark() {
        Ok(new) => state.actions.mark(&member.viewer, (group, fields.seq.clone()), new).await,
        Err(error) => Err(error),
    };
    let t = member.visit.texts();
    match done {
        Ok(messages) if member.visit.wants_json => {
            let all: Vec<_> = messages.into_iter().map(|message| changed(t, message)).collect();
            Ok(Json(json!({ "changed": all })).into_response())
        }
        Ok(messages) => Ok(Redirect::to(&place_of(group, &messages)).into_response()),
        Err(error @ ActionError::Invalid { .. }) if !member.visit.wants_json => {
            let failure = Failure::from(error);
            let answer = page(&state, &member, group, (fields, Some(failure.words(t)))).await?;
            Ok((failure.status_beside_form(), answer).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn place_of(group: GroupId, messages: &[Message]) -> String {
    match messages {
        [one] => message_page::path_of(MessagePlace { group, seq: one.seq }),
        _ => format!("/groups/{group}"),
    }
}

async fn page(
    state: &WebState,
    member: &Member,
    group: GroupId,
    (fields, problem): (Fields, Option<String>),
) -> WebResult<Response> {
    let marking = state.actions.get_marking(&member.viewer, group, fields.seq.clone()).await?;
    let form = MarkForm { t: member.visit.texts(), marking, fields, problem };
    let html = if member.visit.wants_part {
        form.render()
    } else {
        MarkPage { view: member.view(state).await?, form }.render()
    };
    Ok(Html(html.map_err(|e| ActionError::Internal(e.into()))?).into_response())
}

impl Fields {
    fn new_mark(&self) -> Result<NewMark, ActionError> {
        Ok(NewMark {
            tag: self.tag()?,
            piece: self.chosen()?,
            topic: self.topic.clone(),
            assignee: field(&self.who, "who", Problem::NoMember)?,
            due_on: field::<Day>(&self.due, "due", Problem::NoDay)?,
        })
    }

    fn tag(&self) -> Result<TagChoice, ActionError> {
        let typed = self.other.trim();
        if typed.is_empty() {
            return tag_choice(&self.tag)
                .ok_or(ActionError::Invalid { field: "tag", problem: Problem::NoTag });
        }
        let name = typed.parse().map_err(Problem::from);
        name.map(TagChoice::Named).map_err(|problem| ActionError::Invalid { field: "tag", problem })
    }

    fn chosen(&self) -> Result<Chosen, ActionError> {
        let gone = ActionError::Invalid { field: "piece", problem: Problem::PieceGone };
        if let Some(id) = self.piece.strip_prefix("file:") {
            return id.parse::<FileId>().map(Chosen::File).map_err(|_| gone);
        }
        if let Some(url) = self.piece.strip_prefix("link:") {
            return Ok(Chosen::Link(url.to_owned()));
        }
        match self.piece.as_str() {
            "passage" => {
                let quote: String = self.quote.chars().filter(|c| *c != '\0').collect();
                Ok(Chosen::Passage { quote, start: self.start.parse().ok() })
            }
            "" | "message" => Ok(Chosen::Message),
            _ => Err(gone),
        }
    }
}

/// A field that may be empty.
pub(super) fn field<T: std::str::FromStr>(
    text: &str,
    field: &'static str,
    problem: Problem,
) -> Result<Option<T>, ActionError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.trim().parse().map(Some).map_err(|_| ActionError::Invalid { field, problem })
}

/// One of the pieces of a message: its value in the form, an icon, its name, and whether it is chosen.
struct PieceChoice {
    value: String,
    icon: &'static str,
    name: String,
    is_chosen: bool,
}

impl MarkForm {
    /// The only message, whose pieces can be marked.
    fn only(&self) -> Option<&Message> {
        match self.marking.messages.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    fn action(&self) -> String {
        format!("/groups/{}/marks", self.marking.group.id)
    }

    fn name(&self, line: &TagLine) -> String {
        self.t.tag(&line.label)
    }

    fn reference(&self, line: &TagLine) -> String {
        tag_reference(&line.label, line.id)
    }

    fn is_tag(&self, line: &TagLine) -> bool {
        let chosen = if self.fields.tag.is_empty() { TagKind::Decision.name() } else { &self.fields.tag };
        self.reference(line) == chosen
    }

    fn is_person(&self, id: &PersonId) -> bool {
        self.fields.who == id.to_string()
    }

    /// What of the message can be marked.
    fn pieces(&self) -> Vec<PieceChoice> {
        let Some(message) = self.only() else { return Vec::new() };
        let chosen = if self.fields.piece.is_empty() { "message" } else { &self.fields.piece };
        let choice =
            |value: String, icon, name: String| PieceChoice { is_chosen: value == chosen, value, icon, name };
        let own = |key| Cow::into_owned(self.t.get(key));
        let mut pieces = vec![choice("message".to_owned(), "talk", own("mark-whole"))];
        if !self.text().trim().is_empty() {
            pieces.push(choice("passage".to_owned(), "quote", own("mark-passage")));
        }
        let files = message.files.iter();
        pieces.extend(files.map(|file| choice(format!("file:{}", file.id), "clip", file.name.to_string())));
        let links = shown::links(&message.body.html).into_iter();
        pieces.extend(links.map(|link| choice(format!("link:{}", link.url), "link", link.url)));
        pieces
    }

    /// The message's text, to choose a passage from.
    fn text(&self) -> String {
        self.only().map_or_else(String::new, |message| plain(&message.body.html))
    }
}

fn plain(html: &SafeHtml) -> String {
    shown::text(html)
}
