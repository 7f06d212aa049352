//! Jobs, as workers see them: claimed, done, put off.

use std::time::Duration;

use super::limits::HOUR;
use super::{ActionError, Actions, Result};
use crate::domain::bounce::FORGOTTEN;
use crate::domain::health::LaneLoad;
use crate::domain::ids::JobId;
use crate::domain::time::Timestamp;
use crate::store;

pub use crate::store::jobs::{ClaimedJob, Lane};

/// A mail that was given up can be tried again so long.
const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);
/// As long as a browser keeps its cookie.
const A_YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

impl Actions {
    /// Up to `limit` due jobs of a lane, for this worker alone. If it dies, they are due again after five minutes.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn claim_jobs(&self, lane: Lane, limit: i64) -> Result<Vec<ClaimedJob>> {
        let now = self.clock.now();
        // A look costs no write lock; only what is due is claimed.
        match store::jobs::next_due(&mut self.store.read().await?, lane).await? {
            Some(due) if due <= now => {
                Ok(self.store.write(async move |tx| store::jobs::claim(tx, lane, now, limit).await).await?)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Frees what workers of a process that has ended had claimed, where nobody else can be at it. For the start of a
    /// lane's only worker.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: the claims run out by themselves.
    pub async fn free_jobs_at_start(&self, lane: Lane) -> Result<()> {
        Ok(self.store.write(async move |tx| store::jobs::free_at_start(tx, lane).await).await?)
    }

    /// When the next job of a lane is due.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn next_job_at(&self, lane: Lane) -> Result<Option<Timestamp>> {
        Ok(store::jobs::next_due(&mut self.store.read().await?, lane).await?)
    }

    /// The lanes in which something is to be done now.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn list_loads(&self) -> Result<Vec<LaneLoad>> {
        Ok(store::jobs::loads(&mut self.store.read().await?, self.clock.now()).await?)
    }

    /// The domains to which mails are due, and since when the first of each is.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn list_due_domains(&self) -> Result<Vec<(String, Timestamp)>> {
        Ok(store::jobs::due_domains(&mut self.store.read().await?, self.clock.now()).await?)
    }

    /// Claims up to so many mails that are due to each of these domains.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn claim_mails(&self, rooms: Vec<(String, i64)>) -> Result<Vec<ClaimedJob>> {
        let now = self.clock.now();
        Ok(self.store.write(async move |tx| store::jobs::claim_mails(tx, &rooms, now).await).await?)
    }

    /// When the next mail is due after a time.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn next_mail_after(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        Ok(store::jobs::next_mail_after(&mut self.store.read().await?, now).await?)
    }

    /// A job is done, or given up.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: it will run again.
    pub async fn finish_job(&self, id: JobId) -> Result<()> {
        Ok(self.store.write(async move |tx| store::jobs::finish(tx, id).await).await?)
    }

    /// A job is to be tried again after a while.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: it will run again anyway.
    pub async fn put_off_job(&self, id: JobId, wait: Duration, error: &str) -> Result<()> {
        let (run_at, error) = (self.clock.now() + wait, error.chars().take(500).collect::<String>());
        Ok(self.store.write(async move |tx| store::jobs::put_off(tx, id, run_at, &error).await).await?)
    }

    /// Forgets what ran out: sessions, links, who asked for one, and browsers nobody came back with.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn clean_up(&self) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(async move |tx| {
                store::sessions::delete_expired(tx, now).await?;
                store::links::delete_expired(tx, now).await?;
                store::asks::delete_before(tx, now - HOUR).await?;
                store::identities::delete_before(tx, now - HOUR).await?;
                store::address_troubles::forget_before(tx, now - FORGOTTEN).await?;
                store::uses::delete_before(tx, now - HOUR).await?;
                store::browsers::delete_before(tx, now - A_YEAR).await?;
                store::directories::forget_imports_before(tx, now - 24 * HOUR).await?;
                store::photos::forget_unused(tx, now - 7 * 24 * HOUR).await?;
                store::deliveries::forget_bytes_before(tx, now - KEPT).await?;
                Ok::<_, ActionError>(())
            })
            .await
    }
}
