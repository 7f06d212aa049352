//! What changes about members after they joined; those who are gone are kept in a table of their own.

use super::sql::{built, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::group::{Member, Muting, Role};
use crate::domain::ids::{GroupId, MemberId, PersonId};
use crate::domain::time::Timestamp;

/// Ends a membership, and with it the right to the group. `by` is nobody if they leave by themselves. Two statements.
pub async fn remove(tx: &mut Tx, member: &Member, by: Option<PersonId>, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO former_members (id, group_id, person_id, token_digest, joined_at, left_at, removed_by)
         SELECT id, group_id, person_id, token_digest, joined_at, $2, $3 FROM members WHERE id = $1")
        .bind(member.id).bind(now).bind(by).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query("DELETE FROM members WHERE id = $1").bind(member.id).execute(conn).await.map(affected))?;
    Ok(())
}

/// Whether one of these reply tokens was that of somebody who left since.
pub async fn is_former(tx: &mut Tx, tokens: &[Digest]) -> Result<bool> {
    let text = format!(
        "SELECT CAST(1 AS BIGINT) FROM former_members WHERE token_digest IN ({}) LIMIT 1",
        places(1, tokens.len())
    );
    let found: Option<(i64,)> = on!(tx, conn => {
        tokens.iter().fold(sqlx::query_as(built(text)), |q, t| q.bind(t.as_bytes())).fetch_optional(conn).await
    })?;
    Ok(found.is_some())
}

/// How many owners a group has.
pub async fn count_owners(tx: &mut Tx, group: GroupId) -> Result<i64> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as("SELECT count(*) FROM members WHERE group_id = $1 AND role = 'owner'")
        .bind(group).fetch_one(conn).await)?;
    Ok(count)
}

pub async fn set_role(tx: &mut Tx, member: MemberId, role: Role) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE members SET role = $2 WHERE id = $1")
        .bind(member).bind(role).execute(conn).await.map(affected))?;
    Ok(())
}

pub async fn set_muting(tx: &mut Tx, member: MemberId, muting: Muting) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE members SET muting = $2 WHERE id = $1")
        .bind(member).bind(muting).execute(conn).await.map(affected))?;
    Ok(())
}
