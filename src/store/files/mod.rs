//! The tables of files: names of contents, and where they are used.

pub mod removed;
pub mod shown;

pub use removed::detach_message;

use std::collections::HashMap;

use sqlx::FromRow;

use super::sql::{built, places, tuples};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::file::{File, FileName, PictureSize};
use crate::domain::ids::{DraftId, FileId, GroupId, MessageId, PersonId};
use crate::domain::time::Timestamp;

/// A file with what is not for everybody's eyes.
#[derive(Clone, Debug)]
pub struct StoredFile {
    pub file: File,
    pub digest: Digest,
    pub created_by: Option<PersonId>,
}

/// What everybody may know of a file.
#[derive(FromRow)]
struct FileRow {
    id: FileId,
    name: FileName,
    media_type: String,
    size: i64,
    created_at: Timestamp,
    width: Option<i64>,
    height: Option<i64>,
}

/// And where its contents are.
#[derive(FromRow)]
struct StoredRow {
    #[sqlx(flatten)]
    file: FileRow,
    digest: Vec<u8>,
    created_by: Option<PersonId>,
}

/// Of the table `files f`.
const FILE: &str = "f.id, f.name, f.media_type, f.size, f.created_at, f.width, f.height";
const STORED: &str =
    "f.id, f.name, f.media_type, f.size, f.created_at, f.width, f.height, f.digest, f.created_by";

fn picture(width: Option<i64>, height: Option<i64>) -> Option<PictureSize> {
    Some(PictureSize { width: u32::try_from(width?).ok()?, height: u32::try_from(height?).ok()? })
}

impl TryFrom<StoredRow> for StoredFile {
    type Error = StoreError;
    fn try_from(row: StoredRow) -> Result<Self> {
        Ok(Self {
            digest: Digest::from_bytes(&row.digest)
                .ok_or(StoreError::Corrupt { table: "files", column: "digest" })?,
            created_by: row.created_by,
            file: row.file.into(),
        })
    }
}

/// Adds files. One statement.
pub async fn insert(tx: &mut Tx, files: &[StoredFile]) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO files (id, digest, name, media_type, size, created_by, created_at, width, height) VALUES {}",
        tuples(files.len(), 9)
    );
    on!(tx, conn => files.iter().fold(sqlx::query(built(text)), |q, f| {
        q.bind(f.file.id)
            .bind(f.digest.as_bytes())
            .bind(&f.file.name)
            .bind(&f.file.media_type)
            .bind(f.file.size)
            .bind(f.created_by)
            .bind(f.file.created_at)
            .bind(f.file.picture.map(|size| i64::from(size.width)))
            .bind(f.file.picture.map(|size| i64::from(size.height)))
    })
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: FileId) -> Result<Option<StoredFile>> {
    let text = format!("SELECT {STORED} FROM files f WHERE f.id = $1");
    let row: Option<StoredRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    row.map(StoredFile::try_from).transpose()
}

/// Whether a person may open a file: it stands in a message they may see, or they brought it to a group of theirs and have
/// not named it in a message yet. One statement.
pub async fn may_open(tx: &mut Tx, id: FileId, person: PersonId) -> Result<bool> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "SELECT CAST(1 AS BIGINT) FROM message_files f
         JOIN members p ON p.group_id = f.group_id AND p.person_id = $2 AND p.first_seq <= f.seq WHERE f.file_id = $1
         UNION ALL
         SELECT CAST(1 AS BIGINT) FROM group_uploads u JOIN files o ON o.id = u.file_id AND o.created_by = $2
         JOIN members p ON p.group_id = u.group_id AND p.person_id = $2 WHERE u.file_id = $1
         LIMIT 1",
    )
    .bind(id)
    .bind(person)
    .fetch_optional(conn)
    .await)?;
    Ok(found.is_some())
}

/// The drafts a file stands in of which no group was made yet. One statement.
pub async fn list_drafts(tx: &mut Tx, id: FileId) -> Result<Vec<DraftId>> {
    let rows: Vec<(DraftId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT d.id FROM draft_files f JOIN drafts d ON d.id = f.draft_id
         WHERE f.file_id = $1 AND d.group_id IS NULL ORDER BY d.id")
        .bind(id).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(draft,)| draft).collect())
}

/// Notes that a file was brought to a group, to be named by a message.
pub async fn add_upload(tx: &mut Tx, file: FileId, group: GroupId, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("INSERT INTO group_uploads (file_id, group_id, created_at) VALUES ($1, $2, $3)")
        .bind(file).bind(group).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// Those of `ids` that this person brought to this group since a time and no message uses yet.
pub async fn list_uploads(
    tx: &mut Tx,
    group: GroupId,
    person: PersonId,
    since: Timestamp,
    ids: &[FileId],
) -> Result<Vec<File>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT {STORED} FROM files f JOIN group_uploads u ON u.file_id = f.id
         WHERE u.group_id = $1 AND f.created_by = $2 AND u.created_at > $3 AND f.id IN ({})",
        places(4, ids.len())
    );
    let rows: Vec<StoredRow> = on!(tx, conn => {
        ids.iter().fold(sqlx::query_as(built(text)).bind(group).bind(person).bind(since), |q, id| q.bind(id)).fetch_all(conn).await
    })?;
    let mut found: Vec<File> =
        rows.into_iter().map(|r| StoredFile::try_from(r).map(|f| f.file)).collect::<Result<_>>()?;
    found.sort_by_key(|f| ids.iter().position(|id| *id == f.id));
    Ok(found)
}

/// How many bytes this person brought that no message uses yet.
pub async fn unused_size(tx: &mut Tx, person: PersonId) -> Result<i64> {
    let (size,): (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT CAST(coalesce(sum(f.size), 0) AS BIGINT) FROM group_uploads u JOIN files f ON f.id = u.file_id
         WHERE f.created_by = $1")
        .bind(person).fetch_one(conn).await)?;
    Ok(size)
}

/// Files that were brought before a time and that no message uses, the oldest first.
pub async fn list_unused(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<StoredFile>> {
    let text = format!(
        "SELECT {STORED} FROM files f JOIN group_uploads u ON u.file_id = f.id
         WHERE u.created_at < $1 ORDER BY u.created_at, f.id LIMIT $2"
    );
    let rows: Vec<StoredRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(before).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(StoredFile::try_from).collect()
}

/// Whether another file, or a mail, has the same contents. One statement.
pub async fn is_shared(tx: &mut Tx, file: &StoredFile) -> Result<bool> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "SELECT CAST(1 AS BIGINT) FROM files WHERE digest = $1 AND id <> $2
         UNION ALL SELECT CAST(1 AS BIGINT) FROM mails WHERE digest = $1 AND erased_at IS NULL LIMIT 1")
        .bind(file.digest.as_bytes()).bind(file.file.id).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Those of `ids` that stand in no message, may not come into one by a draft, and do not wait for one. One statement.
async fn list_of_no_use(tx: &mut Tx, ids: &[FileId]) -> Result<Vec<StoredFile>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT {STORED} FROM files f WHERE f.id IN ({})
         AND NOT EXISTS (SELECT 1 FROM message_files u WHERE u.file_id = f.id)
         AND NOT EXISTS (SELECT 1 FROM draft_files u JOIN drafts d ON d.id = u.draft_id
            WHERE u.file_id = f.id AND d.group_id IS NULL)
         AND NOT EXISTS (SELECT 1 FROM group_uploads u WHERE u.file_id = f.id)",
        places(1, ids.len())
    );
    let rows: Vec<StoredRow> = on!(tx, conn => ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    rows.into_iter().map(StoredFile::try_from).collect()
}

/// Forgets a file that was brought and never used. Two statements.
pub async fn delete_unused(tx: &mut Tx, id: FileId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM group_uploads WHERE file_id = $1").bind(id).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query("DELETE FROM files WHERE id = $1").bind(id).execute(conn).await.map(affected))?;
    Ok(())
}

/// Puts files into a message that is stored already, in this order. Two statements.
pub async fn attach(tx: &mut Tx, message: MessageId, files: &[FileId]) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO message_files (message_id, group_id, seq, file_id, rank)
         WITH used (file_id, rank) AS (VALUES {})
         SELECT m.id, m.group_id, m.seq, used.file_id, used.rank FROM messages m, used WHERE m.id = ${}",
        tuples(files.len(), 2),
        2 * files.len() + 1
    );
    on!(tx, conn => files.iter().enumerate().fold(sqlx::query(built(text)), |q, (rank, id)| {
        q.bind(*id).bind(rank as i64)
    })
    .bind(message)
    .execute(conn)
    .await.map(affected))?;
    let text = format!("DELETE FROM group_uploads WHERE file_id IN ({})", places(1, files.len()));
    on!(tx, conn => files.iter().fold(sqlx::query(built(text)), |q, id| q.bind(*id)).execute(conn).await.map(affected))?;
    Ok(())
}

/// The files of some messages. One statement.
pub async fn list_of_messages(tx: &mut Tx, messages: &[MessageId]) -> Result<Vec<(MessageId, File)>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    #[derive(FromRow)]
    struct Row {
        message_id: MessageId,
        #[sqlx(flatten)]
        file: FileRow,
    }
    let text = format!(
        "SELECT u.message_id, {FILE} FROM message_files u JOIN files f ON f.id = u.file_id
         WHERE u.message_id IN ({}) ORDER BY u.message_id, u.rank",
        places(1, messages.len())
    );
    let rows: Vec<Row> = on!(tx, conn => messages.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|r| (r.message_id, r.file.into())).collect())
}

/// What the files of a message hold.
pub async fn digests_of_message(tx: &mut Tx, message: MessageId) -> Result<Vec<Digest>> {
    let rows: Vec<(Vec<u8>,)> = on!(tx, conn => sqlx::query_as(
        "SELECT f.digest FROM message_files u JOIN files f ON f.id = u.file_id WHERE u.message_id = $1")
        .bind(message).fetch_all(conn).await)?;
    let corrupt = || StoreError::Corrupt { table: "files", column: "digest" };
    rows.into_iter().map(|(digest,)| Digest::from_bytes(&digest).ok_or_else(corrupt)).collect()
}

impl From<FileRow> for File {
    fn from(row: FileRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            size: row.size,
            created_at: row.created_at,
            picture: picture(row.width, row.height),
        }
    }
}

/// Where the contents of some files are. One statement.
pub async fn digests(tx: &mut Tx, ids: &[FileId]) -> Result<HashMap<FileId, Digest>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!("SELECT id, digest FROM files WHERE id IN ({})", places(1, ids.len()));
    let rows: Vec<(FileId, Vec<u8>)> = on!(tx, conn => ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    let corrupt = || StoreError::Corrupt { table: "files", column: "digest" };
    rows.into_iter().map(|(id, digest)| Ok((id, Digest::from_bytes(&digest).ok_or_else(corrupt)?))).collect()
}

/// Puts files into a draft, all to be kept, after those that are there. One statement.
pub async fn add_to_draft(tx: &mut Tx, draft: DraftId, files: &[FileId], first_rank: i64) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let text =
        format!("INSERT INTO draft_files (draft_id, file_id, kept, rank) VALUES {}", tuples(files.len(), 4));
    on!(tx, conn => files.iter().enumerate().fold(sqlx::query(built(text)), |q, (rank, id)| {
        q.bind(draft).bind(*id).bind(true).bind(first_rank + rank as i64)
    })
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// A draft's files, and whether each is kept.
pub async fn list_of_draft(tx: &mut Tx, draft: DraftId) -> Result<Vec<(File, bool)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        file: FileRow,
        kept: bool,
    }
    let text = format!(
        "SELECT {FILE}, u.kept
         FROM draft_files u JOIN files f ON f.id = u.file_id WHERE u.draft_id = $1 ORDER BY u.rank"
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(built(text))
    .bind(draft)
    .fetch_all(conn)
    .await)?;
    Ok(rows.into_iter().map(|r| (File::from(r.file), r.kept)).collect())
}

/// Keeps or drops one of a draft's files. Whether the draft has it.
pub async fn set_kept(tx: &mut Tx, draft: DraftId, file: FileId, kept: bool) -> Result<bool> {
    let changed = on!(tx, conn => sqlx::query("UPDATE draft_files SET kept = $3 WHERE draft_id = $1 AND file_id = $2")
        .bind(draft).bind(file).bind(kept).execute(conn).await.map(affected))?;
    Ok(changed == 1)
}
