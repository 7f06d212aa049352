//! The table of statuses: what people say of themselves. One that has ended is never given, even if it still stands here.

use sqlx::FromRow;

use super::sql::{built, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::day::Day;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::presence::{Absence, Choice, Status};
use crate::domain::time::Timestamp;

/// Somebody, what they say of themselves, and one of their groups, if they have any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub person: PersonId,
    pub name: String,
    pub status: Option<Status>,
    pub group: Option<GroupId>,
}

#[derive(FromRow)]
struct StatusRow {
    choice: Option<Choice>,
    note: Option<String>,
    ends_at: Option<Timestamp>,
    by_mail: Option<bool>,
    last_day: Option<Day>,
}

/// What somebody's mail program says of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    pub last_day: Option<Day>,
    pub words: String,
    pub ends_at: Timestamp,
}

#[derive(FromRow)]
struct SaidRow {
    id: PersonId,
    full_name: String,
    #[sqlx(flatten)]
    status: StatusRow,
    group_id: Option<GroupId>,
}

impl StatusRow {
    fn status(self) -> Option<Status> {
        let (choice, note) = self.choice.zip(self.note)?;
        let absence = self.by_mail.unwrap_or(false).then_some(Absence { last_day: self.last_day });
        Some(Status { choice, note, until: self.ends_at, absence })
    }
}

impl From<SaidRow> for Said {
    fn from(row: SaidRow) -> Self {
        Self { person: row.id, name: row.full_name, status: row.status.status(), group: row.group_id }
    }
}

pub async fn set(tx: &mut Tx, person: PersonId, status: &Status) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO statuses (person_id, choice, note, ends_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id) DO UPDATE SET choice = excluded.choice, note = excluded.note, ends_at = excluded.ends_at,
             by_mail = FALSE, last_day = NULL, words = ''",
    )
    .bind(person)
    .bind(status.choice)
    .bind(&status.note)
    .bind(status.until)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// What somebody's mail program says of them. Whether it is noted: what they say themselves stays.
pub async fn set_away(tx: &mut Tx, person: PersonId, away: &Away, now: Timestamp) -> Result<bool> {
    let noted = on!(tx, conn => sqlx::query(
        "INSERT INTO statuses (person_id, choice, note, ends_at, by_mail, last_day, words)
         VALUES ($1, 'away', '', $2, TRUE, $3, $4)
         ON CONFLICT (person_id) DO UPDATE SET choice = excluded.choice, note = excluded.note, ends_at = excluded.ends_at,
             by_mail = excluded.by_mail, last_day = excluded.last_day, words = excluded.words
         WHERE statuses.by_mail OR statuses.ends_at <= $5",
    )
    .bind(person)
    .bind(away.ends_at)
    .bind(away.last_day)
    .bind(&away.words)
    .bind(now)
    .execute(conn)
    .await.map(affected))?;
    Ok(noted > 0)
}

/// Forgets what somebody's mail program says of them. Whether it said anything.
pub async fn end_away(tx: &mut Tx, person: PersonId) -> Result<bool> {
    let gone = on!(tx, conn => sqlx::query("DELETE FROM statuses WHERE person_id = $1 AND by_mail")
        .bind(person).execute(conn).await.map(affected))?;
    Ok(gone > 0)
}

/// What the mail programs of a group's members answer. One statement.
pub async fn away_words(tx: &mut Tx, group: GroupId, now: Timestamp) -> Result<Vec<(PersonId, String)>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT s.person_id, s.words FROM members m JOIN statuses s ON s.person_id = m.person_id
         WHERE m.group_id = $1 AND s.by_mail AND s.ends_at > $2 AND s.words <> ''")
        .bind(group).bind(now).fetch_all(conn).await)?)
}

pub async fn clear(tx: &mut Tx, person: PersonId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM statuses WHERE person_id = $1").bind(person).execute(conn).await.map(affected))?;
    Ok(())
}

/// Forgets the status that ends at this time. Whether it was there: another may have been set meanwhile.
pub async fn end(tx: &mut Tx, person: PersonId, at: Timestamp) -> Result<bool> {
    let gone = on!(tx, conn => sqlx::query("DELETE FROM statuses WHERE person_id = $1 AND ends_at = $2")
        .bind(person).bind(at).execute(conn).await.map(affected))?;
    Ok(gone > 0)
}

pub async fn find(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<Option<Status>> {
    let row: Option<StatusRow> = on!(tx, conn => sqlx::query_as(
        "SELECT choice, note, ends_at, by_mail, last_day FROM statuses WHERE person_id = $1 AND (ends_at IS NULL OR ends_at > $2)")
        .bind(person).bind(now).fetch_optional(conn).await)?;
    Ok(row.and_then(StatusRow::status))
}

/// All members of a group, in no order. One statement.
pub async fn of_group(tx: &mut Tx, group: GroupId, now: Timestamp) -> Result<Vec<Said>> {
    let rows: Vec<SaidRow> = on!(tx, conn => sqlx::query_as(
        "SELECT p.id, p.full_name, s.choice, s.note, s.ends_at, s.by_mail, s.last_day, m.group_id
         FROM members m JOIN persons p ON p.id = m.person_id
         LEFT JOIN statuses s ON s.person_id = m.person_id AND (s.ends_at IS NULL OR s.ends_at > $2)
         WHERE m.group_id = $1")
        .bind(group).bind(now).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Said::from).collect())
}

/// These people once for each of their groups, or once if they have none. One statement for up to 2,000 people.
pub async fn in_groups(tx: &mut Tx, persons: &[PersonId], now: Timestamp) -> Result<Vec<Said>> {
    let mut said = Vec::new();
    for part in persons.chunks(super::sql::ROWS) {
        let text = format!(
            "SELECT p.id, p.full_name, s.choice, s.note, s.ends_at, s.by_mail, s.last_day, m.group_id
             FROM persons p LEFT JOIN members m ON m.person_id = p.id
             LEFT JOIN statuses s ON s.person_id = p.id AND (s.ends_at IS NULL OR s.ends_at > $1)
             WHERE p.id IN ({})",
            places(2, part.len())
        );
        let rows: Vec<SaidRow> = on!(tx, conn => {
            let query = sqlx::query_as(built(text)).bind(now);
            part.iter().fold(query, |q, person| q.bind(*person)).fetch_all(conn).await
        })?;
        said.extend(rows.into_iter().map(Said::from));
    }
    Ok(said)
}
