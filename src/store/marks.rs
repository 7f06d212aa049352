//! The table of marks.

use sqlx::FromRow;

use super::sql::{built, places, tuples};
use super::tags::{self, TagRow};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::day::Day;
use crate::domain::ids::{FileId, GroupId, MarkId, MessageId, PersonId, TagId};
use crate::domain::mark::{Content, Done, Mark, MarkSource, Passage, Piece, Said, Somebody, Task, What};
use crate::domain::message::MessagePlace;
use crate::domain::safe_html::SafeHtml;
use crate::domain::search::fold;
use crate::domain::time::Timestamp;

/// A mark, which is called `k`, with its tag `t`; without what its content said.
#[derive(FromRow)]
pub(super) struct MarkRow {
    id: MarkId,
    group_id: GroupId,
    message_id: MessageId,
    seq: i64,
    #[sqlx(flatten)]
    tag: TagRow,
    what: What,
    content: Content,
    file_id: Option<FileId>,
    url: String,
    quote: String,
    before: String,
    after: String,
    start: Option<i64>,
    edits: i64,
    topic: String,
    source: MarkSource,
    marked_by: Option<PersonId>,
    marker_name: String,
    marked_at: Timestamp,
    assignee_id: Option<PersonId>,
    assignee_name: String,
    due_on: Option<Day>,
    done_by: Option<PersonId>,
    doer_name: String,
    done_at: Option<Timestamp>,
}

/// The columns of a [`MarkRow`] but those of its tag.
pub(super) const COLUMNS: &str = "k.id, k.group_id, k.message_id, k.seq, k.what, k.content, k.file_id, k.url, k.quote, \
     k.before, k.after, k.start, k.edits, k.topic, k.source, k.marked_by, k.marker_name, k.marked_at, k.assignee_id, \
     k.assignee_name, k.due_on, k.done_by, k.doer_name, k.done_at";

impl From<MarkRow> for Mark {
    fn from(row: MarkRow) -> Self {
        let piece = match (row.what, row.file_id) {
            (What::File, Some(file)) => Piece::File(file),
            (What::Link, _) => Piece::Link(row.url),
            (What::Passage, _) => Piece::Passage(Passage {
                quote: row.quote,
                before: row.before,
                after: row.after,
                start: row.start,
            }),
            (What::Message | What::File, _) => Piece::Message,
        };
        let somebody = |id, name: String| Somebody { id, name };
        Self {
            id: row.id,
            message_id: row.message_id,
            place: MessagePlace { group: row.group_id, seq: row.seq },
            tag: row.tag.into(),
            piece,
            content: row.content,
            topic: row.topic,
            source: row.source,
            marked_by: somebody(row.marked_by, row.marker_name),
            marked_at: row.marked_at,
            task: Task {
                assignee: row.assignee_id.map(|id| somebody(Some(id), row.assignee_name)),
                due_on: row.due_on,
                done: row.done_at.map(|at| Done { by: somebody(row.done_by, row.doer_name), at }),
            },
            edits: row.edits,
        }
    }
}

/// A new mark, and what its content says.
pub type New = (Mark, Said);

/// How many columns a new mark has.
const WIDTH: usize = 29;

/// Adds marks. A piece that has the tag already gets none. How many are new. One statement.
pub async fn insert(tx: &mut Tx, marks: &[New]) -> Result<u64> {
    if marks.is_empty() {
        return Ok(0);
    }
    let text = format!(
        "INSERT INTO marks (id, group_id, message_id, seq, tag_id, target, what, content, file_id, url, quote, before,
            after, start, said, said_html, edits, topic, topic_folded, source, marked_by, marker_name, marked_at,
            assignee_id, assignee_name, due_on, done_by, doer_name, done_at) VALUES {}
         ON CONFLICT (message_id, tag_id, target) DO NOTHING",
        tuples(marks.len(), WIDTH)
    );
    let nothing = Passage::default();
    Ok(on!(tx, conn => marks.iter().fold(sqlx::query(built(text)), |q, (mark, said)| {
        let passage = mark.piece.passage().unwrap_or(&nothing);
        q.bind(mark.id)
            .bind(mark.place.group)
            .bind(mark.message_id)
            .bind(mark.place.seq)
            .bind(mark.tag.id)
            .bind(mark.piece.target(mark.id))
            .bind(mark.piece.what())
            .bind(mark.content)
            .bind(file_of(&mark.piece))
            .bind(url_of(&mark.piece))
            .bind(&passage.quote)
            .bind(&passage.before)
            .bind(&passage.after)
            .bind(passage.start)
            .bind(&said.text)
            .bind(&said.html)
            .bind(mark.edits)
            .bind(&mark.topic)
            .bind(fold(&mark.topic))
            .bind(mark.source)
            .bind(mark.marked_by.id)
            .bind(&mark.marked_by.name)
            .bind(mark.marked_at)
            .bind(mark.task.assignee.as_ref().and_then(|somebody| somebody.id))
            .bind(mark.task.assignee.as_ref().map_or("", |somebody| &somebody.name))
            .bind(mark.task.due_on)
            .bind(mark.task.done.as_ref().and_then(|done| done.by.id))
            .bind(mark.task.done.as_ref().map_or("", |done| &done.by.name))
            .bind(mark.task.done.as_ref().map(|done| done.at))
    })
    .execute(conn)
    .await.map(affected))?)
}

fn file_of(piece: &Piece) -> Option<FileId> {
    match piece {
        Piece::File(file) => Some(*file),
        _ => None,
    }
}

fn url_of(piece: &Piece) -> &str {
    match piece {
        Piece::Link(url) => url,
        _ => "",
    }
}

/// A mark of a group.
pub async fn find(tx: &mut Tx, group: GroupId, id: MarkId) -> Result<Option<Mark>> {
    let text = format!(
        "SELECT {COLUMNS}, {} FROM marks k JOIN tags t ON t.id = k.tag_id WHERE k.group_id = $1 AND k.id = $2",
        tags::COLUMNS
    );
    let row: Option<MarkRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(group).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Mark::from))
}

/// The marks of some messages, those of one message together and in the order in which they were made. One statement.
pub async fn list_of_messages(tx: &mut Tx, messages: &[MessageId]) -> Result<Vec<Mark>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT {COLUMNS}, {} FROM marks k JOIN tags t ON t.id = k.tag_id WHERE k.message_id IN ({})
         ORDER BY k.message_id, k.marked_at, k.id",
        tags::COLUMNS,
        places(1, messages.len())
    );
    let rows: Vec<MarkRow> = on!(tx, conn => messages.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Mark::from).collect())
}

/// What the content of a mark said when it was marked.
pub async fn find_said(tx: &mut Tx, id: MarkId) -> Result<Option<Said>> {
    let row: Option<(String, SafeHtml)> = on!(tx, conn => sqlx::query_as(
        "SELECT said, said_html FROM marks WHERE id = $1").bind(id).fetch_optional(conn).await)?;
    Ok(row.map(|(text, html)| Said { text, html }))
}

/// Whether it was there.
pub async fn delete(tx: &mut Tx, id: MarkId) -> Result<bool> {
    let deleted = on!(tx, conn => sqlx::query("DELETE FROM marks WHERE id = $1")
        .bind(id).execute(conn).await.map(affected))?;
    Ok(deleted > 0)
}

/// Takes all marks from a message.
pub async fn delete_of_message(tx: &mut Tx, message: MessageId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM marks WHERE message_id = $1")
        .bind(message).execute(conn).await.map(affected))?;
    Ok(())
}

pub async fn set_topic(tx: &mut Tx, id: MarkId, topic: &str) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE marks SET topic = $2, topic_folded = $3 WHERE id = $1")
        .bind(id).bind(topic).bind(fold(topic)).execute(conn).await.map(affected))?;
    Ok(())
}

/// Says anew who does an action, until when, and whether it is done.
pub async fn set_task(tx: &mut Tx, id: MarkId, task: &Task) -> Result<()> {
    let (assignee, done) = (task.assignee.as_ref(), task.done.as_ref());
    on!(tx, conn => sqlx::query(
        "UPDATE marks SET assignee_id = $2, assignee_name = $3, due_on = $4, done_by = $5, doer_name = $6, done_at = $7
         WHERE id = $1")
        .bind(id)
        .bind(assignee.and_then(|somebody| somebody.id))
        .bind(assignee.map_or("", |somebody| &somebody.name))
        .bind(task.due_on)
        .bind(done.and_then(|done| done.by.id))
        .bind(done.map_or("", |done| &done.by.name))
        .bind(done.map(|done| done.at))
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// Notes where passages stand after an edit of their message, or that they are lost. Two statements, none for none: the
/// places of two passages may have changed sides.
pub async fn move_passages(tx: &mut Tx, moved: &[Mark]) -> Result<()> {
    if moved.is_empty() {
        return Ok(());
    }
    let text = format!(
        "UPDATE marks SET target = v.column2, start = v.column3, quote = v.column4, before = v.column5, after = v.column6
         FROM (VALUES {}) AS v WHERE marks.id = v.column1",
        tuples(moved.len(), 6)
    );
    for is_on_the_way in [true, false] {
        on!(tx, conn => moved.iter().fold(sqlx::query(built(text.clone())), |q, mark| {
            let passage = mark.piece.passage().cloned().unwrap_or_default();
            let target = if is_on_the_way { format!("lost:{}", mark.id) } else { mark.piece.target(mark.id) };
            q.bind(mark.id)
                .bind(target)
                .bind(passage.start)
                .bind(passage.quote)
                .bind(passage.before)
                .bind(passage.after)
        })
        .execute(conn)
        .await.map(affected))?;
    }
    Ok(())
}

/// Takes the marks from a message that its author made by writing these tags into it. One statement; none for none.
pub async fn delete_hashtags(tx: &mut Tx, message: MessageId, tags: &[TagId]) -> Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let text = format!(
        "DELETE FROM marks WHERE message_id = $1 AND source = 'hashtag' AND tag_id IN ({})",
        places(2, tags.len())
    );
    on!(tx, conn => tags.iter().fold(sqlx::query(built(text)).bind(message), |q, tag| q.bind(*tag))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// The topics of a group's marks of messages from a number on, the one used last first. One statement.
pub async fn topics(tx: &mut Tx, (group, first_seq): (GroupId, i64), limit: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "SELECT max(topic) FROM marks WHERE group_id = $1 AND seq >= $2 AND topic <> ''
         GROUP BY topic_folded ORDER BY max(marked_at) DESC, topic_folded LIMIT $3")
        .bind(group).bind(first_seq).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(topic,)| topic).collect())
}
