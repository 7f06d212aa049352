//! What was chosen for a share, with its tags and with what stands around it.

use sqlx::FromRow;

use crate::domain::day::Day;
use crate::domain::ids::{FileId, GroupId, MarkId, MessageId, ShareId};
use crate::domain::mark::What;
use crate::domain::message::Body;
use crate::domain::safe_html::SafeHtml;
use crate::domain::share::{Context, ShareItem};
use crate::domain::tag::{Colour, TagKind, TagLabel};
use crate::domain::time::Timestamp;
use crate::store::sql::{built, places, tuples};
use crate::store::tx::{affected, on};
use crate::store::{Result, Tx};

#[derive(FromRow)]
struct ItemRow {
    number: i64,
    rank: i64,
    message_id: MessageId,
    seq: i64,
    mark_id: Option<MarkId>,
    what: What,
    file_id: Option<FileId>,
    url: String,
    said: String,
    said_html: SafeHtml,
    edits: i64,
    context_before: i64,
    context_after: i64,
    taken_out: bool,
}

impl From<ItemRow> for ShareItem {
    fn from(row: ItemRow) -> Self {
        Self {
            number: row.number,
            rank: row.rank,
            message_id: row.message_id,
            seq: row.seq,
            mark_id: row.mark_id,
            what: row.what,
            file_id: row.file_id,
            url: row.url,
            said: Body { markdown: row.said, html: row.said_html },
            edits: row.edits,
            context: Context { before: row.context_before, after: row.context_after },
            taken_out: row.taken_out,
        }
    }
}

const COLUMNS: &str = "number, rank, message_id, seq, mark_id, what, file_id, url, said, said_html, edits, \
     context_before, context_after, taken_out";

/// Adds what was chosen. One statement.
pub async fn insert(tx: &mut Tx, share: ShareId, items: &[ShareItem]) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO share_items (share_id, number, rank, message_id, seq, mark_id, what, file_id, url, said, said_html,
             edits) VALUES {}",
        tuples(items.len(), 12)
    );
    on!(tx, conn => items.iter().fold(sqlx::query(built(text)), |q, item| {
        q.bind(share)
            .bind(item.number)
            .bind(item.rank)
            .bind(item.message_id)
            .bind(item.seq)
            .bind(item.mark_id)
            .bind(item.what)
            .bind(item.file_id)
            .bind(&item.url)
            .bind(&item.said.markdown)
            .bind(&item.said.html)
            .bind(item.edits)
    })
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// What was chosen, in its order. One statement.
pub async fn list(tx: &mut Tx, share: ShareId) -> Result<Vec<ShareItem>> {
    let text = format!("SELECT {COLUMNS} FROM share_items WHERE share_id = $1 ORDER BY rank, number");
    let rows: Vec<ItemRow> = on!(tx, conn => sqlx::query_as(built(text)).bind(share).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(ShareItem::from).collect())
}

/// What some marks of a group mark, among messages from number `first` on. In no order; the numbers and ranks are still to
/// be given. One statement.
pub async fn of_marks(
    tx: &mut Tx,
    (group, first): (GroupId, i64),
    marks: &[MarkId],
) -> Result<Vec<(String, ShareItem)>> {
    #[derive(FromRow)]
    struct Row {
        target: String,
        #[sqlx(flatten)]
        item: ItemRow,
    }
    let zero = "CAST(0 AS BIGINT)";
    let text = format!(
        "SELECT m.target, {zero} AS number, {zero} AS rank, m.message_id, m.seq, m.id AS mark_id, m.what, m.file_id, m.url,
                m.said, m.said_html, m.edits, {zero} AS context_before, {zero} AS context_after, o.removed_at IS NOT NULL AS taken_out
         FROM marks m JOIN messages o ON o.id = m.message_id
         WHERE m.group_id = $1 AND m.seq >= $2 AND o.removed_at IS NULL AND m.id IN ({})",
        places(3, marks.len())
    );
    let rows: Vec<Row> = on!(tx, conn => {
        let query = sqlx::query_as(built(text)).bind(group).bind(first);
        marks.iter().fold(query, |q, mark| q.bind(*mark)).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| (row.target, row.item.into())).collect())
}

/// Messages of a group by their numbers from `first` on: those that said something and were not removed, in their order.
/// One statement.
pub async fn standing(
    tx: &mut Tx,
    (group, first): (GroupId, i64),
    seqs: &[i64],
) -> Result<Vec<(i64, MessageId)>> {
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT seq, id FROM messages
         WHERE group_id = $1 AND seq >= $2 AND removed_at IS NULL AND notice IS NULL AND seq IN ({}) ORDER BY seq",
        places(3, seqs.len())
    );
    Ok(on!(tx, conn => {
        let query = sqlx::query_as(built(text)).bind(group).bind(first);
        seqs.iter().fold(query, |q, seq| q.bind(*seq)).fetch_all(conn).await
    })?)
}

/// A mark of an item's piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemMark {
    /// The item's.
    pub number: i64,
    pub tag: TagLabel,
    pub topic: String,
    /// Whom an action is for; empty for nobody.
    pub assignee: String,
    pub due_on: Option<Day>,
    pub done_at: Option<Timestamp>,
    /// An edit took the passage out of its message.
    pub is_lost: bool,
}

/// The marks of a share's items, those of one item together and in the order in which they were made. An item has the
/// marks of the same piece as the one it was chosen by; a message that was chosen without one has those of the whole
/// message. One statement.
pub async fn list_marks(tx: &mut Tx, share: ShareId) -> Result<Vec<ItemMark>> {
    #[derive(FromRow)]
    struct Row {
        number: i64,
        kind: Option<TagKind>,
        name: String,
        colour: Colour,
        topic: String,
        assignee_name: String,
        due_on: Option<Day>,
        done_at: Option<Timestamp>,
        is_lost: bool,
    }
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(
        "SELECT i.number, t.kind, t.name, t.colour, m.topic, m.assignee_name, m.due_on, m.done_at,
                m.what = 'passage' AND m.start IS NULL AS is_lost
         FROM share_items i LEFT JOIN marks own ON own.id = i.mark_id
         JOIN marks m ON m.message_id = i.message_id AND m.target = coalesce(own.target, i.what) JOIN tags t ON t.id = m.tag_id
         WHERE i.share_id = $1 ORDER BY i.number, m.marked_at, m.id")
        .bind(share).fetch_all(conn).await)?;
    let mark = |row: Row| ItemMark {
        number: row.number,
        tag: TagLabel { kind: row.kind, name: row.name, colour: row.colour },
        topic: row.topic,
        assignee: row.assignee_name,
        due_on: row.due_on,
        done_at: row.done_at,
        is_lost: row.is_lost,
    };
    Ok(rows.into_iter().map(mark).collect())
}

/// Gives items their ranks: each number and its rank. One statement.
pub async fn set_ranks(tx: &mut Tx, share: ShareId, ranks: &[(i64, i64)]) -> Result<()> {
    if ranks.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = (0..ranks.len())
        .map(|n| format!("(CAST(${} AS BIGINT), CAST(${} AS BIGINT))", 2 * n + 2, 2 * n + 3))
        .collect();
    let text = format!(
        "UPDATE share_items SET rank = v.column2 FROM (VALUES {}) AS v
         WHERE share_items.share_id = $1 AND share_items.number = v.column1",
        rows.join(", ")
    );
    on!(tx, conn => {
        let query = sqlx::query(built(text)).bind(share);
        ranks.iter().fold(query, |q, (number, rank)| q.bind(*number).bind(*rank)).execute(conn).await.map(affected)
    })?;
    Ok(())
}

/// Writes back what can change of an item but its rank. Whether the share has it.
pub async fn update(tx: &mut Tx, share: ShareId, item: &ShareItem) -> Result<bool> {
    let changed = on!(tx, conn => sqlx::query(
        "UPDATE share_items SET context_before = $3, context_after = $4, taken_out = $5 WHERE share_id = $1 AND number = $2")
        .bind(share)
        .bind(item.number)
        .bind(item.context.before)
        .bind(item.context.after)
        .bind(item.taken_out)
        .execute(conn)
        .await.map(affected))?;
    Ok(changed == 1)
}
