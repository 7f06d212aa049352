//! The table of tags. The seven that every group has get their row when they are first used.

use sqlx::FromRow;

use super::sql::{built, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, PersonId, TagId};
use crate::domain::tag::{Colour, Tag, TagKind, TagLabel};
use crate::domain::time::Timestamp;

/// A tag's columns beside those of another table, where it is called `t`.
#[derive(FromRow)]
pub(super) struct TagRow {
    tag_id: TagId,
    tag_group: GroupId,
    tag_kind: Option<TagKind>,
    tag_name: String,
    tag_colour: Colour,
    tag_by: Option<PersonId>,
    tag_at: Timestamp,
}

pub(super) const COLUMNS: &str = "t.id AS tag_id, t.group_id AS tag_group, t.kind AS tag_kind, t.name AS tag_name, \
     t.colour AS tag_colour, t.created_by AS tag_by, t.created_at AS tag_at";

impl From<TagRow> for Tag {
    fn from(row: TagRow) -> Self {
        Self {
            id: row.tag_id,
            group_id: row.tag_group,
            label: TagLabel { kind: row.tag_kind, name: row.tag_name, colour: row.tag_colour },
            created_by: row.tag_by,
            created_at: row.tag_at,
        }
    }
}

/// Adds tags, each with its folded name. One statement; none for none.
///
/// # Errors
/// [`super::StoreError::Taken`] when the group has a tag of one of these names.
pub async fn insert(tx: &mut Tx, tags: &[(Tag, String)]) -> Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO tags (id, group_id, kind, name, folded, colour, created_by, created_at) VALUES {}",
        tuples(tags.len(), 8)
    );
    on!(tx, conn => tags.iter().fold(sqlx::query(built(text)), |q, (tag, folded)| {
        q.bind(tag.id)
            .bind(tag.group_id)
            .bind(tag.label.kind)
            .bind(&tag.label.name)
            .bind(folded)
            .bind(tag.label.colour)
            .bind(tag.created_by)
            .bind(tag.created_at)
    })
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// The tags of a group that have one of these folded names, in no order. One statement.
pub async fn list_named(tx: &mut Tx, group: GroupId, folded: &[String]) -> Result<Vec<(Tag, String)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        tag: TagRow,
        folded: String,
    }
    let text = format!(
        "SELECT {COLUMNS}, t.folded FROM tags t WHERE t.group_id = $1 AND t.folded IN ({})",
        places(2, folded.len())
    );
    let rows: Vec<Row> = on!(tx, conn => folded.iter()
        .fold(sqlx::query_as(built(text)).bind(group), |q, name| q.bind(name)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| (row.tag.into(), row.folded)).collect())
}

pub async fn find(tx: &mut Tx, group: GroupId, id: TagId) -> Result<Option<Tag>> {
    let text = format!("SELECT {COLUMNS} FROM tags t WHERE t.group_id = $1 AND t.id = $2");
    let row: Option<TagRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(group).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Tag::from))
}

/// The tags of a group that have a row, in the order of their names, each with how many marks of messages from a number
/// on have it. One statement.
pub async fn list(tx: &mut Tx, group: GroupId, first_seq: i64) -> Result<Vec<(Tag, i64)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        tag: TagRow,
        marks: i64,
    }
    let text = format!(
        "SELECT {COLUMNS}, (SELECT count(*) FROM marks k WHERE k.tag_id = t.id AND k.seq >= $2) AS marks
         FROM tags t WHERE t.group_id = $1 ORDER BY t.folded"
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(group).bind(first_seq).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| (row.tag.into(), row.marks)).collect())
}

/// How many tags of its own a group has.
pub async fn count_own(tx: &mut Tx, group: GroupId) -> Result<i64> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT count(*) FROM tags WHERE group_id = $1 AND kind IS NULL")
        .bind(group).fetch_one(conn).await)?;
    Ok(count)
}

/// Gives a tag another name or colour.
///
/// # Errors
/// [`super::StoreError::Taken`] when another tag of the group has the name.
pub async fn update(tx: &mut Tx, id: TagId, label: &TagLabel, folded: &str) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE tags SET name = $2, folded = $3, colour = $4 WHERE id = $1")
        .bind(id).bind(&label.name).bind(folded).bind(label.colour).execute(conn).await.map(affected))?;
    Ok(())
}

/// Gives the marks of a tag another tag, unless their content has that already, and forgets the tag. Three statements.
pub async fn merge(tx: &mut Tx, from: TagId, into: TagId) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "DELETE FROM marks WHERE tag_id = $1 AND EXISTS (SELECT 1 FROM marks o
            WHERE o.tag_id = $2 AND o.message_id = marks.message_id AND o.target = marks.target)")
        .bind(from).bind(into).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query("UPDATE marks SET tag_id = $2 WHERE tag_id = $1")
        .bind(from).bind(into).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query("DELETE FROM tags WHERE id = $1").bind(from).execute(conn).await.map(affected))?;
    Ok(())
}
