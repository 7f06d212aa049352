//! What went wrong with one's own mails: a section of one's settings, and of a group's.

use askama::Template;
use askama::filters::HtmlSafe;

use super::admin::ledger::row::state_words;
use super::filters;
use crate::actions::ledger::OwnTroubles;
use crate::domain::ledger::{Delivery, DeliveryState, Ignored, MailEntry, Outcome};
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// Two lists, of which one may be empty.
#[derive(Debug, Template)]
#[template(path = "mails/_troubles.html")]
pub struct Troubles {
    t: Texts,
    /// Of its heading: above it is the page's or the panel's.
    level: u8,
    not_taken: Vec<Line>,
    not_received: Vec<Line>,
}

impl HtmlSafe for Troubles {}

/// One mail.
#[derive(Debug)]
struct Line {
    at: Timestamp,
    /// The subject of one's own mail; what happened to a mail to oneself.
    title: String,
    why: String,
    /// What to do; empty where it is said for all.
    todo: String,
}

impl Troubles {
    /// In their reader's language; `None` if all is well.
    pub fn of(t: Texts, troubles: &OwnTroubles, level: u8) -> Option<Self> {
        (!troubles.is_empty()).then(|| Self {
            t,
            level,
            not_taken: troubles.mails.iter().map(|mail| not_taken(t, mail)).collect(),
            not_received: troubles.deliveries.iter().map(|mail| not_received(t, mail)).collect(),
        })
    }
}

fn not_taken(t: Texts, mail: &MailEntry) -> Line {
    let (why, todo) = match &mail.outcome {
        Outcome::Ignored { why } => (t.get(why.text_key()), t.get(todo_key(*why)).into_owned()),
        Outcome::Dropped { .. } => (t.get("own-dropped"), String::new()),
        _ => (t.get("own-set-aside"), String::new()),
    };
    Line { at: mail.received_at, title: mail.subject.clone(), why: why.into_owned(), todo }
}

fn todo_key(why: Ignored) -> &'static str {
    match why {
        Ignored::TooMany | Ignored::Repeated => "own-todo-later",
        Ignored::TooLarge | Ignored::Empty | Ignored::TooManyPeople => "own-todo-small",
        Ignored::NotAMember | Ignored::NoSuchGroup | Ignored::NotAllowed => "own-todo-member",
        Ignored::NotConfirmed | Ignored::ClaimUnclear => "own-todo-again",
        Ignored::Automatic
        | Ignored::Loop
        | Ignored::Duplicate
        | Ignored::Report
        | Ignored::OwnLetter
        | Ignored::Departed
        | Ignored::TakenBack
        | Ignored::ShareRecalled => "own-todo-page",
    }
}

fn not_received(t: Texts, delivery: &Delivery) -> Line {
    let why = match delivery.state {
        DeliveryState::Dropped => t.get("own-dropped").into_owned(),
        _ => delivery.last_reply.clone(),
    };
    Line { at: delivery.created_at, title: state_words(t, delivery).0, why, todo: String::new() }
}
