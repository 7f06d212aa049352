//! The columns that say who asks for receipts, and who gives them.

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::receipt::{ReceiptPolicy, ReceiptRequest};

/// How somebody answers requests where they chose nothing else.
pub async fn policy(tx: &mut Tx, person: PersonId) -> Result<ReceiptPolicy> {
    let row: Option<(ReceiptPolicy,)> = on!(tx, conn => sqlx::query_as(
        "SELECT receipt_policy FROM accounts WHERE person_id = $1").bind(person).fetch_optional(conn).await)?;
    Ok(row.map_or_else(ReceiptPolicy::default, |(policy,)| policy))
}

pub async fn set_policy(tx: &mut Tx, person: PersonId, policy: ReceiptPolicy) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE accounts SET receipt_policy = $2 WHERE person_id = $1")
        .bind(person).bind(policy).execute(conn).await.map(affected))?;
    Ok(())
}

/// How a member answers requests in a group.
pub async fn policy_of_member(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<ReceiptPolicy> {
    let row: Option<(ReceiptPolicy,)> = on!(tx, conn => sqlx::query_as(
        "SELECT coalesce(m.receipt_policy, a.receipt_policy, 'automatic') FROM members m
         LEFT JOIN accounts a ON a.person_id = m.person_id WHERE m.group_id = $1 AND m.person_id = $2")
        .bind(group).bind(person).fetch_optional(conn).await)?;
    Ok(row.map_or_else(ReceiptPolicy::default, |(policy,)| policy))
}

/// What a member chose for one group; `None` is as everywhere.
pub async fn policy_in(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<Option<ReceiptPolicy>> {
    let row: Option<(Option<ReceiptPolicy>,)> = on!(tx, conn => sqlx::query_as(
        "SELECT receipt_policy FROM members WHERE group_id = $1 AND person_id = $2")
        .bind(group).bind(person).fetch_optional(conn).await)?;
    Ok(row.and_then(|(policy,)| policy))
}

pub async fn set_policy_in(
    tx: &mut Tx,
    group: GroupId,
    person: PersonId,
    policy: Option<ReceiptPolicy>,
) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE members SET receipt_policy = $3 WHERE group_id = $1 AND person_id = $2")
        .bind(group).bind(person).bind(policy).execute(conn).await.map(affected))?;
    Ok(())
}

/// What a group's new messages ask unless their authors say otherwise.
pub async fn request(tx: &mut Tx, group: GroupId) -> Result<ReceiptRequest> {
    let row: Option<(ReceiptRequest,)> = on!(tx, conn => sqlx::query_as(
        "SELECT receipt_request FROM groups WHERE id = $1").bind(group).fetch_optional(conn).await)?;
    Ok(row.map_or_else(ReceiptRequest::default, |(request,)| request))
}

/// Whether a group's new messages ask for receipts unless their authors say otherwise.
pub async fn set_request(tx: &mut Tx, group: GroupId, request: ReceiptRequest) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE groups SET receipt_request = $2 WHERE id = $1")
        .bind(group).bind(request).execute(conn).await.map(affected))?;
    Ok(())
}
