//! Files that nothing uses any more, and the contents that wait to be taken away after them.

use crate::domain::digest::Digest;
use crate::domain::ids::{FileId, MessageId};
use crate::domain::time::Timestamp;
use crate::store::sql::{built, places, tuples};
use crate::store::tx::{affected, on};
use crate::store::{Result, StoreError, Tx};

/// Takes the files out of a message. Those that nothing else uses are forgotten at once; their contents are noted to be
/// taken away ([`list`]). Two statements, five if something is forgotten.
pub async fn detach_message(tx: &mut Tx, message: MessageId, now: Timestamp) -> Result<()> {
    let ids: Vec<(FileId,)> = on!(tx, conn => sqlx::query_as(
        "DELETE FROM message_files WHERE message_id = $1 RETURNING file_id")
        .bind(message).fetch_all(conn).await)?;
    let ids: Vec<FileId> = ids.into_iter().map(|(id,)| id).collect();
    let unused = super::list_of_no_use(tx, &ids).await?;
    if unused.is_empty() {
        return Ok(());
    }
    note(tx, unused.iter().map(|file| file.digest).collect(), now).await?;
    // The draft that brought them into the group knows them, too.
    for (table, column) in [("draft_files", "file_id"), ("files", "id")] {
        let text = format!("DELETE FROM {table} WHERE {column} IN ({})", places(1, unused.len()));
        on!(tx, conn => unused.iter().fold(sqlx::query(built(text)), |q, f| q.bind(f.file.id)).execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// Notes contents that no file has, to be taken away. One statement.
pub async fn note(tx: &mut Tx, mut contents: Vec<Digest>, now: Timestamp) -> Result<()> {
    // PostgreSQL refuses a statement that meets the row it has just added.
    contents.sort_unstable();
    contents.dedup();
    let text = format!(
        "INSERT INTO removed_contents (digest, removed_at) VALUES {}
         ON CONFLICT (digest) DO UPDATE SET removed_at = excluded.removed_at",
        tuples(contents.len(), 2)
    );
    on!(tx, conn => contents.iter().fold(sqlx::query(built(text)), |q, d| q.bind(d.as_bytes()).bind(now))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// Contents whose last file was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    pub contents: Digest,
    /// A file or a mail has the same, again or still.
    pub is_used: bool,
}

/// Contents that are to be taken away, the longest noted first. One statement.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<Noted>> {
    let rows: Vec<(Vec<u8>, i64)> = on!(tx, conn => sqlx::query_as(
        "SELECT r.digest, CAST(CASE WHEN EXISTS (SELECT 1 FROM files f WHERE f.digest = r.digest)
            OR EXISTS (SELECT 1 FROM mails m WHERE m.digest = r.digest AND m.erased_at IS NULL) THEN 1 ELSE 0 END AS BIGINT)
         FROM removed_contents r ORDER BY r.removed_at, r.digest LIMIT $1")
        .bind(limit).fetch_all(conn).await)?;
    let corrupt = || StoreError::Corrupt { table: "removed_contents", column: "digest" };
    let noted = |(digest, used): (Vec<u8>, i64)| {
        Ok(Noted { contents: Digest::from_bytes(&digest).ok_or_else(corrupt)?, is_used: used == 1 })
    };
    rows.into_iter().map(noted).collect()
}

/// Contents are gone, or used again. One statement.
pub async fn done(tx: &mut Tx, contents: &[Digest]) -> Result<()> {
    if contents.is_empty() {
        return Ok(());
    }
    let text = format!("DELETE FROM removed_contents WHERE digest IN ({})", places(1, contents.len()));
    on!(tx, conn => contents.iter().fold(sqlx::query(built(text)), |q, d| q.bind(d.as_bytes()))
        .execute(conn).await.map(affected))?;
    Ok(())
}
