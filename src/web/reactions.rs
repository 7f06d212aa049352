//! Reactions: the chips below a message, choosing one, and all emojis to choose from.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Form;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::error::WebResult;
use super::filters;
use super::message_page;
use super::path::Path;
use super::state::WebState;
use super::visit::Member;
use crate::actions::{ActionError, Problem};
use crate::domain::ids::GroupId;
use crate::domain::message::MessagePlace;
use crate::domain::reaction::Reaction;
use crate::texts::{Texts, Value};

/// The reactions to a message, for every reader the same: which are one's own the script sees by the ids of the people.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/_reactions.html")]
pub struct ReactionsPart<'a> {
    pub t: Texts,
    pub reactions: &'a [Reaction],
}

impl HtmlSafe for ReactionsPart<'_> {}

/// How many names are told.
const NAMED: usize = 10;

impl ReactionsPart<'_> {
    /// "Anna Berg, David Okafor and 3 more"
    fn names(&self, reaction: &Reaction) -> String {
        named(self.t, reaction, NAMED)
    }
}

/// Who chose it, the first with their names. Each name keeps its own direction.
pub fn named(t: Texts, reaction: &Reaction, most: usize) -> String {
    let isolated = |(_, name): &(_, String)| format!("\u{2068}{name}\u{2069}");
    let first: Vec<String> = reaction.first.iter().take(most).map(isolated).collect();
    let more = reaction.count - i64::try_from(first.len()).unwrap_or(i64::MAX);
    let between = if t.language().tag() == "en" { ", " } else { "、" };
    let names = first.join(between);
    if more == 0 {
        return names;
    }
    t.with("reacted-more", &[("names", Value::from(names.as_str())), ("n", Value::from(more))]).into_owned()
}

#[derive(Debug, Deserialize)]
pub struct ReactForm {
    emoji: String,
    /// Missing for taking it back.
    #[serde(default)]
    on: bool,
}

/// POST /groups/{id}/messages/{seq}/react
pub async fn react(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
    Form(form): Form<ReactForm>,
) -> WebResult<Response> {
    let place = MessagePlace { group, seq };
    let done = match form.emoji.parse() {
        Ok(emoji) => state.actions.react(&member.viewer, place, (emoji, form.on)).await,
        Err(_) => Err(ActionError::Invalid { field: "emoji", problem: Problem::NoEmoji }),
    };
    message_page::answer(&state, &member, (place, None), done).await
}

/// All emojis by their groups, to be searched by their names.
#[derive(Template)]
#[template(path = "messages/_emojis.html")]
struct Emojis {
    t: Texts,
}

impl Emojis {
    fn groups(&self) -> impl Iterator<Item = (&'static str, Vec<&'static emojis::Emoji>)> {
        emojis::Group::iter().map(|group| (title(group), group.emojis().collect()))
    }

    /// What an emoji is found by, besides its name.
    fn words(&self, emoji: &emojis::Emoji) -> String {
        emoji.shortcodes().collect::<Vec<_>>().join(" ").replace('_', " ")
    }
}

/// The key of a group's title.
fn title(group: emojis::Group) -> &'static str {
    match group {
        emojis::Group::SmileysAndEmotion => "emojis-smileys",
        emojis::Group::PeopleAndBody => "emojis-people",
        emojis::Group::AnimalsAndNature => "emojis-nature",
        emojis::Group::FoodAndDrink => "emojis-food",
        emojis::Group::TravelAndPlaces => "emojis-travel",
        emojis::Group::Activities => "emojis-activities",
        emojis::Group::Objects => "emojis-objects",
        emojis::Group::Symbols => "emojis-symbols",
        emojis::Group::Flags => "emojis-flags",
    }
}

/// GET /emojis: for the picker, which asks for it once it is opened. The browser keeps it for a day.
pub async fn all(member: Member) -> WebResult<Response> {
    let emojis = Emojis { t: member.visit.texts() };
    let html = emojis.render().map_err(|e| ActionError::Internal(e.into()))?;
    Ok(([(header::CACHE_CONTROL, "private, max-age=86400")], Html(html)).into_response())
}
