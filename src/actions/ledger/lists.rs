//! Lines of the ledger, as they are looked for.

use std::collections::HashMap;

use super::super::{Actions, Result, access};
use crate::domain::ids::GroupId;
use crate::domain::ledger::{Delivery, MailEntry};
use crate::domain::ledger_query::{LedgerPlace, LedgerQuery};
use crate::domain::person::Viewer;
use crate::store;

impl Actions {
    /// Lines of mails in, newest first, after a line. Two statements at the most.
    ///
    /// # Errors
    /// [`super::super::ActionError::NotFound`] for people who neither are admins nor auditors.
    pub async fn list_mails(
        &self,
        viewer: &Viewer,
        query: &LedgerQuery,
        after: Option<LedgerPlace>,
        limit: i64,
    ) -> Result<Vec<MailEntry>> {
        access::auditor(viewer)?;
        let mails = store::ledger_lists::mails(&mut self.store.read().await?, query, after, limit).await?;
        Ok(mails.into_iter().map(|m| m.entry).collect())
    }

    /// Lines of mails out, newest first, after a line. Two statements at the most.
    ///
    /// # Errors
    /// [`super::super::ActionError::NotFound`] for people who neither are admins nor auditors.
    pub async fn list_deliveries(
        &self,
        viewer: &Viewer,
        query: &LedgerQuery,
        after: Option<LedgerPlace>,
        limit: i64,
    ) -> Result<Vec<Delivery>> {
        access::auditor(viewer)?;
        Ok(store::ledger_lists::mails_out(&mut self.store.read().await?, query, after, limit).await?)
    }

    /// The topics of groups that stand in the ledger. One statement.
    ///
    /// # Errors
    /// [`super::super::ActionError::NotFound`] for people who neither are admins nor auditors.
    pub async fn ledger_topics(
        &self,
        viewer: &Viewer,
        groups: &[GroupId],
    ) -> Result<HashMap<GroupId, String>> {
        access::auditor(viewer)?;
        let topics = store::ledger_lists::topics(&mut self.store.read().await?, groups).await?;
        Ok(topics.into_iter().collect())
    }

    /// Up to `limit` groups with this in their topic, the newest first: only to choose one by. One statement.
    ///
    /// # Errors
    /// [`super::super::ActionError::NotFound`] for people who neither are admins nor auditors.
    pub async fn groups_about(
        &self,
        viewer: &Viewer,
        part: &str,
        limit: usize,
    ) -> Result<Vec<(GroupId, String)>> {
        access::auditor(viewer)?;
        Ok(store::ledger_lists::groups_about(&mut self.store.read().await?, part, limit).await?)
    }
}
