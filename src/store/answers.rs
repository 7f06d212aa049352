//! Which message answers which.

use sqlx::FromRow;

use super::sql::{built, places};
use super::{Result, Tx, tx::on};
use crate::domain::ids::{GroupId, MessageId};
use crate::domain::message::{Answered, Glance, Source};
use crate::domain::time::Timestamp;
use crate::mail::markdown::first_words;

#[derive(FromRow)]
struct Row {
    id: MessageId,
    seq: i64,
    author_name: String,
    source: Source,
    text: String,
    removed_at: Option<Timestamp>,
    moved_to_seq: Option<i64>,
    file: Option<String>,
    files: i64,
}

/// What of a message its answers show.
const SHOWN: &str =
    "SELECT id, seq, author_name, source, substr(markdown, 1, 1000) AS text, removed_at, moved_to_seq,
    (SELECT f.name FROM message_files u JOIN files f ON f.id = u.file_id
     WHERE u.message_id = messages.id ORDER BY u.rank LIMIT 1) AS file,
    (SELECT count(*) FROM message_files u WHERE u.message_id = messages.id) AS files
    FROM messages";

impl From<Row> for Answered {
    fn from(row: Row) -> Self {
        let line = Glance {
            author: row.author_name,
            words: first_words(row.source, &row.text),
            file: row.file,
            more_files: (row.files - 1).max(0),
            removed: row.removed_at.is_some(),
            moved: row.moved_to_seq.is_some(),
        };
        Self { id: row.id, seq: row.seq, line: Some(line) }
    }
}

/// A message of a group, as its answers show it. A notice in the log is none.
pub async fn find(tx: &mut Tx, group: GroupId, id: MessageId) -> Result<Option<Answered>> {
    let text = format!("{SHOWN} WHERE group_id = $1 AND id = $2 AND notice IS NULL");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(group).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Answered::from))
}

/// The message of a group that came by a mail with one of these Message-IDs, or the one at a number.
pub async fn find_mailed(
    tx: &mut Tx,
    group: GroupId,
    (message_ids, seq): (&[String], Option<i64>),
) -> Result<Option<Answered>> {
    if message_ids.is_empty() {
        return Ok(None);
    }
    let text = format!(
        "{SHOWN} WHERE group_id = $1 AND notice IS NULL
           AND (seq = $2 OR mail_id IN (SELECT id FROM mails WHERE message_id IN ({})))
         ORDER BY seq DESC LIMIT 1",
        places(3, message_ids.len())
    );
    let row: Option<Row> = on!(tx, conn => message_ids.iter()
        .fold(sqlx::query_as(built(text)).bind(group).bind(seq), |q, id| q.bind(id)).fetch_optional(conn).await)?;
    Ok(row.map(Answered::from))
}

/// Messages as their answers show them, in no order. One statement; none if there are none.
pub async fn list(tx: &mut Tx, ids: &[MessageId]) -> Result<Vec<Answered>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("{SHOWN} WHERE id IN ({})", places(1, ids.len()));
    let rows: Vec<Row> = on!(tx, conn => ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Answered::from).collect())
}
