//! Marks as people look at them: those of a group, or of all groups somebody is in, narrowed, under headings, and with
//! how many there are of each.

use std::collections::HashMap;

use chrono::{Months, NaiveDate};

use super::{Actions, Result, access};
use crate::domain::file::File;
use crate::domain::group::Group;
use crate::domain::ids::{FileId, GroupId, PersonId};
use crate::domain::mark::{Content, Piece};
use crate::domain::mark_query::{Key, MarkQuery, TaskState};
use crate::domain::period::Period;
use crate::domain::person::Viewer;
use crate::domain::saved_view::SavedView;
use crate::domain::zone::Zone;
use crate::store::mark_lists::{self as lists, Wanted};
use crate::store::{self, Tx};

pub use crate::store::mark_lists::{Listed, TagCount, TopicCount};

/// What somebody wants to see.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// In all groups if `None`.
    pub group: Option<GroupId>,
    pub query: MarkQuery,
    /// Whose days count; the zone that the account knows if `None`.
    pub zone: Option<Zone>,
    /// Where the last page ended.
    pub after: Option<Key>,
    /// As many as go on one page, instead of a page to look through.
    pub is_long: bool,
}

/// A page of marks.
#[derive(Clone, Debug)]
pub struct MarkPage {
    pub group: Option<Group>,
    pub query: MarkQuery,
    pub zone: Zone,
    /// The day it is for the reader.
    pub today: NaiveDate,
    pub marks: Vec<Listed>,
    /// The files that are marked, or that a marked message came with.
    pub files: HashMap<FileId, File>,
    /// Where the next page begins, if there is one.
    pub next: Option<Key>,
    pub counts: Counts,
    pub views: Vec<SavedView>,
}

/// How many marks there are, and how many each choice of a facet would leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Of the query itself.
    pub total: i64,
    /// Today, this week, this month, and the months before it that have some.
    pub periods: Vec<(Period, i64)>,
    pub contents: Vec<(Content, i64)>,
    pub tags: Vec<TagCount>,
    pub topics: Vec<TopicCount>,
    pub markers: Vec<(PersonId, String, i64)>,
    pub tasks: Vec<(TaskState, i64)>,
    /// Whose tasks the actions are.
    pub assignees: Vec<(PersonId, String, i64)>,
    /// With their topics; none on the page of one group.
    pub groups: Vec<(GroupId, String, i64)>,
}

/// How many marks a page has.
const PAGE: i64 = 100;
/// How many one to print has: as many as one share takes.
const LONG_PAGE: i64 = 500;
/// So many months are counted, this one included.
const MONTHS: u32 = 12;

impl Actions {
    /// Marks that this person may see, with counts; fourteen statements at most.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when this person is no member of the group they named.
    pub async fn list_marks(&self, viewer: &Viewer, asked: Asked) -> Result<MarkPage> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let group = match asked.group {
            Some(id) => Some(access::group(&mut tx, viewer.person_id, id).await?.0),
            None => None,
        };
        let zone = match asked.zone {
            Some(zone) => zone,
            None => store::notices::settings(&mut tx, viewer.person_id).await?.zone.unwrap_or(Zone::UTC),
        };
        let today = zone.date(now);
        let wanted = Wanted {
            person: viewer.person_id,
            group: asked.group,
            times: asked.query.period.times(zone, now),
            query: asked.query,
            today: today.into(),
        };
        let limit = if asked.is_long { LONG_PAGE } else { PAGE };
        let mut marks = lists::list(&mut tx, &wanted, asked.after.as_ref(), limit + 1).await?;
        let goes_on = marks.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        if goes_on {
            marks.pop();
        }
        Ok(MarkPage {
            next: marks.last().filter(|_| goes_on).map(|last| last.key.clone()),
            files: files_of(&mut tx, &marks).await?,
            counts: count(&mut tx, &wanted, zone, today).await?,
            views: store::saved_views::list(&mut tx, viewer.person_id, asked.group).await?,
            group,
            query: wanted.query,
            zone,
            today,
            marks,
        })
    }
}

async fn files_of(tx: &mut Tx, marks: &[Listed]) -> Result<HashMap<FileId, File>> {
    let with_file = marks.iter().filter(|listed| matches!(listed.mark.piece, Piece::File(_)));
    let mut messages: Vec<_> = with_file.map(|listed| listed.mark.message_id).collect();
    messages.sort_unstable();
    messages.dedup();
    let files = store::files::list_of_messages(tx, &messages).await?;
    Ok(files.into_iter().map(|(_, file)| (file.id, file)).collect())
}

async fn count(tx: &mut Tx, wanted: &Wanted, zone: Zone, today: NaiveDate) -> Result<Counts> {
    let now = zone.begin(today);
    let periods = periods(today);
    let times: Vec<_> = periods.iter().map(|period| period.times(zone, now)).collect();
    let counted = lists::periods(tx, wanted, &times).await?;
    let contents = lists::contents(tx, wanted).await?;
    let chosen = &wanted.query.contents;
    let is_chosen = |content: &Content| chosen.is_empty() || chosen.contains(content);
    Ok(Counts {
        total: contents.iter().filter(|(content, _)| is_chosen(content)).map(|(_, count)| count).sum(),
        periods: periods.into_iter().zip(counted).filter(|(_, count)| *count > 0).collect(),
        contents,
        tags: lists::tags(tx, wanted).await?,
        topics: lists::topics(tx, wanted).await?,
        markers: lists::markers(tx, wanted).await?,
        tasks: TaskState::ALL.into_iter().zip(lists::tasks(tx, wanted).await?).collect(),
        assignees: lists::assignees(tx, wanted).await?,
        groups: if wanted.group.is_some() { Vec::new() } else { lists::groups(tx, wanted).await? },
    })
}

/// The stretches of time that are offered.
fn periods(today: NaiveDate) -> Vec<Period> {
    let before = |months| today.checked_sub_months(Months::new(months)).map(Period::month_of);
    let moving = [Period::Today, Period::ThisWeek, Period::ThisMonth];
    moving.into_iter().chain((1..MONTHS).filter_map(before)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_months_of_a_year_are_offered() {
        let periods = periods(NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
        let written: Vec<String> = periods.iter().map(ToString::to_string).collect();
        assert_eq!(written[..5], ["today", "this-week", "this-month", "2026-02", "2026-01"]);
        assert_eq!((written.len(), written[13].as_str()), (14, "2025-04"));
    }
}
