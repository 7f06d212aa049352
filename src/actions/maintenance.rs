//! The quiet time. What holds stands in the database, so that all nodes and the command line know it, and here, so that
//! no page has to ask.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::audit::{Deed, Doer};
use crate::domain::maintenance::Maintenance;
use crate::domain::person::Viewer;
use crate::store;

/// The longest one with an end; one without is for those who know what they do.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// How soon it is noticed that one ended by itself.
const LOOK: Duration = Duration::from_secs(1);

/// What this node knows of the quiet time. Cheap to clone.
#[derive(Clone, Debug)]
pub struct QuietTime(Arc<watch::Sender<Option<Maintenance>>>);

impl Default for QuietTime {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }
}

impl Actions {
    /// The quiet time that holds now, as this node knows.
    pub fn maintenance(&self) -> Option<Maintenance> {
        let now = self.clock.now();
        self.quiet_time.0.borrow().clone().filter(|quiet| quiet.holds(now))
    }

    /// Announces a quiet time, which holds at once on this node and within half a minute on others; says another end of the
    /// one that there is.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins, [`ActionError::Invalid`] when the words or the time are too
    /// long.
    pub async fn begin_maintenance(
        &self,
        viewer: &Viewer,
        (lasts, why): (Option<Duration>, &str),
    ) -> Result<()> {
        access::admin(viewer)?;
        self.begin_quiet_time(viewer.into(), (lasts, why)).await
    }

    /// The same for whoever sits at the machine.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when the words or the time are too long.
    pub async fn begin_maintenance_here(&self, lasts: Option<Duration>, why: &str) -> Result<()> {
        self.begin_quiet_time(Doer::at_the_machine(), (lasts, why)).await
    }

    /// Ends it.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins.
    pub async fn end_maintenance(&self, viewer: &Viewer) -> Result<()> {
        access::admin(viewer)?;
        self.end_quiet_time(viewer.into()).await.map(|_| ())
    }

    /// The same for whoever sits at the machine; whether there was one.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn end_maintenance_here(&self) -> Result<bool> {
        self.end_quiet_time(Doer::at_the_machine()).await
    }

    async fn begin_quiet_time(&self, doer: Doer, (lasts, why): (Option<Duration>, &str)) -> Result<()> {
        let why = why.trim().replace('\0', "");
        if why.chars().count() > Maintenance::LONGEST_WHY {
            return Err(ActionError::invalid("why", Problem::TooLong { limit: Maintenance::LONGEST_WHY }));
        }
        if lasts.is_some_and(|lasts| lasts.is_zero() || lasts > LONGEST) {
            return Err(ActionError::invalid("lasts", Problem::NoSuchEnd));
        }
        let now = self.clock.now();
        let quiet = Maintenance { begun_at: now, ends_at: lasts.map(|lasts| now + lasts), why };
        let (actions, kept) = (self.clone(), quiet.clone());
        self.store
            .write(async move |tx| {
                store::maintenance::set(tx, &kept).await?;
                let deed = Deed::MaintenanceBegun { ends_at: kept.ends_at, why: kept.why };
                actions.audit(tx, doer, None, deed).await
            })
            .await?;
        self.quiet_time.0.send_replace(Some(quiet));
        Ok(())
    }

    async fn end_quiet_time(&self, doer: Doer) -> Result<bool> {
        let actions = self.clone();
        let was = self
            .store
            .write(async move |tx| {
                let was = store::maintenance::delete(tx).await?;
                if was {
                    actions.audit(tx, doer, None, Deed::MaintenanceEnded).await?;
                }
                Ok::<_, ActionError>(was)
            })
            .await?;
        self.quiet_time.0.send_replace(None);
        self.bell.ring();
        Ok(was)
    }

    /// Looks whether another node or the command line announced or ended one.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: what was known stays.
    pub async fn look_for_maintenance(&self) -> Result<()> {
        let before = self.quiet_time.0.borrow().clone();
        let found = store::maintenance::find(&mut self.store.read().await?).await?;
        self.quiet_time.0.send_if_modified(|known| {
            // Announced or ended here while it was read: that is newer.
            let is_new = *known == before && *known != found;
            if is_new {
                *known = found;
            }
            is_new
        });
        Ok(())
    }

    /// Waits until one begins (`true`), or until none holds any more.
    pub async fn maintenance_is(&self, wanted: bool) {
        let (mut known, mut ear) = (self.quiet_time.0.subscribe(), self.bell.listen());
        while self.maintenance().is_some() != wanted {
            tokio::select! {
                _ = known.changed() => {}
                () = ear.heard(), if !wanted => {}
                // It may end by itself.
                () = tokio::time::sleep(LOOK), if !wanted => {}
            }
        }
    }
}
