//! From the tags and marks of an export to rows of ours. What they say is limited as if somebody marked it here, and
//! shown only as we render it.

use std::collections::HashMap;

use super::Here;
use super::people::name_of;
use super::records::{body_of, without_null};
use crate::actions::marks::{LONGEST_PASSAGE, is_action};
use crate::actions::tags::MOST_OWN;
use crate::clock::Clock;
use crate::domain::file::File;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::mark::{Content, Done, Mark, Passage, Piece, Said, Somebody, Task};
use crate::domain::message::{Body, Message};
use crate::domain::passage::PlainText;
use crate::domain::safe_html::SafeHtml;
use crate::domain::tag::{Tag, TagName};
use crate::domain::topic::Topic;
use crate::mail::export::mark_record::{MarkRecord, PieceRecord, SomebodyRecord, TagRecord};
use crate::mail::export::record::MessageRecord;
use crate::mail::mentions::Names;
use crate::mail::sanitize::render_mail_text;
use crate::mail::shown;
use crate::store::marks::New;

/// Marks of one message: tags that authors write into it come on top of what members may give.
const MOST: usize = 1_000;
/// The words of a link that are kept, in characters.
const LONGEST_WORDS: usize = LONGEST_PASSAGE;
/// The words around a passage that are kept, in characters.
const AROUND: usize = 32;

/// The tags of a group by the names that it knows them by.
pub(super) type Tags = HashMap<String, Tag>;

/// Whether a group can have these tags.
pub(super) fn are_tags(records: &[TagRecord]) -> bool {
    let mut names: Vec<String> = Vec::new();
    let mut own = 0;
    for record in records {
        let Some(name) = record.tag_name() else { return false };
        own += usize::from(matches!(name, TagName::Own(_)));
        let folded = name.folded();
        if own > MOST_OWN || names.contains(&folded) {
            return false;
        }
        names.push(folded);
    }
    true
}

/// Whether a message can have its marks: what they name is there, and they are not too many or too long.
pub(super) fn are_marks(message: &MessageRecord, tags: &[TagRecord]) -> bool {
    let says_something = message.notice.is_none() && message.removed.is_none();
    let is_good = |mark: &MarkRecord| {
        let name = mark.tag_name();
        let piece = match &mark.piece {
            PieceRecord::Message | PieceRecord::Link { .. } => true,
            PieceRecord::Passage(passage) => passage.quote.chars().count() <= LONGEST_PASSAGE,
            PieceRecord::File { number } => (1..=message.files.len()).contains(number),
        };
        let said = usize::try_from(mark.edits).is_ok_and(|edits| edits <= message.versions.len());
        name.is_some() && tags.iter().any(|tag| tag.tag_name() == name) && piece && said
    };
    message.marks.len() <= MOST
        && (says_something || message.marks.is_empty())
        && message.marks.iter().all(is_good)
}

/// The tags as rows of a group.
pub(super) fn tags(records: &[TagRecord], group: GroupId, here: &Here, clock: &Clock) -> Tags {
    let tag = |record: &TagRecord| {
        let label = record.label();
        let by = record.by.and_then(|by| here.get(&by)).copied();
        let created_by = by.filter(|_| label.kind.is_none());
        let tag = Tag { id: clock.new_id(), group_id: group, label, created_by, created_at: record.at };
        Some((record.tag_name()?.folded(), tag))
    };
    records.iter().filter_map(tag).collect()
}

/// A message that was marked, as it will be here.
pub(super) struct Marked<'a> {
    pub message: &'a Message,
    /// What it said from the first text on, and says now.
    pub bodies: &'a [Body],
    /// Its files by their numbers in the export; `None` for those whose contents were lost.
    pub files: &'a [Option<File>],
    pub tags: &'a Tags,
    pub here: &'a Here,
}

impl Marked<'_> {
    /// The marks that have something to stand on: a link must be in the message, a file must have come along.
    pub fn marks(&self, records: Vec<MarkRecord>) -> Vec<New> {
        let plain = PlainText::new(&shown::text(&self.message.body.html));
        records.into_iter().filter_map(|record| self.mark(record, &plain)).collect()
    }

    fn mark(&self, record: MarkRecord, plain: &PlainText) -> Option<New> {
        let tag = self.tags.get(&record.tag_name()?.folded())?.clone();
        let then = self.bodies.get(usize::try_from(record.edits).ok()?)?;
        let (piece, content, said) = self.piece(&record, plain, then)?;
        let task = if is_action(&tag) { self.task(&record) } else { Task::default() };
        let mark = Mark {
            id: record.id,
            message_id: self.message.id,
            place: self.message.place(),
            tag,
            piece,
            content,
            topic: Topic::from_subject(&record.topic).map_or(String::new(), |t| t.as_str().to_owned()),
            source: record.source,
            marked_by: self.somebody(&record.by),
            marked_at: record.at,
            task,
            edits: record.edits,
        };
        Some((mark, said))
    }

    fn piece(&self, record: &MarkRecord, plain: &PlainText, then: &Body) -> Option<(Piece, Content, Said)> {
        let told = record.said.clone().map(without_null);
        match &record.piece {
            PieceRecord::Message => Some((Piece::Message, record.content, self.message_said(told, then))),
            PieceRecord::Passage(passage) => {
                let passage = anchored(passage, plain);
                let said = in_words(told.unwrap_or_else(|| passage.quote.clone()));
                Some((Piece::Passage(passage), Content::Text, said))
            }
            PieceRecord::File { number } => {
                let file = self.files.get(number.checked_sub(1)?)?.as_ref()?;
                let content = match file.media_type.starts_with("image/") {
                    true => Content::Picture,
                    false => Content::Attachment,
                };
                let said = Said { text: file.name.to_string(), html: SafeHtml::default() };
                Some((Piece::File(file.id), content, said))
            }
            PieceRecord::Link { url } => {
                let is_there = |body: &Body| shown::links(&body.html).iter().any(|link| link.url == *url);
                let found = is_there(then) || self.bodies.iter().any(is_there);
                let said = in_words(told.unwrap_or_else(|| url.clone()));
                found.then(|| (Piece::Link(url.clone()), Content::Link, said))
            }
        }
    }

    /// What all of the message said then; one of files alone, their names.
    fn message_said(&self, told: Option<String>, then: &Body) -> Said {
        match told {
            Some(text) => {
                let Body { markdown, html } = body_of(self.message.source, text, &Names::default());
                Said { text: markdown, html }
            }
            None if then.markdown.trim().is_empty() => {
                Said { text: self.message.file_names(), html: SafeHtml::default() }
            }
            None => Said { text: then.markdown.clone(), html: then.html.clone() },
        }
    }

    fn task(&self, record: &MarkRecord) -> Task {
        Task {
            assignee: record.assignee.as_ref().map(|somebody| self.somebody(somebody)),
            due_on: record.due.as_ref().and_then(|day| day.parse().ok()),
            done: record.done.as_ref().map(|done| Done { by: self.somebody(&done.by), at: done.at }),
        }
    }

    fn somebody(&self, record: &SomebodyRecord) -> Somebody {
        let here = |id: PersonId| self.here.get(&id).copied();
        Somebody { id: record.id.and_then(here), name: name_of(&record.name) }
    }
}

/// The passage where it stands in the text now. One that an edit had taken out stays lost.
fn anchored(record: &Passage, plain: &PlainText) -> Passage {
    let around = |text: &str| without_null(text.chars().take(AROUND).collect());
    let passage = Passage {
        quote: without_null(record.quote.clone()),
        before: around(&record.before),
        after: around(&record.after),
        start: record.start,
    };
    let lost = Passage { start: None, ..passage.clone() };
    record.start.and_then(|_| plain.anchor(&passage)).unwrap_or(lost)
}

fn in_words(text: String) -> Said {
    let text: String = text.chars().take(LONGEST_WORDS).collect();
    Said { html: render_mail_text(&text), text }
}
