//! Marks as their readers list them: narrowed, under headings, and counted.

mod counts;

pub use counts::{TagCount, TopicCount, assignees, contents, groups, markers, periods, tags, tasks, topics};

use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::marks::{self, MarkRow};
use super::sql::{built, places};
use super::tags as tag_table;
use super::tx::on;
use super::{Result, Tx};
use crate::domain::day::Day;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::mark::{Mark, Said};
use crate::domain::mark_query::{Facet, Grouping, Key, MarkQuery, TaskState};
use crate::domain::message::{Author, Grade};
use crate::domain::safe_html::SafeHtml;
use crate::domain::time::Timestamp;

/// Whose marks are listed, and which of them.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Who looks: only marks of messages that they may see.
    pub person: PersonId,
    /// In all their groups if `None`.
    pub group: Option<GroupId>,
    pub query: MarkQuery,
    /// The query's period: from a time on, and before another.
    pub times: (Timestamp, Timestamp),
    /// What is due before this day is overdue.
    pub today: Day,
}

/// A mark with what its reader needs besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub mark: Mark,
    /// What its content said when it was marked.
    pub said: Said,
    /// The topic of its group.
    pub group: String,
    pub author: Author,
    pub posted_at: Timestamp,
    /// What the message says now, if it was edited since it was marked.
    pub now: Option<SafeHtml>,
    pub key: Key,
}

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    mark: MarkRow,
    said: String,
    said_html: SafeHtml,
    group_topic: String,
    author_id: Option<PersonId>,
    author_name: String,
    grade: Grade,
    posted_at: Timestamp,
    now_html: Option<SafeHtml>,
    section: String,
}

impl From<ListedRow> for Listed {
    fn from(row: ListedRow) -> Self {
        let mark = Mark::from(row.mark);
        Self {
            said: Said { text: row.said, html: row.said_html },
            group: row.group_topic,
            author: Author { person_id: row.author_id, name: row.author_name, grade: row.grade, photo: None },
            posted_at: row.posted_at,
            now: row.now_html,
            key: Key { section: row.section, at: mark.marked_at, id: mark.id },
            mark,
        }
    }
}

/// Up to `limit` marks, under the query's headings the newest first, after a place. One statement.
///
/// The few that are shown are chosen by what stands in the index alone; only they are read whole.
pub async fn list(tx: &mut Tx, wanted: &Wanted, after: Option<&Key>, limit: i64) -> Result<Vec<Listed>> {
    let section = section(wanted.query.grouping);
    let text = format!(
        "SELECT {}, {}, k.said, k.said_html, g.topic AS group_topic, s.author_id, s.author_name, s.grade, s.posted_at,
                CASE WHEN s.edits > k.edits THEN s.html END AS now_html, c.section
         FROM (SELECT k.id, {section} AS section {} {} ORDER BY section, k.marked_at DESC, k.id DESC LIMIT $8) c
         JOIN marks k ON k.id = c.id JOIN tags t ON t.id = k.tag_id
         JOIN messages s ON s.id = k.message_id JOIN groups g ON g.id = k.group_id
         ORDER BY c.section, k.marked_at DESC, k.id DESC",
        marks::COLUMNS,
        tag_table::COLUMNS,
        wanted.text(),
        if after.is_some() { after_key(section) } else { String::new() },
    );
    let place = Place { limit, after, numbers: &[] };
    let rows: Vec<ListedRow> = rows(tx, text, wanted, place).await?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

/// What sorts the headings; the days of a reader's calendar are the order of the marks themselves.
fn section(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::Day | Grouping::Week | Grouping::Month => "''",
        Grouping::Content => {
            "CASE k.content WHEN 'text' THEN '0' WHEN 'link' THEN '1' WHEN 'picture' THEN '2' ELSE '3' END"
        }
        // What is about nothing comes last.
        Grouping::Topic => "CASE k.topic_folded WHEN '' THEN '1' ELSE '0' || k.topic_folded END",
        Grouping::Tag => {
            "(SELECT CASE t.kind WHEN 'decision' THEN '0' WHEN 'action' THEN '1' WHEN 'question' THEN '2'
                WHEN 'answer' THEN '3' WHEN 'fact' THEN '4' WHEN 'risk' THEN '5' WHEN 'idea' THEN '6' ELSE '7' || t.folded
             END FROM tags t WHERE t.id = k.tag_id)"
        }
    }
}

fn after_key(section: &str) -> String {
    let later = "(k.marked_at, k.id) < ($10, $11)";
    if section == "''" {
        return format!("AND {later}");
    }
    format!("AND ({section} > $9 OR ({section} = $9 AND {later}))")
}

/// The placeholders that every statement has; those of tags and numbers follow.
const FIXED: usize = 12;

/// What a statement needs besides what is wanted.
#[derive(Clone, Copy, Default)]
struct Place<'a> {
    limit: i64,
    after: Option<&'a Key>,
    numbers: &'a [i64],
}

/// Rows of a statement that names its placeholders as [`Wanted::text`] does. The plan is made for these values: how
/// many marks are left differs too much.
async fn rows<R>(tx: &mut Tx, text: String, wanted: &Wanted, place: Place<'_>) -> Result<Vec<R>>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let is_postgres = tx.is_postgres();
    let key = place.after;
    Ok(on!(tx, conn => {
        let query = sqlx::query_as(built(text))
            .persistent(!is_postgres)
            .bind(wanted.person)
            .bind(wanted.group)
            .bind(wanted.times.0)
            .bind(wanted.times.1)
            .bind(wanted.query.by)
            .bind(&wanted.query.topic)
            .bind(wanted.today)
            .bind(place.limit)
            .bind(key.map_or("", |key| &key.section))
            .bind(key.map(|key| key.at))
            .bind(key.map(|key| key.id))
            .bind(wanted.query.assignee);
        let query = wanted.query.tags.iter().fold(query, |query, tag| query.bind(tag));
        place.numbers.iter().fold(query, |query, number| query.bind(*number)).fetch_all(conn).await
    })?)
}

impl Wanted {
    /// The same in which one facet asks for nothing.
    fn without(&self, facet: Facet) -> Self {
        let mut rest = Self { query: self.query.without(facet), ..self.clone() };
        if facet == Facet::Period {
            rest.times = (Timestamp::from_millis(i64::MIN), Timestamp::from_millis(i64::MAX));
        }
        rest
    }

    /// From where on, and under which conditions; a mark is called `k`. $1 is the person, $2 the group, $3 and $4 the
    /// times, $5 the marker, $6 the topic, $7 today, $12 the assignee; the tags come after the other fixed ones.
    fn text(&self) -> String {
        self.text_between(3, 4)
    }

    fn text_between(&self, from: usize, before: usize) -> String {
        let MarkQuery { contents, tags, topic, by, task, assignee, .. } = &self.query;
        let mut text = format!(
            "FROM members r JOIN marks k ON k.group_id = r.group_id AND k.seq >= r.first_seq
             WHERE r.person_id = $1 AND k.marked_at >= ${from} AND k.marked_at < ${before}"
        );
        let mut and = |condition: &str| {
            text.push_str(" AND ");
            text.push_str(condition);
        };
        if self.group.is_some() {
            and("r.group_id = $2");
        }
        if !contents.is_empty() {
            let names: Vec<String> = contents.iter().map(|content| format!("'{}'", content.name())).collect();
            and(&format!("k.content IN ({})", names.join(", ")));
        }
        if !tags.is_empty() {
            let places = places(FIXED + 1, tags.len());
            and(&format!("k.tag_id IN (SELECT t.id FROM tags t WHERE t.folded IN ({places}))"));
        }
        if topic.is_some() {
            and("k.topic_folded = $6");
        }
        if by.is_some() {
            and("k.marked_by = $5");
        }
        if assignee.is_some() {
            and("k.assignee_id = $12");
        }
        if let Some(task) = task {
            and(ACTIONS);
            and(state(*task));
        }
        text
    }

    /// The first placeholder after all others.
    fn next_place(&self) -> usize {
        FIXED + self.query.tags.len() + 1
    }
}

const ACTIONS: &str = "k.tag_id IN (SELECT t.id FROM tags t WHERE t.kind = 'action')";

fn state(task: TaskState) -> &'static str {
    match task {
        TaskState::Open => "k.done_at IS NULL",
        TaskState::Mine => "k.done_at IS NULL AND k.assignee_id = $1",
        TaskState::Overdue => "k.done_at IS NULL AND k.due_on < $7",
        TaskState::Done => "k.done_at IS NOT NULL",
    }
}
