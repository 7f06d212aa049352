//! The marks under their headings.

use super::facets::content_key;
use crate::actions::mark_lists::{Listed, MarkPage};
use crate::domain::file::File;
use crate::domain::mark::Piece;
use crate::domain::mark_query::Grouping;
use crate::domain::period::Period;
use crate::domain::tag::TagKind;
use crate::texts::Texts;
use crate::web::{calendar, messages};

/// Marks under one heading.
#[derive(Debug)]
pub struct Section {
    pub heading: String,
    /// The colour of a heading that is a tag.
    pub colour: Option<&'static str>,
    pub rows: Vec<Row>,
}

/// A mark with what its line needs.
#[derive(Debug)]
pub struct Row {
    pub listed: Listed,
    pub file: Option<File>,
    pub tag: String,
    /// When it is due, in words.
    pub due: Option<String>,
    pub is_overdue: bool,
}

/// The marks of a page, taken out of it.
pub fn sections(t: Texts, page: &mut MarkPage) -> Vec<Section> {
    let mut sections: Vec<(String, Section)> = Vec::new();
    for listed in std::mem::take(&mut page.marks) {
        let (sign, heading, colour) = heading(t, page, &listed);
        if sections.last().is_none_or(|(last, _)| *last != sign) {
            sections.push((sign, Section { heading, colour, rows: Vec::new() }));
        }
        let file = match listed.mark.piece {
            Piece::File(id) => page.files.get(&id).cloned(),
            _ => None,
        };
        let task = &listed.mark.task;
        let row = Row {
            tag: t.tag(&listed.mark.tag.label),
            due: task.due_on.map(|day| calendar::date(t, day.date())),
            is_overdue: task.done.is_none() && task.due_on.is_some_and(|day| day.date() < page.today),
            file,
            listed,
        };
        if let Some((_, section)) = sections.last_mut() {
            section.rows.push(row);
        }
    }
    sections.into_iter().map(|(_, section)| section).collect()
}

/// What tells headings apart, the heading in words, and its colour.
fn heading(t: Texts, page: &MarkPage, listed: &Listed) -> (String, String, Option<&'static str>) {
    let day = page.zone.date(listed.mark.marked_at);
    let of = |period: Period| (period.to_string(), calendar::period(t, period), None);
    match page.query.grouping {
        Grouping::Day => of(Period::Day(day)),
        Grouping::Week => of(Period::week_of(day)),
        Grouping::Month => of(Period::month_of(day)),
        Grouping::Content => {
            (listed.key.section.clone(), t.get(content_key(listed.mark.content)).into_owned(), None)
        }
        Grouping::Topic if listed.mark.topic.is_empty() => {
            (listed.key.section.clone(), t.get("marks-no-topic").into_owned(), None)
        }
        Grouping::Topic => (listed.key.section.clone(), listed.mark.topic.clone(), None),
        Grouping::Tag => {
            let label = &listed.mark.tag.label;
            (listed.key.section.clone(), t.tag(label), Some(label.colour.name()))
        }
    }
}

impl Row {
    pub fn is_action(&self) -> bool {
        self.listed.mark.tag.label.kind == Some(TagKind::Action)
    }

    pub fn is_done(&self) -> bool {
        self.listed.mark.task.done.is_some()
    }

    /// Its message, where it stands.
    pub fn place(&self) -> String {
        messages::link_to(self.listed.mark.place)
    }

    /// The mark by itself: what is due, by whom, what it is about, and taking it back.
    pub fn path(&self) -> String {
        format!("/groups/{}/marks/{}", self.listed.mark.group(), self.listed.mark.id)
    }

    /// Whether the words of a link are its address.
    pub fn says_address(&self) -> bool {
        self.link().is_some_and(|url| {
            url.trim_end_matches('/').ends_with(self.listed.said.text.trim_end_matches('/'))
        })
    }

    /// A link that browsers may follow.
    pub fn link(&self) -> Option<&str> {
        match &self.listed.mark.piece {
            Piece::Link(url)
                if ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme)) =>
            {
                Some(url)
            }
            _ => None,
        }
    }
}
