//! The tags below a message on a page of the zip.

use super::mark_record::{MarkRecord, PieceRecord, SomebodyRecord};
use super::page::{MessagesPage, PageMessage};
use crate::domain::tag::Colour;

/// One mark as a page shows it.
#[derive(Debug)]
pub struct PageMark<'a> {
    /// The class of its colour.
    pub colour: &'static str,
    pub tag: String,
    /// What of the message is marked, unless it is all of it.
    pub piece: Option<String>,
    pub topic: &'a str,
    pub assignee: Option<&'a str>,
    pub due: Option<&'a str>,
    pub done: bool,
    /// Who marked it, and when.
    pub by: String,
}

/// How much of a passage stands beside its tag, in characters.
const SHOWN: usize = 120;

impl MessagesPage<'_> {
    pub(super) fn marks<'a>(&'a self, message: &'a PageMessage) -> Vec<PageMark<'a>> {
        message.record.marks.iter().map(|mark| self.mark(mark, message)).collect()
    }

    fn mark<'a>(&'a self, mark: &'a MarkRecord, message: &'a PageMessage) -> PageMark<'a> {
        let name = mark.tag_name();
        let tag = self.group.tags.iter().find(|tag| name.is_some() && tag.tag_name() == name);
        let somebody = |somebody: &'a SomebodyRecord| somebody.name.as_str();
        PageMark {
            colour: tag.map_or(Colour::Grey, |tag| tag.colour).name(),
            tag: tag.map_or(mark.tag.clone(), |tag| self.voice.t.tag(&tag.label())),
            piece: piece(mark, message),
            topic: &mark.topic,
            assignee: mark.assignee.as_ref().map(somebody),
            due: mark.due.as_deref(),
            done: mark.done.is_some(),
            by: format!("{}, {}", mark.by.name, self.voice.when(&mark.at)),
        }
    }
}

fn piece(mark: &MarkRecord, message: &PageMessage) -> Option<String> {
    match &mark.piece {
        PieceRecord::Message => None,
        PieceRecord::Passage(passage) => {
            let words: Vec<&str> = passage.quote.split_whitespace().collect();
            Some(cut(&words.join(" ")))
        }
        PieceRecord::File { number } => {
            let file = number.checked_sub(1).and_then(|at| message.record.files.get(at));
            file.map(|file| file.name.clone())
        }
        PieceRecord::Link { url } => Some(cut(url)),
    }
}

fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
