//! One message by itself: everything that can be done with it, as forms that need no script, and what it said before.
//! With script its place is the drawer, and the menu beside a message borrows its forms.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use super::admin::ledger::row::way_words;
use super::error::{Failure, WebResult};
use super::face::Face;
use super::filters;
use super::marks::chips::MarkChips;
use super::messages::{AnsweredPart, MessagePart, link_to};
use super::path::Path;
use super::reactions::named;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions::ActionError;
use crate::actions::edits::Edit;
use crate::actions::message_page::{Elsewhere, MessagePage};
use crate::domain::ids::GroupId;
use crate::domain::message::{Message, MessagePlace, Mover, Removed};
use crate::domain::reaction::QUICK;
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// The message and its forms, as the drawer shows them.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/_details.html")]
pub struct Details {
    pub t: Texts,
    pub page: MessagePage,
    /// The address of its place in the discussion.
    pub link: String,
    pub tried: Tried,
}

impl HtmlSafe for Details {}

/// The same as a page.
#[derive(Template)]
#[template(path = "messages/show.html")]
pub struct DetailsPage {
    pub view: View,
    pub details: Details,
}

/// An emoji on a message's own page.
struct Choice {
    emoji: String,
    /// `None` for nobody.
    who: Option<String>,
    is_own: bool,
}

/// What was tried in vain, so that nothing typed is lost.
#[derive(Clone, Debug, Default)]
pub struct Tried {
    pub problem: Option<String>,
    pub typed: Option<String>,
}

/// The address of a message by itself.
pub fn path_of(place: MessagePlace) -> String {
    format!("/groups/{}/messages/{}", place.group, place.seq)
}

/// GET /groups/{id}/messages/{seq}
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
) -> WebResult<Response> {
    page(&state, &member, MessagePlace { group, seq }, Tried::default()).await
}

#[derive(Debug, Deserialize)]
pub struct EditForm {
    edits: i64,
    markdown: String,
}

/// POST /groups/{id}/messages/{seq}/edit
pub async fn edit(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
    Form(form): Form<EditForm>,
) -> WebResult<Response> {
    let place = MessagePlace { group, seq };
    let edit = Edit { edits: form.edits, markdown: form.markdown.clone() };
    let done = state.actions.edit_message(&member.viewer, place, edit).await;
    answer(&state, &member, (place, Some(form.markdown)), done).await
}

/// POST /groups/{id}/messages/{seq}/remove
pub async fn remove(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
) -> WebResult<Response> {
    let place = MessagePlace { group, seq };
    let done = state.actions.remove_message(&member.viewer, place).await;
    answer(&state, &member, (place, None), done).await
}

/// A script gets the message as it is now, a form its page; a refusal is told there, beside what was typed.
pub(super) async fn answer(
    state: &WebState,
    member: &Member,
    (place, typed): (MessagePlace, Option<String>),
    done: Result<Message, ActionError>,
) -> WebResult<Response> {
    let t = member.visit.texts();
    match done {
        Ok(message) if member.visit.wants_json => Ok(Json(changed(t, message)).into_response()),
        Ok(_) => Ok(Redirect::to(&path_of(place)).into_response()),
        Err(error @ (ActionError::Invalid { .. } | ActionError::Conflict(_) | ActionError::Forbidden))
            if !member.visit.wants_json && !member.visit.wants_part =>
        {
            let failure = Failure::from(error);
            let tried = Tried { problem: Some(failure.words(t)), typed };
            Ok((failure.status(), page(state, member, place, tried).await?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// As the live socket tells it.
pub(super) fn changed(t: Texts, message: Message) -> serde_json::Value {
    let (seq, change) = (message.seq, message.trace.changed);
    json!({ "seq": seq, "change": change, "html": MessagePart { t, message, follows: false }.to_string() })
}

async fn page(state: &WebState, member: &Member, place: MessagePlace, tried: Tried) -> WebResult<Response> {
    let page = state.actions.get_message(&member.viewer, place).await?;
    let link = link_to(place);
    let details = Details { t: member.visit.texts(), page, link, tried };
    let html = if member.visit.wants_part {
        details.render()
    } else {
        DetailsPage { view: member.view(state).await?, details }.render()
    };
    Ok(Html(html.map_err(|e| ActionError::Internal(e.into()))?).into_response())
}

impl Details {
    fn message(&self) -> &Message {
        &self.page.message
    }
    /// The emojis that are below the message, and those that are offered at once: how many chose it, who, and whether the
    /// reader is one of them.
    fn reactions(&self) -> Vec<Choice> {
        let reactions = &self.message().reactions;
        let is_own = |emoji: &str| self.page.own.iter().any(|own| own == emoji);
        let chosen = reactions.iter().map(|reaction| Choice {
            is_own: is_own(&reaction.emoji),
            emoji: reaction.emoji.clone(),
            who: Some(named(self.t, reaction, reaction.first.len())),
        });
        let offered = QUICK.iter().filter(|quick| reactions.iter().all(|reaction| reaction.emoji != **quick));
        let offered = offered.map(|quick| Choice { emoji: (*quick).to_owned(), who: None, is_own: false });
        chosen.chain(offered).collect()
    }
    /// The message as the discussion shows it.
    fn part(&self) -> MessagePart {
        MessagePart { t: self.t, message: self.page.message.clone(), follows: false }
    }
    fn path(&self) -> String {
        path_of(self.message().place())
    }
    fn said_at(&self) -> &Timestamp {
        self.message().said_at()
    }
    fn moved_here(&self) -> Option<&Mover> {
        let message = self.message();
        message.taken_from.as_ref().filter(|_| message.trace.removed.is_none())?.moved_by.as_ref()
    }
    fn moved_away(&self) -> Option<&Removed> {
        self.message().trace.removed.as_ref().filter(|removed| removed.moved_to.is_some())
    }
    fn place_of(&self, other: &Elsewhere) -> String {
        link_to(other.place)
    }
    /// Where its mail came from, and how it was known to belong here.
    fn came(&self) -> Option<(&str, String)> {
        let mail = self.page.mail.as_ref()?;
        mail.routed.way?;
        Some((&mail.sender, way_words(self.t, mail)))
    }
    fn face(&self) -> Face {
        let author = &self.message().author;
        Face::of_author(author)
    }
    fn answered(&self) -> Option<AnsweredPart> {
        AnsweredPart::of(self.t, self.message())
    }
    fn marks(&self) -> MarkChips<'_> {
        MarkChips::of(self.t, self.message())
    }
    /// What stands in the field: what was typed in vain, or the message.
    fn text(&self) -> &str {
        self.tried.typed.as_deref().unwrap_or(&self.message().body.markdown)
    }
    /// What was typed in vain and can't be tried again.
    fn lost(&self) -> Option<&str> {
        self.tried.typed.as_deref().filter(|_| !self.page.may.edit)
    }
}
