//! Figures of the ledger and the outbox, and which ways of mail can be used.

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::health::{Away, Certificate, MailsIn, MailsOut, SourceHealth};
use crate::domain::time::Timestamp;

type SourceRow = (String, Option<Timestamp>, String, Option<Timestamp>);

/// The sources that are in use, by their names. One statement.
pub async fn sources(tx: &mut Tx) -> Result<Vec<SourceHealth>> {
    let rows: Vec<SourceRow> = on!(tx, conn => sqlx::query_as(
        "SELECT source, last_success_at, last_error, last_error_at FROM folders WHERE in_use ORDER BY source")
        .fetch_all(conn).await)?;
    let source = |(name, last_success_at, last_error, last_error_at)| SourceHealth {
        name,
        last_success_at,
        last_error,
        last_error_at,
    };
    Ok(rows.into_iter().map(source).collect())
}

/// These sources are in use, and no others. One that is new has its first moment as a success: it is only missed when it does
/// not answer for a while. One statement for each, and one.
pub async fn use_sources(tx: &mut Tx, names: &[String], now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE folders SET in_use = false").execute(conn).await.map(affected))?;
    for name in names {
        on!(tx, conn => sqlx::query(
            "INSERT INTO folders (source, last_success_at, in_use) VALUES ($1, $2, true)
             ON CONFLICT (source) DO UPDATE SET in_use = true")
            .bind(name).bind(now).execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// The submission servers that are in use: others are missed no more. One statement, and one for each that is not.
pub async fn use_outlets(tx: &mut Tx, names: &[String]) -> Result<()> {
    let known: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "SELECT name FROM outlets WHERE name LIKE 'submission%'").fetch_all(conn).await)?;
    for (name,) in known.into_iter().filter(|(name,)| !names.contains(name)) {
        outlet_is_back(tx, &name).await?;
    }
    Ok(())
}

/// Whether a submission server that is in use could not be used last.
pub async fn is_submission_away(tx: &mut Tx) -> Result<bool> {
    let found: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "SELECT name FROM outlets WHERE name LIKE 'submission%' LIMIT 1").fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Mails that came in, and what became of those since a time. Two statements.
pub async fn mails_in(tx: &mut Tx, since: Timestamp) -> Result<MailsIn> {
    let last: (Option<Timestamp>,) =
        on!(tx, conn => sqlx::query_as("SELECT max(received_at) FROM mails").fetch_one(conn).await)?;
    let outcomes = on!(tx, conn => sqlx::query_as(
        "SELECT outcome, count(*) FROM mails WHERE received_at >= $1 GROUP BY outcome ORDER BY outcome")
        .bind(since).fetch_all(conn).await)?;
    Ok(MailsIn { last_at: last.0, outcomes })
}

/// Mails that wait, and what became of others since a time. Three statements.
pub async fn mails_out(tx: &mut Tx, since: Timestamp) -> Result<MailsOut> {
    let (waiting, waiting_since): (i64, Option<Timestamp>) = on!(tx, conn => sqlx::query_as(
        "SELECT count(*), min(created_at) FROM deliveries WHERE state = 'waiting'").fetch_one(conn).await)?;
    let (last_sent_at, sent, failed): (Option<Timestamp>, i64, i64) = on!(tx, conn => sqlx::query_as(
        "SELECT (SELECT max(updated_at) FROM deliveries WHERE state = 'sent'),
                (SELECT count(*) FROM deliveries WHERE state = 'sent' AND updated_at >= $1),
                (SELECT count(*) FROM deliveries WHERE state = 'failed' AND updated_at >= $1)")
        .bind(since).fetch_one(conn).await)?;
    let ways: Vec<(String, Timestamp, String)> = on!(tx, conn => sqlx::query_as(
        "SELECT name, away_since, words FROM outlets ORDER BY away_since").fetch_all(conn).await)?;
    let mut away = None;
    let mut archive = None;
    for (name, since, words) in ways {
        let way = if name == "archive" { &mut archive } else { &mut away };
        way.get_or_insert(Away { since, words });
    }
    Ok(MailsOut { waiting, waiting_since, away, archive, last_sent_at, sent, failed })
}

/// Notes that a way out can't be used, and what it says; since when stays.
pub async fn outlet_is_away(tx: &mut Tx, name: &str, words: &str, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO outlets (name, away_since, words) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET words = excluded.words")
        .bind(name).bind(now).bind(words).execute(conn).await.map(affected))?;
    Ok(())
}

/// Notes that a way out can be used.
pub async fn outlet_is_back(tx: &mut Tx, name: &str) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM outlets WHERE name = $1")
        .bind(name).execute(conn).await.map(affected))?;
    Ok(())
}

/// Those that were looked at last, by their servers.
pub async fn certificates(tx: &mut Tx) -> Result<Vec<Certificate>> {
    let rows: Vec<(String, Timestamp)> = on!(tx, conn => sqlx::query_as(
        "SELECT server, ends_at FROM certificates ORDER BY server").fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(server, ends_at)| Certificate { server, ends_at }).collect())
}

/// Notes until when a server's certificate holds.
pub async fn put_certificate(tx: &mut Tx, certificate: &Certificate, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO certificates (server, ends_at, looked_at) VALUES ($1, $2, $3)
         ON CONFLICT (server) DO UPDATE SET ends_at = excluded.ends_at, looked_at = excluded.looked_at")
        .bind(&certificate.server).bind(certificate.ends_at).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// Forgets servers that nobody has looked at since a time: they are not in use any more.
pub async fn forget_certificates(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM certificates WHERE looked_at < $1")
        .bind(before).execute(conn).await.map(affected))?;
    Ok(())
}
