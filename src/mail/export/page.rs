//! The pages of the zip: they stand for themselves, whatever browser opens them, without this server or any other.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

use super::record::{FileRecord, GroupRecord, MessageRecord, PersonRecord};
use crate::domain::group::Role;
use crate::domain::message::Grade;
use crate::domain::safe_html::SafeHtml;
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;
use crate::texts::Texts;

/// How many messages stand on one page: what a browser shows at once, even on a phone.
pub const ON_PAGE: i64 = 200;

/// In which words and on whose clock the pages tell.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    pub t: Texts,
    pub zone: Zone,
}

impl Voice {
    /// Date and time, such as `2026-11-20 10:00`.
    pub fn when(&self, at: &Timestamp) -> String {
        self.zone.clock(*at).format("%Y-%m-%d %H:%M").to_string()
    }
}

/// The first page: who is in the group, and where its messages are.
#[derive(Debug, Template)]
#[template(path = "export/index.html")]
pub struct IndexPage<'a> {
    pub voice: Voice,
    pub group: &'a GroupRecord,
    pub people: &'a [PersonRecord],
}

/// One page of messages.
#[derive(Debug, Template)]
#[template(path = "export/messages.html")]
pub struct MessagesPage<'a> {
    pub voice: Voice,
    pub group: &'a GroupRecord,
    /// Counted from 1.
    pub number: i64,
    pub messages: &'a [PageMessage],
}

/// A message on a page.
#[derive(Debug)]
pub struct PageMessage {
    pub record: MessageRecord,
    /// The sentence of a notice.
    pub notice: Option<String>,
    /// As it is shown, from the sanitiser.
    pub html: SafeHtml,
    /// The one it answers: its number, who wrote it and how it begins.
    pub answers: Option<(i64, String, String)>,
    /// Where its files are in the zip; empty for one that is lost.
    pub paths: Vec<String>,
}

/// The name of the page on which a message stands.
pub fn page_of(group: &GroupRecord, number: i64) -> i64 {
    (number - group.first) / ON_PAGE + 1
}

/// The name of a page in the zip.
pub fn page_name(number: i64) -> String {
    format!("messages-{number:04}.html")
}

impl IndexPage<'_> {
    fn pages(&self) -> Vec<(i64, i64, String)> {
        let pages = 1..=page_of(self.group, self.group.last);
        pages
            .map(|page| {
                let first = self.group.first + (page - 1) * ON_PAGE;
                (first, (first + ON_PAGE - 1).min(self.group.last), page_name(page))
            })
            .collect()
    }

    fn members(&self) -> impl Iterator<Item = (&PersonRecord, bool)> {
        self.people.iter().filter_map(|person| Some((person, person.member?.role == Role::Owner)))
    }

    fn count(&self) -> i64 {
        self.group.last - self.group.first + 1
    }
}

impl MessagesPage<'_> {
    fn before(&self) -> Option<String> {
        (self.number > 1).then(|| page_name(self.number - 1))
    }

    fn after(&self) -> Option<String> {
        (self.number < page_of(self.group, self.group.last)).then(|| page_name(self.number + 1))
    }

    /// Where a message is, seen from this page.
    fn link_to(&self, number: &i64) -> String {
        match page_of(self.group, *number) {
            page if page == self.number => format!("#m-{number}"),
            page => format!("{}#m-{number}", page_name(page)),
        }
    }
}

/// What the sanitiser made, as it is.
struct Shown<'a>(&'a SafeHtml);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}
impl HtmlSafe for Shown<'_> {}

impl PageMessage {
    fn shown(&self) -> Shown<'_> {
        Shown(&self.html)
    }

    fn is_sure(&self) -> bool {
        self.record.grade == Grade::Confirmed
    }

    fn files(&self) -> impl Iterator<Item = (&FileRecord, &String)> {
        self.record.files.iter().zip(&self.paths)
    }

    /// Each emoji and how many chose it, in the order in which they came up.
    fn reactions(&self) -> Vec<(&str, usize)> {
        let mut counted: Vec<(&str, usize)> = Vec::new();
        for reaction in &self.record.reactions {
            match counted.iter_mut().find(|(emoji, _)| *emoji == reaction.emoji) {
                Some((_, count)) => *count += 1,
                None => counted.push((&reaction.emoji, 1)),
            }
        }
        counted
    }
}

impl FileRecord {
    /// Whether a page shows it: what no browser runs anything of.
    fn is_picture(&self) -> bool {
        matches!(self.media_type.as_str(), "image/png" | "image/jpeg" | "image/gif" | "image/webp")
    }
}

/// A path as a link: names are in any script and may hold any sign.
fn coded(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'/');
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
