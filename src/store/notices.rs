//! What people want to hear of: columns of accounts, for all groups, and of members, for each.

use sqlx::FromRow;

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::notices::{ClockTime, Level, NoticeSettings, QuietHours};
use crate::domain::zone::Zone;

#[derive(FromRow)]
pub(super) struct SettingsRow {
    quiet_from: Option<i64>,
    quiet_until: Option<i64>,
    quiet_mails: bool,
    zone: Option<String>,
    notices_show_contents: bool,
}

impl From<SettingsRow> for NoticeSettings {
    fn from(row: SettingsRow) -> Self {
        let time = |minutes: Option<i64>| minutes.and_then(ClockTime::from_minutes);
        let quiet =
            time(row.quiet_from).zip(time(row.quiet_until)).map(|(from, until)| QuietHours { from, until });
        Self {
            quiet,
            quiet_mails: row.quiet_mails,
            // A name that a later edition of the database dropped counts as none.
            zone: row.zone.and_then(|name| name.parse().ok()),
            shows_contents: row.notices_show_contents,
        }
    }
}

/// How a person wants their notices; the usual for who has no account.
pub async fn settings(tx: &mut Tx, person: PersonId) -> Result<NoticeSettings> {
    let row: Option<SettingsRow> = on!(tx, conn => sqlx::query_as(
        "SELECT quiet_from, quiet_until, quiet_mails, zone, notices_show_contents FROM accounts WHERE person_id = $1")
        .bind(person).fetch_optional(conn).await)?;
    Ok(row.map(NoticeSettings::from).unwrap_or_default())
}

pub async fn set_settings(tx: &mut Tx, person: PersonId, settings: NoticeSettings) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE accounts SET quiet_from = $2, quiet_until = $3, zone = $4, notices_show_contents = $5,
            quiet_mails = $6
         WHERE person_id = $1")
        .bind(person)
        .bind(settings.quiet.map(|quiet| quiet.from.minutes()))
        .bind(settings.quiet.map(|quiet| quiet.until.minutes()))
        .bind(settings.zone.map(Zone::name))
        .bind(settings.shows_contents)
        .bind(settings.quiet_mails)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// A browser tells where its person is: counts if they never chose.
pub async fn learn_zone(tx: &mut Tx, person: PersonId, zone: Option<Zone>) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE accounts SET zone = $2 WHERE person_id = $1 AND zone IS NULL")
        .bind(person).bind(zone.map(Zone::name)).execute(conn).await.map(affected))?;
    Ok(())
}

/// Of what a member wants to hear; `None` if they never chose. And how many members the group has.
pub async fn level(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<(Option<Level>, i64)> {
    let row: Option<(Option<Level>, i64)> = on!(tx, conn => sqlx::query_as(
        "SELECT notices, (SELECT count(*) FROM members WHERE group_id = $1) FROM members
         WHERE group_id = $1 AND person_id = $2")
        .bind(group).bind(person).fetch_optional(conn).await)?;
    Ok(row.unwrap_or((None, 0)))
}

pub async fn set_level(tx: &mut Tx, group: GroupId, person: PersonId, level: Option<Level>) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE members SET notices = $3 WHERE group_id = $1 AND person_id = $2")
        .bind(group).bind(person).bind(level).execute(conn).await.map(affected))?;
    Ok(())
}
