//! What changes about members after they joined; those who are gone are kept in a table of their own.

use super::sql::{ROWS, built, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::address::EmailAddress;
use crate::domain::digest::Digest;
use crate::domain::group::{Member, Muting, Role};
use crate::domain::ids::{GroupId, MemberId, PersonId};
use crate::domain::time::Timestamp;

/// Whether two people are members of one group now. One statement.
pub async fn share_a_group(tx: &mut Tx, one: PersonId, other: PersonId) -> Result<bool> {
    let row: (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT count(*) FROM (SELECT 1 FROM members a JOIN members b ON b.group_id = a.group_id
         WHERE a.person_id = $1 AND b.person_id = $2 LIMIT 1) AS shared")
        .bind(one).bind(other).fetch_one(conn).await)?;
    Ok(row.0 > 0)
}

/// Ends a membership, and with it the right to the group. `by` is nobody if they leave by themselves. Two statements.
pub async fn remove(tx: &mut Tx, member: &Member, by: Option<PersonId>, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO former_members (id, group_id, person_id, token_digest, joined_at, left_at, removed_by)
         SELECT id, group_id, person_id, token_digest, joined_at, $2, $3 FROM members WHERE id = $1")
        .bind(member.id).bind(now).bind(by).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query("DELETE FROM members WHERE id = $1").bind(member.id).execute(conn).await.map(affected))?;
    Ok(())
}

/// How the last membership ended to which one of these reply tokens belonged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// They left, or were removed.
    Left,
    /// They had been added by mistake.
    TakenBack,
}

/// Whether one of these reply tokens was that of somebody who is no member any more, and why. One statement.
pub async fn find_ended(tx: &mut Tx, tokens: &[Digest]) -> Result<Option<Ended>> {
    let text = format!(
        "SELECT taken_back FROM former_members WHERE token_digest IN ({}) ORDER BY left_at DESC LIMIT 1",
        places(1, tokens.len())
    );
    let found: Option<(bool,)> = on!(tx, conn => {
        tokens.iter().fold(sqlx::query_as(built(text)), |q, t| q.bind(t.as_bytes())).fetch_optional(conn).await
    })?;
    Ok(found.map(|(taken_back,)| if taken_back { Ended::TakenBack } else { Ended::Left }))
}

/// Who is or was in a group, in no order.
pub async fn ever(tx: &mut Tx, group: GroupId) -> Result<Vec<PersonId>> {
    let rows: Vec<(PersonId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT person_id FROM members WHERE group_id = $1 UNION SELECT person_id FROM former_members WHERE group_id = $1")
        .bind(group).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

/// For which of these addresses the owners of a group were asked, in lower case.
pub async fn proposed(tx: &mut Tx, group: GroupId, addresses: &[EmailAddress]) -> Result<Vec<String>> {
    let text = format!(
        "SELECT address FROM proposals WHERE group_id = $1 AND address IN ({})",
        places(2, addresses.len())
    );
    let rows: Vec<(String,)> = on!(tx, conn => addresses.iter()
        .fold(sqlx::query_as(built(text)).bind(group), |q, address| q.bind(address.key())).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(address,)| address).collect())
}

/// Remembers that the owners of a group were asked for these addresses.
pub async fn propose(
    tx: &mut Tx,
    (group, by): (GroupId, PersonId),
    addresses: &[EmailAddress],
    now: Timestamp,
) -> Result<()> {
    for part in addresses.chunks(ROWS) {
        let text = format!(
            "INSERT INTO proposals (group_id, proposed_by, proposed_at, address) VALUES {}
             ON CONFLICT (group_id, address) DO NOTHING",
            tuples(part.len(), 4)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, address| {
            q.bind(group).bind(by).bind(now).bind(address.key())
        }).execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// How many owners a group has, and members at all, without those who have departed.
pub async fn count_present(tx: &mut Tx, group: GroupId) -> Result<(i64, i64)> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT count(CASE m.role WHEN 'owner' THEN 1 END), count(*)
         FROM members m JOIN persons p ON p.id = m.person_id WHERE m.group_id = $1 AND p.departed_at IS NULL")
        .bind(group).fetch_one(conn).await)?)
}

/// Groups that somebody is in who has not departed, and that nobody of those owns, in the order of their ids. One statement, over all
/// members.
pub async fn ownerless(tx: &mut Tx) -> Result<Vec<GroupId>> {
    let rows: Vec<(GroupId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT m.group_id FROM members m JOIN persons p ON p.id = m.person_id WHERE p.departed_at IS NULL
         GROUP BY m.group_id HAVING max(CASE m.role WHEN 'owner' THEN 1 ELSE 0 END) = 0 ORDER BY m.group_id")
        .fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(group,)| group).collect())
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
