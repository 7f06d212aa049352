//! The tables of shares.

pub mod answers;
pub mod items;
pub mod receivers;
pub mod versions;
pub mod views;

use std::collections::HashMap;

use sqlx::FromRow;

use super::sql::{built, held, places};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::ids::{GroupId, PersonId, ShareId};
use crate::domain::share::{Access, Answers, Enclosing, Grouping, Share, ShareForm, ShareState};
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct ShareRow {
    id: ShareId,
    group_id: GroupId,
    created_by: PersonId,
    title: String,
    note: String,
    state: ShareState,
    grouping: Grouping,
    names: bool,
    files: Enclosing,
    access: Access,
    password_hash: Option<String>,
    lasts: i64,
    answers: Answers,
    saves: i64,
    link_number: i64,
    token_digest: Option<Vec<u8>>,
    version: i64,
    views: i64,
    created_at: Timestamp,
    changed_at: Timestamp,
    published_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    recalled_at: Option<Timestamp>,
    recalled_by: Option<PersonId>,
}

const COLUMNS: &str = "s.id, s.group_id, s.created_by, s.title, s.note, s.state, s.grouping, s.names, s.files, s.access, \
     s.password_hash, s.lasts, s.answers, s.saves, s.link_number, s.token_digest, s.version, s.views, s.created_at, \
     s.changed_at, s.published_at, s.expires_at, s.recalled_at, s.recalled_by";

impl TryFrom<ShareRow> for Share {
    type Error = StoreError;
    fn try_from(row: ShareRow) -> Result<Self> {
        let corrupt = || StoreError::Corrupt { table: "shares", column: "token_digest" };
        let digest = |bytes: Vec<u8>| Digest::from_bytes(&bytes).ok_or_else(corrupt);
        Ok(Self {
            id: row.id,
            group_id: row.group_id,
            created_by: row.created_by,
            title: row.title,
            note: row.note,
            state: row.state,
            form: ShareForm { grouping: row.grouping, names: row.names, files: row.files },
            access: row.access,
            password_hash: row.password_hash,
            lasts: row.lasts,
            answers: row.answers,
            saves: row.saves,
            link_number: row.link_number,
            link: row.token_digest.map(digest).transpose()?,
            version: row.version,
            views: row.views,
            created_at: row.created_at,
            changed_at: row.changed_at,
            published_at: row.published_at,
            expires_at: row.expires_at,
            recalled_at: row.recalled_at,
            recalled_by: row.recalled_by,
        })
    }
}

/// Adds a share that nobody has seen yet.
pub async fn insert(tx: &mut Tx, share: &Share) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO shares (id, group_id, created_by, title, grouping, lasts, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(share.id)
        .bind(share.group_id)
        .bind(share.created_by)
        .bind(&share.title)
        .bind(share.form.grouping)
        .bind(share.lasts)
        .bind(share.created_at)
        .bind(share.changed_at)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// Writes back all that can change but the number of views.
pub async fn update(tx: &mut Tx, share: &Share) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE shares SET title = $2, note = $3, state = $4, grouping = $5, names = $6, files = $7, access = $8,
                password_hash = $9, lasts = $10, answers = $11, saves = $12, link_number = $13, token_digest = $14,
                version = $15, changed_at = $16, published_at = $17, expires_at = $18, recalled_at = $19,
                recalled_by = $20
         WHERE id = $1")
        .bind(share.id)
        .bind(&share.title)
        .bind(&share.note)
        .bind(share.state)
        .bind(share.form.grouping)
        .bind(share.form.names)
        .bind(share.form.files)
        .bind(share.access)
        .bind(&share.password_hash)
        .bind(share.lasts)
        .bind(share.answers)
        .bind(share.saves)
        .bind(share.link_number)
        .bind(share.link.as_ref().map(Digest::as_bytes))
        .bind(share.version)
        .bind(share.changed_at)
        .bind(share.published_at)
        .bind(share.expires_at)
        .bind(share.recalled_at)
        .bind(share.recalled_by)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: ShareId) -> Result<Option<Share>> {
    let text = format!("SELECT {COLUMNS} FROM shares s WHERE s.id = $1");
    let row: Option<ShareRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    row.map(Share::try_from).transpose()
}

/// The share, which nobody else changes until this transaction ends.
pub async fn find_for_change(tx: &mut Tx, id: ShareId) -> Result<Option<Share>> {
    let text = format!("SELECT {COLUMNS} FROM shares s WHERE s.id = $1{}", held(tx));
    let row: Option<ShareRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    row.map(Share::try_from).transpose()
}

/// The share of a link, whatever became of it.
pub async fn find_by_link(tx: &mut Tx, link: &Digest) -> Result<Option<Share>> {
    let text = format!("SELECT {COLUMNS} FROM shares s WHERE s.token_digest = $1");
    let row: Option<ShareRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(link.as_bytes()).fetch_optional(conn).await)?;
    row.map(Share::try_from).transpose()
}

/// A share as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareLine {
    pub share: Share,
    pub sharer: String,
    /// How many answers wait for a decision.
    pub waiting: i64,
}

/// Up to `limit` shares of a group before another one, the newest first: those that went out, and this person's own. One
/// statement.
pub async fn list(
    tx: &mut Tx,
    (group, person): (GroupId, PersonId),
    before: Option<ShareId>,
    limit: i64,
) -> Result<Vec<ShareLine>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        share: ShareRow,
        sharer: String,
        waiting: i64,
    }
    let before = before.unwrap_or(ShareId::from(uuid::Uuid::max()));
    let text = format!(
        "SELECT {COLUMNS}, p.full_name AS sharer,
             (SELECT count(*) FROM share_answers a WHERE a.share_id = s.id AND a.state = 'waiting') AS waiting
         FROM shares s JOIN persons p ON p.id = s.created_by
         WHERE s.group_id = $1 AND s.id < $3 AND (s.created_by = $2 OR s.state <> 'draft')
         ORDER BY s.id DESC LIMIT $4"
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(group).bind(person).bind(before).bind(limit).fetch_all(conn).await)?;
    let line = |row: Row| {
        Ok(ShareLine { share: Share::try_from(row.share)?, sharer: row.sharer, waiting: row.waiting })
    };
    rows.into_iter().map(line).collect()
}

/// The titles of shares. One statement.
pub async fn titles(tx: &mut Tx, ids: &[ShareId]) -> Result<HashMap<ShareId, String>> {
    let text = format!("SELECT id, title FROM shares WHERE id IN ({})", places(1, ids.len()));
    let rows: Vec<(ShareId, String)> = on!(tx, conn => ids.iter()
        .fold(sqlx::query_as(built(text)), |query, id| query.bind(*id)).fetch_all(conn).await)?;
    Ok(rows.into_iter().collect())
}

/// Forgets a share that never went out. Whether it was there.
pub async fn delete_draft(tx: &mut Tx, id: ShareId) -> Result<bool> {
    let gone = on!(tx, conn => sqlx::query("DELETE FROM shares WHERE id = $1 AND version = 0")
        .bind(id).execute(conn).await.map(affected))?;
    Ok(gone > 0)
}
