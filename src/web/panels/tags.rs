//! The tags of a group: their colours, and its own made, renamed and merged.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::Panel;
use crate::actions::tags::{TagChange, TagLine};
use crate::actions::{ActionError, Problem};
use crate::domain::ids::{GroupId, TagId};
use crate::domain::tag::Colour;
use crate::texts::Texts;
use crate::web::error::{Failure, WebResult};
use crate::web::filters;
use crate::web::marks::{TagInPath, tag_choice, tag_reference};
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "panels/_tags.html")]
struct Tags {
    t: Texts,
    group: GroupId,
    lines: Vec<TagLine>,
    /// A name that was not taken.
    typed: String,
    problem: Option<String>,
}

impl HtmlSafe for Tags {}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TagForm {
    name: Option<String>,
    colour: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MergeForm {
    into: String,
}

/// GET /groups/{id}/tags
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
) -> WebResult<Response> {
    page(&state, &member, id, (String::new(), None)).await
}

/// POST /groups/{id}/tags
pub async fn make(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(form): Form<TagForm>,
) -> WebResult<Response> {
    let name = form.name.clone().unwrap_or_default();
    let made = state.actions.make_tag(&member.viewer, id, (&name, form.colour())).await;
    told(&state, &member, (id, name), made.map(|_| ())).await
}

/// POST /groups/{id}/tags/{tag}
pub async fn change(
    State(state): State<WebState>,
    member: Member,
    Path((id, TagInPath(tag))): Path<(GroupId, TagInPath)>,
    Form(form): Form<TagForm>,
) -> WebResult<Response> {
    let change = TagChange { colour: form.colour(), name: form.name.clone() };
    let done = state.actions.change_tag(&member.viewer, (id, tag), change).await;
    told(&state, &member, (id, form.name.unwrap_or_default()), done).await
}

/// POST /groups/{id}/tags/{tag}/merge
pub async fn merge(
    State(state): State<WebState>,
    member: Member,
    Path((id, tag)): Path<(GroupId, TagId)>,
    Form(form): Form<MergeForm>,
) -> WebResult<Response> {
    let done = match tag_choice(&form.into) {
        Some(into) => state.actions.merge_tags(&member.viewer, (id, tag), into).await,
        None => Err(ActionError::Invalid { field: "into", problem: Problem::NoTag }),
    };
    told(&state, &member, (id, String::new()), done).await
}

async fn told(
    state: &WebState,
    member: &Member,
    (id, typed): (GroupId, String),
    done: Result<(), ActionError>,
) -> WebResult<Response> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/groups/{id}/tags")).into_response()),
        Err(error @ ActionError::Invalid { .. }) if !member.visit.wants_part => {
            let failure = Failure::from(error);
            let problem = Some(failure.words(member.visit.texts()));
            Ok((failure.status_beside_form(), page(state, member, id, (typed, problem)).await?)
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &WebState,
    member: &Member,
    id: GroupId,
    (typed, problem): (String, Option<String>),
) -> WebResult<Response> {
    let found = state.actions.list_tags(&member.viewer, id).await?;
    let body = Tags { t: member.visit.texts(), group: id, lines: found.lines, typed, problem };
    super::show(state, member, (Panel::Tags, &found.group), body).await
}

impl TagForm {
    fn colour(&self) -> Option<Colour> {
        Colour::from_name(&self.colour)
    }
}

impl Tags {
    fn name(&self, line: &TagLine) -> String {
        self.t.tag(&line.label)
    }
    fn reference(&self, line: &TagLine) -> String {
        tag_reference(&line.label, line.id)
    }
    fn path(&self, line: &TagLine) -> String {
        format!("/groups/{}/tags/{}", self.group, self.reference(line))
    }
    /// Into which it can be merged; none for a tag of every group.
    fn others(&self, line: &TagLine) -> Vec<&TagLine> {
        if line.label.kind.is_some() {
            return Vec::new();
        }
        self.lines.iter().filter(|other| other.id.is_none() || other.id != line.id).collect()
    }
    /// The colours, how they are called, and which one it is.
    fn colours(&self, own: Option<&Colour>) -> Vec<(&'static str, String, bool)> {
        let named = |colour: Colour| {
            let key = match colour {
                Colour::Red => "colour-red",
                Colour::Orange => "colour-orange",
                Colour::Yellow => "colour-yellow",
                Colour::Green => "colour-green",
                Colour::Teal => "colour-teal",
                Colour::Blue => "colour-blue",
                Colour::Violet => "colour-violet",
                Colour::Grey => "colour-grey",
            };
            (colour.name(), self.t.get(key).into_owned(), own == Some(&colour))
        };
        Colour::ALL.into_iter().map(named).collect()
    }
}
