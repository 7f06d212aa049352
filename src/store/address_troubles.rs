//! The table of addresses that mails come back from, by their lower-case form. One that is fine has no row.

use sqlx::FromRow;

use super::sql::{built, held};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::bounce::{AddressState, AddressTrouble, FailureClass};
use crate::domain::ids::{DeliveryId, GroupId, MemberId, PersonId};
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct Row {
    state: AddressState,
    class: FailureClass,
    words: String,
    since: Timestamp,
    last_at: Timestamp,
    trials: i64,
    trial_at: Option<Timestamp>,
    trial_id: Option<DeliveryId>,
}

impl From<Row> for AddressTrouble {
    fn from(row: Row) -> Self {
        Self {
            state: row.state,
            class: row.class,
            words: row.words,
            since: row.since,
            last_at: row.last_at,
            trials: row.trials,
            trial_at: row.trial_at,
            trial_id: row.trial_id,
        }
    }
}

const COLUMNS: &str = "x.state, x.class, x.words, x.since, x.last_at, x.trials, x.trial_at, x.trial_id";

/// That mails of groups are held back from the member `m`: those to where mail goes for them come back.
pub(super) const HELD_BACK: &str = "EXISTS (SELECT 1 FROM address_troubles x
    JOIN person_addresses z ON z.address_key = x.address_key AND z.rank = 0
    WHERE z.person_id = m.person_id AND x.state <> 'soft')";

/// What is known of an address, for a change of it.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<AddressTrouble>> {
    let text = format!("SELECT {COLUMNS} FROM address_troubles x WHERE x.address_key = $1{}", held(tx));
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(built(text)).bind(key).fetch_optional(conn).await)?;
    Ok(row.map(AddressTrouble::from))
}

/// The address whose trial a delivery is.
pub async fn find_by_trial(tx: &mut Tx, trial: DeliveryId) -> Result<Option<String>> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "SELECT address_key FROM address_troubles WHERE trial_id = $1")
        .bind(trial).fetch_optional(conn).await)?;
    Ok(row.map(|(key,)| key))
}

/// What is known of the address where somebody's mail goes.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Option<AddressTrouble>> {
    let text = format!(
        "SELECT {COLUMNS} FROM address_troubles x JOIN person_addresses z ON z.address_key = x.address_key
         WHERE z.person_id = $1 AND z.rank = 0"
    );
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(person).fetch_optional(conn).await)?;
    Ok(row.map(AddressTrouble::from))
}

/// The same of all members of a group; those whose address is fine are left out.
pub async fn of_group(tx: &mut Tx, group: GroupId) -> Result<Vec<(PersonId, AddressTrouble)>> {
    #[derive(FromRow)]
    struct Of {
        person_id: PersonId,
        #[sqlx(flatten)]
        row: Row,
    }
    let text = format!(
        "SELECT m.person_id, {COLUMNS} FROM members m
         JOIN person_addresses z ON z.person_id = m.person_id AND z.rank = 0
         JOIN address_troubles x ON x.address_key = z.address_key WHERE m.group_id = $1"
    );
    let rows: Vec<Of> = on!(tx, conn => sqlx::query_as(built(text)).bind(group).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|of| (of.person_id, of.row.into())).collect())
}

/// Writes what is known of an address now.
pub async fn put(tx: &mut Tx, key: &str, trouble: &AddressTrouble) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO address_troubles (address_key, state, class, words, since, last_at, trials, trial_at, trial_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (address_key) DO UPDATE SET state = excluded.state, class = excluded.class, words = excluded.words,
            since = excluded.since, last_at = excluded.last_at, trials = excluded.trials,
            trial_at = excluded.trial_at, trial_id = excluded.trial_id",
    )
    .bind(key)
    .bind(trouble.state)
    .bind(trouble.class)
    .bind(&trouble.words)
    .bind(trouble.since)
    .bind(trouble.last_at)
    .bind(trouble.trials)
    .bind(trouble.trial_at)
    .bind(trouble.trial_id)
    .execute(conn)
    .await
    .map(affected))?;
    Ok(())
}

/// An address works again.
pub async fn remove(tx: &mut Tx, key: &str) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM address_troubles WHERE address_key = $1")
        .bind(key).execute(conn).await.map(affected))?;
    Ok(())
}

/// Forgets trouble that has passed by itself.
pub async fn forget_before(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM address_troubles WHERE state = 'soft' AND last_at < $1")
        .bind(before).execute(conn).await.map(affected))?;
    Ok(())
}

/// Whose address this is, where their mail goes, and their groups.
pub async fn groups_of(tx: &mut Tx, key: &str) -> Result<Vec<GroupId>> {
    let rows: Vec<(GroupId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT m.group_id FROM person_addresses z JOIN members m ON m.person_id = z.person_id
         WHERE z.address_key = $1 AND z.rank = 0")
        .bind(key).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(group,)| group).collect())
}

/// A member for whom something may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Missing {
    pub id: MemberId,
    /// Whether nothing was ever mailed to them: their invitation is missing, too.
    pub is_new: bool,
}

/// The memberships of whoever has this address where something may have been missed, those first where it was said last.
pub async fn missing(tx: &mut Tx, key: &str, limit: i64) -> Result<Vec<Missing>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT m.id, (m.mailed_seq = 0 AND m.read_seq = 0) AS is_new
         FROM person_addresses z JOIN members m ON m.person_id = z.person_id JOIN groups g ON g.id = m.group_id
         WHERE z.address_key = $1 AND z.rank = 0 AND m.cadence <> 'none'
           AND m.read_seq < g.said_seq AND m.mailed_seq < g.said_seq
         ORDER BY g.last_at DESC, m.id LIMIT $2")
        .bind(key).bind(limit).fetch_all(conn).await)?)
}
