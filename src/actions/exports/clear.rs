//! Taking files away that nobody can fetch any more.

use std::collections::HashSet;

use super::{Actions, Result};
use crate::domain::ids::ExportId;
use crate::store;

/// How many are forgotten at once.
const BATCH: i64 = 100;

impl Actions {
    /// Forgets exports whose time is over, and files that belong to none.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] or [`super::ActionError::Internal`] when it can't be done now; it goes on the
    /// next time.
    pub async fn clear_exports(&self) -> Result<()> {
        loop {
            let now = self.clock.now();
            let over = store::exports::list_expired(&mut self.store.read().await?, now, BATCH).await?;
            if over.is_empty() {
                break;
            }
            // The file goes first: if we are interrupted, the row leads to it the next time.
            for export in &over {
                self.files.remove_export(*export).await?;
            }
            self.store.write(async move |tx| store::exports::delete(tx, &over).await).await?;
        }
        self.clear_dossiers().await?;
        let files: HashSet<ExportId> = self.files.list_exports().await?.into_iter().collect();
        for export in files {
            let mut tx = self.store.read().await?;
            let is_of_group = store::exports::find(&mut tx, export).await?.is_some();
            if !is_of_group && store::dossiers::find(&mut tx, export).await?.is_none() {
                self.files.remove_export(export).await?;
            }
        }
        Ok(())
    }
}
