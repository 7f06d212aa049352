//! The table of jobs: what is to be done after a commit.

use std::collections::HashSet;
use std::time::Duration;

use sqlx::FromRow;
use sqlx::types::Json;

use super::sql::{built, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::health::LaneLoad;
use crate::domain::ids::JobId;
use crate::domain::job::Job;
use crate::domain::time::Timestamp;

/// A job that one worker has for itself for a while.
#[derive(Clone, Debug)]
pub struct ClaimedJob {
    pub id: JobId,
    pub job: Job,
    /// Tries before this one.
    pub tries: u32,
}

#[derive(FromRow)]
struct JobRow {
    id: JobId,
    payload: Json<Job>,
    tries: i64,
}

impl From<JobRow> for ClaimedJob {
    fn from(row: JobRow) -> Self {
        Self { id: row.id, job: row.payload.0, tries: u32::try_from(row.tries - 1).unwrap_or(0) }
    }
}

/// How long a worker has a job for itself.
pub const CLAIM: Duration = Duration::from_secs(300);

/// Adds jobs; one that waits already under the same key stays as it is, and one that a worker is at will run once more.
/// One statement.
pub async fn add(tx: &mut Tx, jobs: &[(JobId, Job)], run_at: Timestamp, now: Timestamp) -> Result<()> {
    let jobs: Vec<_> = jobs.iter().map(|(id, job)| (*id, job.clone(), run_at)).collect();
    add_each(tx, &jobs, now).await
}

/// The same for jobs that are due at times of their own.
pub async fn add_each(tx: &mut Tx, jobs: &[(JobId, Job, Timestamp)], now: Timestamp) -> Result<()> {
    // PostgreSQL refuses a statement that meets the row it has just added.
    let mut keys = HashSet::new();
    let jobs: Vec<_> = jobs.iter().filter(|(_, job, _)| keys.insert(job.key())).collect();
    for part in jobs.chunks(super::sql::ROWS) {
        let text = format!(
            "INSERT INTO jobs (id, job_key, lane, payload, run_at, created_at, domain) VALUES {}
             ON CONFLICT (job_key) DO UPDATE SET again_at = excluded.run_at WHERE jobs.locked_until IS NOT NULL",
            tuples(part.len(), 7)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, (id, job, run_at)| {
            q.bind(*id).bind(job.key()).bind(Lane::of(job).name()).bind(Json(job)).bind(*run_at).bind(now).bind(job.domain())
        })
        .execute(conn)
        .await.map(affected))?;
    }
    Ok(())
}

/// Jobs that do not wait for each other: a slow mail server does not keep new mails from being sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Mails that came in, in their order.
    Sort,
    /// Mails to be composed for members, and what ends for them.
    Members,
    /// Sign-in mails to be composed: somebody waits before the page.
    Asks,
    /// Mails to be sent.
    Send,
    /// Messages from before there was a search.
    Index,
    /// Notices to be handed to push services.
    Push,
    /// Groups to be written into files, one at a time.
    Export,
    /// Directories to be read.
    Directory,
    /// Whether all runs, and telling admins.
    Watch,
}

impl Lane {
    pub const ALL: [Self; 9] = [
        Self::Sort,
        Self::Members,
        Self::Asks,
        Self::Send,
        Self::Index,
        Self::Push,
        Self::Export,
        Self::Directory,
        Self::Watch,
    ];

    /// As the table has it.
    fn name(self) -> &'static str {
        match self {
            Self::Sort => "sort",
            Self::Members => "members",
            Self::Asks => "asks",
            Self::Send => "send",
            Self::Index => "index",
            Self::Push => "push",
            Self::Export => "export",
            Self::Directory => "directory",
            Self::Watch => "watch",
        }
    }

    fn of(job: &Job) -> Self {
        match job {
            Job::SortMail { .. } => Self::Sort,
            Job::InviteMember { .. }
            | Job::PlanBundles { .. }
            | Job::PlanBundlesAgain { .. }
            | Job::PlanAtOnce { .. }
            | Job::PlanBundlesAt { .. }
            | Job::BundleMessages { .. }
            | Job::MailMention { .. }
            | Job::MailTasks { .. }
            | Job::EndStatus { .. }
            | Job::RemindUnread { .. }
            | Job::TellReaders { .. }
            | Job::TryAddress { .. }
            | Job::EndTrial { .. }
            | Job::MailShare { .. } => Self::Members,
            Job::AnswerAsk { .. } => Self::Asks,
            Job::SendMail { .. } => Self::Send,
            Job::IndexMessages { .. } => Self::Index,
            Job::SendPush(_) => Self::Push,
            Job::Export { .. } | Job::ExportPerson { .. } | Job::EraseContents { .. } | Job::Archive => {
                Self::Export
            }
            Job::SyncDirectory { .. } => Self::Directory,
            Job::Watch | Job::LookAtCertificates | Job::TellAdmins { .. } | Job::CallWebhook { .. } => {
                Self::Watch
            }
        }
    }
}

/// Claims up to `limit` jobs of a lane that are due. Those of a worker that died are due again after [`CLAIM`].
pub async fn claim(tx: &mut Tx, lane: Lane, now: Timestamp, limit: i64) -> Result<Vec<ClaimedJob>> {
    let skip = if tx.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let text = format!(
        "UPDATE jobs SET locked_until = $2, tries = tries + 1
         WHERE id IN (SELECT id FROM jobs WHERE lane = $4 AND run_at <= $1 AND (locked_until IS NULL OR locked_until <= $1)
                      ORDER BY run_at, id LIMIT $3{skip})
         RETURNING id, payload, tries"
    );
    let rows: Vec<JobRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(now).bind(now + CLAIM).bind(limit).bind(lane.name()).fetch_all(conn).await)?;
    let mut jobs: Vec<ClaimedJob> = rows.into_iter().map(ClaimedJob::from).collect();
    jobs.sort_by_key(|j| j.id);
    Ok(jobs)
}

/// The domains to which mails are due, and since when the first of each is. One statement, which looks at one mail of each
/// domain whatever waits there.
pub async fn due_domains(tx: &mut Tx, now: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    let rows: Vec<(String, Option<Timestamp>)> = on!(tx, conn => sqlx::query_as(
        "WITH RECURSIVE domains (domain) AS (
             SELECT min(domain) FROM jobs WHERE lane = 'send'
             UNION ALL
             SELECT (SELECT min(j.domain) FROM jobs j WHERE j.lane = 'send' AND j.domain > d.domain)
             FROM domains d WHERE d.domain IS NOT NULL)
         SELECT d.domain, (SELECT j.run_at FROM jobs j WHERE j.lane = 'send' AND j.domain = d.domain AND j.run_at <= $1
                             AND (j.locked_until IS NULL OR j.locked_until <= $1) ORDER BY j.run_at LIMIT 1)
         FROM domains d WHERE d.domain IS NOT NULL")
        .bind(now).fetch_all(conn).await)?;
    Ok(rows.into_iter().filter_map(|(domain, since)| Some((domain, since?))).collect())
}

/// Claims mails that are due: up to so many to each of these domains. One statement.
pub async fn claim_mails(tx: &mut Tx, rooms: &[(String, i64)], now: Timestamp) -> Result<Vec<ClaimedJob>> {
    if rooms.is_empty() {
        return Ok(Vec::new());
    }
    let skip = if tx.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let of_domain = |at: usize| {
        let (domain, room) = (3 + 2 * at, 4 + 2 * at);
        format!(
            "SELECT id FROM (SELECT id FROM jobs WHERE lane = 'send' AND domain = ${domain} AND run_at <= $1
                 AND (locked_until IS NULL OR locked_until <= $1) ORDER BY run_at, id LIMIT ${room}{skip}) AS turn_{at}"
        )
    };
    let turns: Vec<String> = (0..rooms.len()).map(of_domain).collect();
    let text = format!(
        "UPDATE jobs SET locked_until = $2, tries = tries + 1 WHERE id IN ({}) RETURNING id, payload, tries",
        turns.join(" UNION ALL ")
    );
    let rows: Vec<JobRow> = on!(tx, conn => rooms.iter()
        .fold(sqlx::query_as(built(text)).bind(now).bind(now + CLAIM), |q, (domain, room)| q.bind(domain).bind(*room))
        .fetch_all(conn).await)?;
    Ok(rows.into_iter().map(ClaimedJob::from).collect())
}

/// When the next mail is due after a time.
pub async fn next_mail_after(tx: &mut Tx, now: Timestamp) -> Result<Option<Timestamp>> {
    let row: (Option<Timestamp>,) = on!(tx, conn => sqlx::query_as(
        "SELECT min(run_at) FROM jobs WHERE lane = 'send' AND run_at > $1").bind(now).fetch_one(conn).await)?;
    Ok(row.0)
}

/// Frees the claimed jobs of a lane at the start of a process. Only one process works on SQLite, so whoever claimed them
/// is gone; on PostgreSQL it may be another node that is still at them, and their claims run out by themselves.
pub async fn free_at_start(tx: &mut Tx, lane: Lane) -> Result<()> {
    if tx.is_postgres() {
        return Ok(());
    }
    on!(tx, conn => sqlx::query("UPDATE jobs SET locked_until = NULL WHERE locked_until IS NOT NULL AND lane = $1")
        .bind(lane.name()).execute(conn).await.map(affected))?;
    Ok(())
}

/// The lanes in which something is to be done now. One statement, which looks at every job.
pub async fn loads(tx: &mut Tx, now: Timestamp) -> Result<Vec<LaneLoad>> {
    let rows: Vec<(String, i64, i64, Option<Timestamp>)> = on!(tx, conn => sqlx::query_as(
        "SELECT lane, CAST(sum(due) AS BIGINT) AS due, CAST(sum(1 - due) AS BIGINT) AS under_way,
                min(CASE WHEN due = 1 THEN run_at END) AS due_since
         FROM (SELECT lane, run_at, CASE WHEN locked_until > $1 THEN 0 ELSE 1 END AS due FROM jobs
               WHERE run_at <= $1 OR locked_until > $1) AS now_due
         GROUP BY lane ORDER BY lane").bind(now).fetch_all(conn).await)?;
    let load = |(lane, due, under_way, due_since)| LaneLoad { lane, due, under_way, due_since };
    Ok(rows.into_iter().map(load).collect())
}

/// When the next job of a lane is due; `None` if none waits.
pub async fn next_due(tx: &mut Tx, lane: Lane) -> Result<Option<Timestamp>> {
    // Those that nobody is at, the first in the index; and the few that are claimed, whose worker may be dead.
    let (free, claimed): (Option<Timestamp>, Option<Timestamp>) = on!(tx, conn => sqlx::query_as(
        "SELECT (SELECT run_at FROM jobs WHERE lane = $1 AND locked_until IS NULL ORDER BY run_at LIMIT 1),
                (SELECT min(locked_until) FROM jobs WHERE lane = $1 AND locked_until IS NOT NULL)")
        .bind(lane.name()).fetch_one(conn).await)?;
    Ok([free, claimed].into_iter().flatten().min())
}

/// Whether a lane has work, due or later.
pub async fn is_waiting(tx: &mut Tx, lane: Lane) -> Result<bool> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as("SELECT CAST(1 AS BIGINT) FROM jobs WHERE lane = $1 LIMIT 1")
        .bind(lane.name()).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Whoever does this job has it for [`CLAIM`] from now on: work that takes long says so again and again.
pub async fn keep(tx: &mut Tx, job: &Job, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE jobs SET locked_until = $2 WHERE job_key = $1 AND locked_until IS NOT NULL")
        .bind(job.key()).bind(now + CLAIM).execute(conn).await.map(affected))?;
    Ok(())
}

/// A job that waits for later than `at` is due then.
pub async fn hasten(tx: &mut Tx, job: &Job, at: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE jobs SET run_at = $2 WHERE job_key = $1 AND locked_until IS NULL AND run_at > $2")
        .bind(job.key()).bind(at).execute(conn).await.map(affected))?;
    Ok(())
}

/// The same for several jobs. One statement, none for none.
pub async fn hasten_all(tx: &mut Tx, jobs: &[Job], at: Timestamp) -> Result<()> {
    for part in jobs.chunks(super::sql::ROWS) {
        let text = format!(
            "UPDATE jobs SET run_at = $1 WHERE locked_until IS NULL AND run_at > $1 AND job_key IN ({})",
            places(2, part.len())
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)).bind(at), |q, job| q.bind(job.key()))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// The same for all that wait in a lane. One statement.
pub async fn hasten_lane(tx: &mut Tx, lane: Lane, at: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE jobs SET run_at = $1 WHERE lane = $2 AND locked_until IS NULL AND run_at > $1")
        .bind(at).bind(lane.name()).execute(conn).await.map(affected))?;
    Ok(())
}

/// When a job is due, and whether somebody is at it now; `None` if it does not wait.
pub async fn find(tx: &mut Tx, job: &Job, now: Timestamp) -> Result<Option<(Timestamp, bool)>> {
    let row: Option<(Timestamp, Option<Timestamp>)> = on!(tx, conn => sqlx::query_as(
        "SELECT run_at, locked_until FROM jobs WHERE job_key = $1").bind(job.key()).fetch_optional(conn).await)?;
    Ok(row.map(|(run_at, locked)| (run_at, locked.is_some_and(|until| until > now))))
}

/// A job is done, or given up: it is forgotten, unless it was asked for again meanwhile. Two statements.
pub async fn finish(tx: &mut Tx, id: JobId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM jobs WHERE id = $1 AND again_at IS NULL").bind(id).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query(
        "UPDATE jobs SET run_at = again_at, again_at = NULL, locked_until = NULL, tries = 0 WHERE id = $1")
        .bind(id).execute(conn).await.map(affected))?;
    Ok(())
}

/// A job is to be tried again later.
pub async fn put_off(tx: &mut Tx, id: JobId, run_at: Timestamp, error: &str) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE jobs SET run_at = $2, locked_until = NULL, last_error = $3 WHERE id = $1")
        .bind(id).bind(run_at).bind(error).execute(conn).await.map(affected))?;
    Ok(())
}
