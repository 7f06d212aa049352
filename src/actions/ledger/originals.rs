//! The bytes of mails, to be saved; each time is noted in the audit log. See docs/DECISIONS.md, "Why can an auditor save a
//! mail's original, who sees no contents?".

use super::super::{ActionError, Actions, Result, access};
use crate::domain::audit::{Deed, Doer};
use crate::domain::ids::{DeliveryId, GroupId, MailId};
use crate::domain::ledger::{DeliveryKind, Outcome};
use crate::domain::person::Viewer;
use crate::store;

/// A mail as it came, or as it goes.
#[derive(Clone, Debug)]
pub struct Original {
    /// What a file of it is called.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Actions {
    /// The bytes of a mail that came in, for admins and auditors. Of one that was too large only the header is there.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for others, and where no bytes are.
    pub async fn original_of_mail(&self, viewer: &Viewer, id: MailId) -> Result<Original> {
        access::auditor(viewer)?;
        let stored = store::ledger::find(&mut self.store.read().await?, id).await?;
        let stored = stored.ok_or(ActionError::NotFound)?;
        if matches!(stored.entry.outcome, Outcome::Unfetched { .. }) {
            return Err(ActionError::NotFound);
        }
        let bytes = self.files.read(&stored.digest).await?.ok_or(ActionError::NotFound)?;
        let deed = Deed::OriginalSaved { mail: Some(id), delivery: None };
        self.note_original(viewer, stored.entry.routed.group, deed).await?;
        Ok(Original { name: format!("{id}.eml"), bytes })
    }

    /// The bytes of a mail that goes out, as long as they are kept, for admins alone: they hold its receiver's own links.
    /// A mail to sign in is nobody's but its receiver's.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for others, and where no bytes are.
    pub async fn original_of_delivery(&self, viewer: &Viewer, id: DeliveryId) -> Result<Original> {
        access::admin(viewer)?;
        let mut tx = self.store.read().await?;
        let delivery = store::deliveries::find(&mut tx, id).await?.ok_or(ActionError::NotFound)?;
        if delivery.kind == DeliveryKind::SignIn {
            return Err(ActionError::NotFound);
        }
        let bytes = store::deliveries::bytes(&mut tx, id).await?.ok_or(ActionError::NotFound)?;
        drop(tx);
        let deed = Deed::OriginalSaved { mail: None, delivery: Some(id) };
        self.note_original(viewer, delivery.group_id, deed).await?;
        Ok(Original { name: format!("{id}.eml"), bytes })
    }

    /// Not handed out before it is noted.
    async fn note_original(&self, viewer: &Viewer, group: Option<GroupId>, deed: Deed) -> Result<()> {
        let (actions, who) = (self.clone(), Doer::from(viewer));
        self.store.write(async move |tx| actions.audit(tx, who, group, deed).await).await
    }
}
