//! How many marks each choice of a facet would leave. A facet's own choice is not counted with, the other ones are.

use sqlx::FromRow;

use super::{ACTIONS, Place, Wanted, rows, state};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::mark::Content;
use crate::domain::mark_query::{Facet, TaskState};
use crate::domain::tag::{Colour, TagKind, TagLabel};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx};

/// A tag, by the name under which all groups have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCount {
    pub folded: String,
    pub label: TagLabel,
    pub count: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicCount {
    pub folded: String,
    /// As it is written somewhere; empty for no topic.
    pub topic: String,
    pub count: i64,
}

/// So many topics, people and groups are counted, those that have the most marks.
const MOST: i64 = 30;

/// By what they are on; none for what nothing is on. One statement.
pub async fn contents(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<(Content, i64)>> {
    let wanted = wanted.without(Facet::Content);
    let text = format!("SELECT k.content, count(*) {} GROUP BY k.content", wanted.text());
    rows(tx, text, &wanted, Place::default()).await
}

/// By tag, in the order of their names; those of all groups by the same name are one. One statement.
pub async fn tags(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<TagCount>> {
    #[derive(FromRow)]
    struct Row {
        kind: Option<TagKind>,
        name: String,
        folded: String,
        colour: Colour,
        count: i64,
    }
    let wanted = wanted.without(Facet::Tag);
    let text = format!(
        "SELECT t.kind, t.name, t.folded, t.colour, c.count
         FROM (SELECT k.tag_id, count(*) AS count {} GROUP BY k.tag_id) c JOIN tags t ON t.id = c.tag_id
         ORDER BY t.folded, t.id",
        wanted.text()
    );
    let mut all: Vec<TagCount> = Vec::new();
    for row in rows::<Row>(tx, text, &wanted, Place::default()).await? {
        match all.last_mut().filter(|last| last.folded == row.folded) {
            Some(last) => last.count += row.count,
            None => all.push(TagCount {
                folded: row.folded,
                label: TagLabel { kind: row.kind, name: row.name, colour: row.colour },
                count: row.count,
            }),
        }
    }
    Ok(all)
}

/// By topic, those with the most marks first. One statement.
pub async fn topics(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<TopicCount>> {
    let wanted = wanted.without(Facet::Topic);
    let text = format!(
        "SELECT k.topic_folded, max(k.topic), count(*) {} GROUP BY k.topic_folded
         ORDER BY count(*) DESC, k.topic_folded LIMIT $8",
        wanted.text()
    );
    let place = Place { limit: MOST, ..Place::default() };
    let rows: Vec<(String, String, i64)> = rows(tx, text, &wanted, place).await?;
    Ok(rows.into_iter().map(|(folded, topic, count)| TopicCount { folded, topic, count }).collect())
}

/// By who made them, those with the most marks first. One statement.
pub async fn markers(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<(PersonId, String, i64)>> {
    let wanted = wanted.without(Facet::Marker);
    let text = format!(
        "SELECT p.id, p.full_name, c.count
         FROM (SELECT k.marked_by, count(*) AS count {} GROUP BY k.marked_by) c JOIN persons p ON p.id = c.marked_by
         ORDER BY c.count DESC, p.id LIMIT $8",
        wanted.text()
    );
    rows(tx, text, &wanted, Place { limit: MOST, ..Place::default() }).await
}

/// By whose task it is, those with the most first; none for what nobody is to do. One statement.
pub async fn assignees(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<(PersonId, String, i64)>> {
    let wanted = wanted.without(Facet::Assignee);
    let text = format!(
        "SELECT p.id, p.full_name, c.count
         FROM (SELECT k.assignee_id, count(*) AS count {} AND k.assignee_id IS NOT NULL GROUP BY k.assignee_id) c
         JOIN persons p ON p.id = c.assignee_id
         ORDER BY c.count DESC, p.id LIMIT $8",
        wanted.text()
    );
    rows(tx, text, &wanted, Place { limit: MOST, ..Place::default() }).await
}

/// By group with its topic, those with the most marks first. One statement.
pub async fn groups(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<(GroupId, String, i64)>> {
    let text = format!(
        "SELECT g.id, g.topic, c.count
         FROM (SELECT k.group_id, count(*) AS count {} GROUP BY k.group_id) c JOIN groups g ON g.id = c.group_id
         ORDER BY c.count DESC, g.id LIMIT $8",
        wanted.text()
    );
    rows(tx, text, wanted, Place { limit: MOST, ..Place::default() }).await
}

/// How many actions are in each state, in the order of [`TaskState::ALL`]. One statement.
pub async fn tasks(tx: &mut Tx, wanted: &Wanted) -> Result<[i64; 4]> {
    let wanted = wanted.without(Facet::Task);
    let sums = TaskState::ALL
        .map(|task| format!("CAST(coalesce(sum(CASE WHEN {} THEN 1 ELSE 0 END), 0) AS BIGINT)", state(task)));
    let text = format!("SELECT {} {} AND {ACTIONS}", sums.join(", "), wanted.text());
    let rows: Vec<(i64, i64, i64, i64)> = rows(tx, text, &wanted, Place::default()).await?;
    Ok(rows.first().map_or([0; 4], |&(open, mine, overdue, done)| [open, mine, overdue, done]))
}

/// How many lie in each of these stretches of time. One statement.
pub async fn periods(tx: &mut Tx, wanted: &Wanted, times: &[(Timestamp, Timestamp)]) -> Result<Vec<i64>> {
    if times.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = wanted.without(Facet::Period);
    let first = wanted.next_place();
    let one = |n: usize| {
        let from = first + 2 * n;
        format!("SELECT CAST({n} AS BIGINT), count(*) {}", wanted.text_between(from, from + 1))
    };
    let text = (0..times.len()).map(one).collect::<Vec<_>>().join(" UNION ALL ");
    let numbers: Vec<i64> =
        times.iter().flat_map(|(from, before)| [from.millis(), before.millis()]).collect();
    let place = Place { numbers: &numbers, ..Place::default() };
    let found: Vec<(i64, i64)> = rows(tx, text, &wanted, place).await?;
    let of = |n: usize| {
        found.iter().find(|(place, _)| usize::try_from(*place) == Ok(n)).map_or(0, |(_, count)| *count)
    };
    Ok((0..times.len()).map(of).collect())
}
