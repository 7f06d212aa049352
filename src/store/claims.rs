//! The table of questions whose an address is.

use sqlx::FromRow;

use super::sql::{built, held, places};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::address::EmailAddress;
use crate::domain::claim::{Claim, ClaimState};
use crate::domain::digest::Digest;
use crate::domain::ids::{ClaimId, GroupId, MessageId, PersonId};
use crate::domain::message::MessagePlace;
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct Row {
    id: ClaimId,
    person_id: PersonId,
    address: String,
    state: ClaimState,
    asked_at: Timestamp,
}

const SELECT: &str = "SELECT id, person_id, address, state, asked_at FROM address_claims";

impl TryFrom<Row> for Claim {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        let address = row.address.parse();
        Ok(Self {
            id: row.id,
            person_id: row.person_id,
            address: address
                .map_err(|_| StoreError::Corrupt { table: "address_claims", column: "address" })?,
            state: row.state,
            asked_at: row.asked_at,
        })
    }
}

/// Notes that somebody is asked about an address, or is asked again.
pub async fn ask(tx: &mut Tx, claim: &Claim, token: &Digest) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO address_claims (id, person_id, address_key, address, token_digest, state, asked_at)
         VALUES ($1, $2, $3, $4, $5, 'asked', $6)
         ON CONFLICT (person_id, address_key) DO UPDATE SET asked_at = excluded.asked_at")
        .bind(claim.id).bind(claim.person_id).bind(claim.address.key()).bind(claim.address.as_str())
        .bind(token.as_bytes()).bind(claim.asked_at).execute(conn).await.map(affected))?;
    Ok(())
}

/// What somebody was asked about an address.
pub async fn find(tx: &mut Tx, person: PersonId, address: &EmailAddress) -> Result<Option<Claim>> {
    let text = format!("{SELECT} WHERE person_id = $1 AND address_key = $2");
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(built(text)).bind(person).bind(address.key()).fetch_optional(conn).await)?;
    row.map(Claim::try_from).transpose()
}

/// The question that one of these tokens answers.
pub async fn find_by_tokens(tx: &mut Tx, tokens: &[Digest]) -> Result<Option<Claim>> {
    if tokens.is_empty() {
        return Ok(None);
    }
    let text = format!("{SELECT} WHERE token_digest IN ({}) LIMIT 1", places(1, tokens.len()));
    let row: Option<Row> = on!(tx, conn => tokens.iter()
        .fold(sqlx::query_as(built(text)), |q, token| q.bind(token.as_bytes())).fetch_optional(conn).await)?;
    row.map(Claim::try_from).transpose()
}

/// The same, held against others until the transaction ends.
pub async fn find_for_change(tx: &mut Tx, token: &Digest) -> Result<Option<Claim>> {
    let text = format!("{SELECT} WHERE token_digest = $1{}", held(tx));
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(token.as_bytes()).fetch_optional(conn).await)?;
    row.map(Claim::try_from).transpose()
}

pub async fn decide(tx: &mut Tx, id: ClaimId, state: ClaimState, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE address_claims SET state = $2, decided_at = $3 WHERE id = $1")
        .bind(id).bind(state).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// How many questions a person was asked since a time.
pub async fn count_since(tx: &mut Tx, person: PersonId, since: Timestamp) -> Result<i64> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT count(*) FROM address_claims WHERE person_id = $1 AND asked_at > $2").bind(person).bind(since).fetch_one(conn).await)?;
    Ok(count)
}

/// The messages, in no order that matters and up to `limit`, that came from an address by a person's own reply address,
/// and are nobody's. Those whose From the domain denies are left out.
pub async fn list_messages(tx: &mut Tx, claim: &Claim, limit: i64) -> Result<Vec<MessagePlace>> {
    let rows: Vec<(GroupId, i64)> = on!(tx, conn => sqlx::query_as(
        "SELECT m.group_id, m.seq FROM mails l JOIN messages m ON m.mail_id = l.id
         WHERE l.sender = $1 AND l.token_person = $2 AND m.grade = 'by_link' AND m.removed_at IS NULL
           AND (l.proof IS NULL OR CAST(l.proof AS TEXT) NOT LIKE '%\"failed\"%')
         ORDER BY m.group_id, m.seq LIMIT $3")
        .bind(claim.address.key()).bind(claim.person_id).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(group, seq)| MessagePlace { group, seq }).collect())
}

/// Notes that whoever has the reply address that a message came by says it is not theirs.
pub async fn disown(tx: &mut Tx, message: MessageId, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE messages SET disowned_at = $2 WHERE id = $1")
        .bind(message).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}
