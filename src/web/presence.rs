//! Presence on pages: its words, one's own status in the menu, and the form that sets it.

use std::time::Duration;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use super::calendar;
use super::error::WebResult;
use super::filters;
use super::own_path::own_path;
use super::state::WebState;
use super::visit::Member;
use crate::actions::{ActionError, Problem};
use crate::domain::presence::{Absence, Attention, Choice, Presence, Status};
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// Somebody's presence in words; `script/presence.js` writes the same.
#[derive(Clone, Debug, Template)]
#[template(path = "presence/_words.html")]
pub struct PresenceWords {
    pub t: Texts,
    pub presence: Presence,
}

impl HtmlSafe for PresenceWords {}

impl PresenceWords {
    fn word(&self) -> String {
        self.t.get(&format!("presence-{}", self.presence.state.name())).into_owned()
    }

    fn note(&self) -> String {
        note(self.t, &self.presence)
    }
}

/// What somebody says of themselves, or their mail program of them; empty if nobody does.
pub fn note(t: Texts, presence: &Presence) -> String {
    match presence.absence {
        None => presence.note.clone(),
        Some(Absence { last_day: None }) => t.get("presence-away-by-mail").into_owned(),
        Some(Absence { last_day: Some(day) }) => {
            t.with("presence-away-until-by-mail", &[("day", calendar::date(t, day.date()))]).into_owned()
        }
    }
}

/// What one says of oneself, as the menu shows and changes it.
#[derive(Clone, Debug)]
pub struct Mine {
    pub presence: Presence,
    pub choice: Choice,
    /// After so many seconds without a touch a page is not looked at.
    pub idle: u64,
}

impl Mine {
    /// Whoever gets a page looks at it.
    pub fn new(status: Status, idle: Duration) -> Self {
        let choice = status.choice;
        Self { presence: Presence::of(Attention::Looking, status), choice, idle: idle.as_secs() }
    }

    pub fn state(&self) -> &'static str {
        self.presence.state.name()
    }

    pub fn words(&self, t: &Texts) -> PresenceWords {
        PresenceWords { t: *t, presence: self.presence.clone() }
    }

    /// What can be chosen: the value and whether it is.
    pub fn choices(&self) -> [(&'static str, bool); 3] {
        [("online", Choice::Online), ("busy", Choice::Busy), ("away", Choice::Away)]
            .map(|(name, choice)| (name, choice == self.choice))
    }

    /// How many minutes it can last.
    pub fn spans(&self) -> [u32; 4] {
        [30, 60, 120, 240]
    }
}

#[derive(Debug, Deserialize)]
pub struct StatusForm {
    #[serde(default)]
    choice: Choice,
    #[serde(default)]
    note: String,
    /// A number of minutes, or `until`, or nothing for no end.
    #[serde(default)]
    lasts: String,
    /// In milliseconds since 1970.
    until: Option<i64>,
    #[serde(default)]
    back: String,
}

impl StatusForm {
    fn status(&self, now: Timestamp) -> Result<Status, ActionError> {
        let until = match self.lasts.as_str() {
            "" => Some(None),
            "until" => self.until.map(|until| Some(Timestamp::from_millis(until))),
            minutes => minutes.parse().ok().map(|n: u32| Some(now + Duration::from_secs(60) * n)),
        };
        let until = until.ok_or(ActionError::invalid("until", Problem::NoSuchEnd))?;
        Ok(Status { choice: self.choice, note: self.note.clone(), until, absence: None })
    }
}

/// POST /status
pub async fn set(
    State(state): State<WebState>,
    member: Member,
    Form(form): Form<StatusForm>,
) -> WebResult<Response> {
    state.actions.set_status(&member.viewer, form.status(state.actions.clock.now())?).await?;
    if member.visit.wants_json {
        return Ok(Json(json!({})).into_response());
    }
    Ok(Redirect::to(&own_path(&form.back)).into_response())
}
