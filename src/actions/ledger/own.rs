//! What of the ledger concerns a member: their own mails that were not taken, and mails to them that did not go out. Nobody
//! else's.

use std::time::Duration;

use super::super::{Actions, Result, access};
use crate::domain::ids::GroupId;
use crate::domain::ledger::{Delivery, DeliveryKind, Ignored, MailEntry, Outcome, Verdict};
use crate::domain::person::Viewer;
use crate::store;

/// Newest first.
#[derive(Clone, Debug, Default)]
pub struct OwnTroubles {
    pub mails: Vec<MailEntry>,
    pub deliveries: Vec<Delivery>,
}

impl OwnTroubles {
    pub fn is_empty(&self) -> bool {
        self.mails.is_empty() && self.deliveries.is_empty()
    }
}

/// Older ones help nobody any more.
const SHOWN: Duration = Duration::from_secs(30 * 24 * 3600);
/// Lines that are looked through.
const LOOKED: i64 = 100;
const MOST: usize = 20;

impl Actions {
    /// What went wrong with this person's mails within 30 days, in one group or anywhere. Four statements at the most.
    ///
    /// # Errors
    /// [`super::super::ActionError::NotFound`] when this person is no member of the group.
    pub async fn own_mail_troubles(&self, viewer: &Viewer, group: Option<GroupId>) -> Result<OwnTroubles> {
        let since = self.clock.now() - SHOWN;
        let mut tx = self.store.read().await?;
        if let Some(group) = group {
            access::member(&mut tx, viewer.person_id, group).await?;
        }
        let person = store::persons::find(&mut tx, viewer.person_id).await?;
        let own: Vec<String> = person
            .map(|person| person.addresses.iter().map(|address| address.key().to_owned()).collect())
            .unwrap_or_default();
        let mails = store::ledger::list_unused(&mut tx, &own, (group, since), LOOKED).await?;
        let mut deliveries =
            store::deliveries::list_lost(&mut tx, viewer.person_id, (group, since), LOOKED).await?;
        // What was given up for them on purpose came another way, or is theirs no more.
        deliveries.retain(|delivery| {
            delivery.kind != DeliveryKind::Trial && delivery.attempts > 0 || delivery.state.is_dropped()
        });
        deliveries.truncate(MOST);
        let mails = mails.into_iter().map(|stored| stored.entry).filter(concerns).take(MOST).collect();
        Ok(OwnTroubles { mails, deliveries })
    }
}

/// A mail that its author misses. Not what a program sent, or what is there anyway; and nobody is shown what somebody else
/// sent in their name.
fn concerns(mail: &MailEntry) -> bool {
    let is_false = mail.proof.as_ref().is_some_and(|proof| proof.verdict == Verdict::Failed);
    let is_noise = matches!(
        mail.outcome,
        Outcome::Ignored { why: Ignored::Automatic | Ignored::Loop | Ignored::Duplicate | Ignored::Report }
    );
    !is_false && !is_noise
}
