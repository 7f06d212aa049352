//! The marks below a message, the same for every reader. Marked passages are drawn into the text by the page's script,
//! from where they begin and how long they are.

use askama::Template;
use askama::filters::HtmlSafe;

use super::path_of;
use crate::domain::file::File;
use crate::domain::mark::{Mark, Piece};
use crate::domain::message::Message;
use crate::texts::Texts;
use crate::web::{calendar, filters};

/// All of them.
#[derive(Clone, Debug, Template)]
#[template(path = "marks/_chips.html")]
pub struct MarkChips<'a> {
    pub t: Texts,
    pub marks: &'a [Mark],
    pub files: &'a [File],
}

impl HtmlSafe for MarkChips<'_> {}

/// How much of a passage stands on its chip, in characters.
const SHOWN: usize = 60;

impl<'a> MarkChips<'a> {
    pub fn of(t: Texts, message: &'a Message) -> Self {
        Self { t, marks: &message.marks, files: &message.files }
    }

    fn path(&self, mark: &Mark) -> String {
        path_of(mark.group(), mark.id)
    }

    fn tag(&self, mark: &Mark) -> String {
        self.t.tag(&mark.tag.label)
    }

    /// The icon and the words of what is marked, unless it is the whole message.
    fn piece(&self, mark: &Mark) -> Option<(&'static str, String)> {
        piece_shown(mark, self.files)
    }

    /// Where a passage begins and how long it is, in characters of the message's text.
    fn stretch(&self, mark: &Mark) -> Option<(i64, usize)> {
        let passage = mark.piece.passage()?;
        Some((passage.start?, passage.quote.chars().count()))
    }

    fn due(&self, mark: &Mark) -> Option<String> {
        mark.task.due_on.map(|day| calendar::date(self.t, day.date()))
    }
}

/// What of a message is marked, unless it is the whole: an icon, and how it is called.
pub fn piece_shown(mark: &Mark, files: &[File]) -> Option<(&'static str, String)> {
    match &mark.piece {
        Piece::Message => None,
        Piece::Passage(passage) => {
            let words: Vec<&str> = passage.quote.split_whitespace().collect();
            Some(("quote", cut(&words.join(" "))))
        }
        Piece::File(id) => {
            let name = files.iter().find(|file| file.id == *id).map(|file| file.name.to_string());
            Some(("clip", name.unwrap_or_default()))
        }
        Piece::Link(url) => {
            let bare = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            Some(("link", cut(bare.trim_end_matches('/'))))
        }
    }
}

fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
