//! A group that has members has an owner, also when its last one has departed from the organisation or was erased: who is there
//! longest inherits it. Guests never do; a group of guests alone waits for somebody who comes back.

use super::super::log::Noted;
use super::super::{Actions, Result, access};
use crate::domain::group::Role;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::notice::{Named, Notice};
use crate::domain::person::Person;
use crate::store::{self, Tx};

impl Actions {
    /// Gives every group that nobody present owns to one of its members. A short transaction for each, since they may be many; twice is
    /// harmless.
    ///
    /// # Errors
    /// [`super::super::ActionError::Unavailable`] when the database does not answer; the groups before have their owner.
    pub(in super::super) async fn hand_over(&self) -> Result<()> {
        for group in store::members::ownerless(&mut self.store.read().await?).await? {
            let actions = self.clone();
            let noted = self
                .store
                .write(async move |tx| {
                    store::groups::hold(tx, group).await?;
                    actions.inherit(tx, group, None).await
                })
                .await?;
            if let Some(noted) = noted {
                self.tell_noted(noted).await;
            }
        }
        Ok(())
    }

    /// Gives a group that is held to its heir, if it has no other owner than `gone`, who goes in this transaction. Three statements,
    /// and three more if somebody inherits.
    pub(in super::super) async fn inherit(
        &self,
        tx: &mut Tx,
        group: GroupId,
        gone: Option<PersonId>,
    ) -> Result<Option<Noted>> {
        let members = store::groups::members(tx, group).await?;
        let ids: Vec<PersonId> = members.iter().map(|member| member.person_id).collect();
        let mut people = store::persons::list(tx, &ids).await?;
        people.retain(|person| person.departed_at.is_none() && Some(person.id) != gone);
        let find = |id: PersonId| people.iter().find(|person| person.id == id);
        let present: Vec<_> =
            members.iter().filter_map(|member| Some((member, find(member.person_id)?))).collect();
        if present.iter().any(|(member, _)| member.role == Role::Owner) {
            return Ok(None);
        }
        let may_own = |person: &Person| access::belongs(person, &self.settings.sign_in);
        let colleagues = present.into_iter().filter(|(_, person)| may_own(person));
        let Some((heir, person)) = colleagues.min_by_key(|(member, _)| (member.joined_at, member.id)) else {
            return Ok(None);
        };
        store::members::set_role(tx, heir.id, Role::Owner).await?;
        self.note(tx, group, Named::from(person), Notice::Inherited).await.map(Some)
    }
}
