//! An event on its way, with room for what it looks like.

use std::sync::OnceLock;

use crate::domain::event::Event;
use crate::domain::language::Language;

/// An event, and its rendered form: made by the first page that needs it, shared by all others.
#[derive(Debug)]
pub struct Packet {
    event: Event,
    rendered: [OnceLock<Box<str>>; Language::ALL.len()],
}

impl Packet {
    pub(super) fn new(event: Event) -> Self {
        Self { event, rendered: Default::default() }
    }

    pub fn event(&self) -> &Event {
        &self.event
    }

    /// The rendered form in a language; `render` runs once per language, however many pages ask.
    pub fn rendered(&self, language: Language, render: impl FnOnce() -> String) -> &str {
        let at = Language::ALL.iter().position(|l| *l == language).unwrap_or(0);
        self.rendered[at].get_or_init(|| render().into_boxed_str())
    }
}
