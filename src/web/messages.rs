//! Messages: one partial for the page, the live socket and everything else.

use askama::Template;
use askama::filters::HtmlSafe;

use super::face::Face;
use super::filters;
use crate::domain::message::{Grade, Message, Source};
use crate::texts::Texts;

/// One message as every reader sees it.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/_message.html")]
pub struct MessagePart {
    pub t: Texts,
    pub message: Message,
    /// Goes on where the same author stopped; shown without the name.
    pub follows: bool,
}

impl HtmlSafe for MessagePart {}

/// Messages of one author within this many milliseconds stand together.
const TOGETHER: i64 = 5 * 60 * 1000;

impl MessagePart {
    /// A page of messages, oldest first.
    pub fn list(t: Texts, messages: Vec<Message>) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::with_capacity(messages.len());
        for message in messages {
            let follows = parts.last().is_some_and(|previous| goes_on(&previous.message, &message));
            parts.push(Self { t, message, follows });
        }
        parts
    }

    fn face(&self) -> Face {
        Face::of(self.message.author.person_id, &self.message.author.name)
    }
    fn by_mail(&self) -> bool {
        self.message.source == Source::Mail
    }
    fn opens(&self) -> bool {
        self.message.source == Source::Draft
    }
    fn by_link(&self) -> bool {
        self.message.author.grade == Grade::ByLink
    }
    fn has_hidden(&self) -> bool {
        !self.message.quotation.trim().is_empty() || !self.message.signature.trim().is_empty()
    }
    fn hidden(&self) -> String {
        let parts = [self.message.quotation.trim_end(), self.message.signature.trim_end()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    }
}

fn goes_on(previous: &Message, message: &Message) -> bool {
    previous.author == message.author
        && previous.source == message.source
        && message.posted_at.millis() - previous.posted_at.millis() < TOGETHER
}
