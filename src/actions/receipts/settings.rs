//! Who asks for receipts, and who gives them.

use super::super::{ActionError, Actions, Result, access};
use crate::domain::event::{Audience, Event};
use crate::domain::group::Role;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::message::MessagePlace;
use crate::domain::person::Viewer;
use crate::domain::receipt::{ReceiptPolicy, ReceiptRequest};
use crate::store;

/// What a member can choose about receipts in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptsInGroup {
    /// Chosen for this group; `None` is as everywhere.
    pub own: Option<ReceiptPolicy>,
    pub everywhere: ReceiptPolicy,
    /// What new messages ask unless their authors say otherwise. Its owners choose.
    pub request: ReceiptRequest,
    pub is_owner: bool,
}

impl Actions {
    /// How this person answers requests for receipts.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn receipt_policy(&self, viewer: &Viewer) -> Result<ReceiptPolicy> {
        Ok(store::receipt_settings::policy(&mut self.store.read().await?, viewer.person_id).await?)
    }

    /// From now on, in all groups for which nothing else was chosen. Who refuses declines what waits for them.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn set_receipt_policy(&self, viewer: &Viewer, policy: ReceiptPolicy) -> Result<()> {
        let (person, now) = (viewer.person_id, self.clock.now());
        let declined = self
            .store
            .write(async move |tx| {
                store::receipt_settings::set_policy(tx, person, policy).await?;
                store::receipts::decline_open(tx, person, now).await
            })
            .await?;
        self.tell_policy(person, declined);
        Ok(())
    }

    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn receipts_in_group(&self, viewer: &Viewer, group: GroupId) -> Result<ReceiptsInGroup> {
        let mut tx = self.store.read().await?;
        let (group, member) = access::group(&mut tx, viewer.person_id, group).await?;
        Ok(ReceiptsInGroup {
            own: store::receipt_settings::policy_in(&mut tx, group.id, viewer.person_id).await?,
            everywhere: store::receipt_settings::policy(&mut tx, viewer.person_id).await?,
            request: group.receipt_request,
            is_owner: member.role == Role::Owner,
        })
    }

    /// The same for one group; `None` is as everywhere.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn set_receipt_policy_in(
        &self,
        viewer: &Viewer,
        group: GroupId,
        policy: Option<ReceiptPolicy>,
    ) -> Result<()> {
        let (person, now) = (viewer.person_id, self.clock.now());
        let declined = self
            .store
            .write(async move |tx| {
                access::member(tx, person, group).await?;
                store::receipt_settings::set_policy_in(tx, group, person, policy).await?;
                Ok::<_, ActionError>(store::receipts::decline_open(tx, person, now).await?)
            })
            .await?;
        self.tell_policy(person, declined);
        Ok(())
    }

    fn tell_policy(&self, person: PersonId, declined: Vec<MessagePlace>) {
        self.receipts.note_changed(declined);
        self.hub.publish(Audience::Person(person), Event::ReceiptPolicyChanged);
    }

    /// Whether new messages of a group ask for receipts unless their authors say otherwise. For its owners.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Forbidden`] when they do not own it.
    pub async fn set_receipt_request(
        &self,
        viewer: &Viewer,
        group: GroupId,
        request: ReceiptRequest,
    ) -> Result<()> {
        let person = viewer.person_id;
        self.store
            .write(async move |tx| {
                access::group_of_owner(tx, person, group).await?;
                Ok::<_, ActionError>(store::receipt_settings::set_request(tx, group, request).await?)
            })
            .await?;
        self.hub.publish(Audience::Group(group), Event::ReceiptRequestChanged { group, request });
        Ok(())
    }
}
