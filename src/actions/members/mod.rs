//! Members after a group was made: who comes, who goes, who owns, and how much somebody wants to hear. Each change is a
//! notice in the group's log, and the right ends with the row in the table.

mod add;
mod heirs;
mod take_back;
mod topic;

pub use add::{Added, NewMembers};
pub use take_back::{Addition, TAKEN_BACK_WITHIN};

use super::log::Noted;
use super::{ActionError, Actions, Problem, Result, access, groups, people};
use crate::domain::event::{Audience, Event, MemberHead};
use crate::domain::group::{Group, Member, Muting, Role};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::notice::{Named, Notice};
use crate::domain::person::Viewer;
use crate::store::{self, Tx};

/// What the ledger says of a mail that its receiver was not to get any more.
const WITHDRAWN: &str = "The receiver left the group before this was sent.";

impl Actions {
    /// Takes somebody out of a group: pages, downloads, reply address and personal link end at once. Somebody who is
    /// gone already is as good.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but owners; [`ActionError::Invalid`] when it is the last owner.
    pub async fn remove_member(&self, viewer: &Viewer, group: GroupId, person: PersonId) -> Result<()> {
        if person == viewer.person_id {
            return self.leave_group(viewer, group).await;
        }
        let (actions, owner) = (self.clone(), viewer.clone());
        let noted = self
            .store
            .write(async move |tx| {
                access::group_of_owner(tx, owner.person_id, group).await?;
                let Some(gone) = store::groups::find_member(tx, group, person).await? else {
                    return Ok::<_, ActionError>(None);
                };
                actions.end_membership(tx, &gone, Some(owner.person_id)).await?;
                let notice = Notice::Removed { person: named(tx, person).await? };
                Ok(Some(actions.note(tx, group, &owner, notice).await?))
            })
            .await?;
        if let Some(noted) = noted {
            self.tell_gone(noted, person).await;
        }
        Ok(())
    }

    /// Leaves a group.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Invalid`] for the last owner while
    /// others are in it: they name another one first.
    pub async fn leave_group(&self, viewer: &Viewer, group: GroupId) -> Result<()> {
        let (actions, leaver) = (self.clone(), viewer.clone());
        let noted = self
            .store
            .write(async move |tx| {
                let (_, own) = access::group_for_change(tx, leaver.person_id, group).await?;
                actions.leave(tx, (&leaver).into(), &own).await
            })
            .await?;
        self.tell_gone(noted, viewer.person_id).await;
        Ok(())
    }

    /// Ends a membership by its member's own will, in a group that is held.
    pub(super) async fn leave(&self, tx: &mut Tx, leaver: Named, own: &Member) -> Result<Noted> {
        check_not_last_owner(tx, own).await?;
        self.end_membership(tx, own, None).await?;
        self.note(tx, own.group_id, leaver, Notice::Left).await
    }

    /// Makes a member an owner, or an owner a member.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but owners, [`ActionError::NotFound`] when there is no such member,
    /// [`ActionError::Invalid`] when it is the last owner, and for a new one who has departed.
    pub async fn set_role(
        &self,
        viewer: &Viewer,
        group: GroupId,
        person: PersonId,
        role: Role,
    ) -> Result<()> {
        let (actions, owner) = (self.clone(), viewer.clone());
        let noted = self
            .store
            .write(async move |tx| {
                access::group_of_owner(tx, owner.person_id, group).await?;
                let member = access::member(tx, person, group).await?;
                if member.role == role {
                    return Ok::<_, ActionError>(None);
                }
                let found = store::persons::find(tx, person).await?.ok_or(ActionError::NotFound)?;
                match role {
                    Role::Member => check_not_last_owner(tx, &member).await?,
                    Role::Owner => people::check_here(std::slice::from_ref(&found))?,
                }
                store::members::set_role(tx, member.id, role).await?;
                let notice = Notice::Role { person: (&found).into(), role };
                Ok(Some(actions.note(tx, group, &owner, notice).await?))
            })
            .await?;
        if let Some(noted) = noted {
            self.tell_noted(noted).await;
        }
        Ok(())
    }

    /// Says how much this person wants to hear of a group. Nobody else learns of it.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn set_muting(&self, viewer: &Viewer, group: GroupId, muting: Muting) -> Result<()> {
        let person = viewer.person_id;
        self.store
            .write(async move |tx| {
                let own = access::member(tx, person, group).await?;
                Ok::<_, ActionError>(store::members::set_muting(tx, own.id, muting).await?)
            })
            .await?;
        self.hub.publish(Audience::Person(person), Event::MutingChanged { group, muting });
        Ok(())
    }

    /// The right ends here: with the row, with the link that signs its receiver in, and with the mails that still wait.
    async fn end_membership(&self, tx: &mut Tx, member: &Member, by: Option<PersonId>) -> Result<()> {
        let now = self.clock.now();
        store::members::remove(tx, member, by, now).await?;
        store::deliveries::withdraw(tx, (member.group_id, member.person_id), WITHDRAWN, now).await?;
        Ok(store::links::delete(tx, &self.link_token(member.id).digest()).await?)
    }

    /// Tells the pages of who is gone, also those that look at the group, before they hear anything else of it.
    pub(super) async fn tell_gone(&self, noted: Noted, person: PersonId) {
        let group = noted.group.id;
        let gone = || Event::MemberGone { group, person };
        self.hub.publish(Audience::Group(group), gone());
        self.hub.publish(Audience::Person(person), gone());
        self.tell_noted(noted).await;
    }

    /// Tells those who look at the group: the line of its log, and who is in it now.
    async fn tell_noted(&self, noted: Noted) {
        let (group, topic) = (noted.group.id, noted.group.topic.clone());
        self.tell_notice(noted);
        match self.member_heads(group).await {
            Ok(members) => {
                self.hub.publish(Audience::Group(group), Event::HeadChanged { group, topic, members });
            }
            // It is sent again when a page comes back.
            Err(error) => tracing::warn!(error = %error, "Open pages could not be told of members."),
        }
    }

    async fn member_heads(&self, group: GroupId) -> Result<Vec<MemberHead>> {
        let lines = self.member_lines(&mut self.store.read().await?, group, None).await?;
        Ok(groups::heads_of(&lines))
    }
}

/// A group that has members has an owner who is there. Whoever is alone in it may go.
async fn check_not_last_owner(tx: &mut Tx, member: &Member) -> Result<()> {
    if member.role == Role::Member {
        return Ok(());
    }
    match store::members::count_present(tx, member.group_id).await? {
        (1, 2..) => Err(ActionError::invalid("members", Problem::LastOwner)),
        _ => Ok(()),
    }
}

/// A person as the log names them.
async fn named(tx: &mut Tx, id: PersonId) -> Result<Named> {
    let person = store::persons::find(tx, id).await?.ok_or(ActionError::NotFound)?;
    Ok(Named { id, name: person.full_name })
}

/// Whether this member may add others: nobody from outside the organisation, and owners only where one said so.
pub(super) async fn check_may_add(
    tx: &mut Tx,
    actions: &Actions,
    viewer: &Viewer,
    (group, own): (&Group, &Member),
) -> Result<()> {
    use crate::domain::group::Adding;
    access::colleague(tx, viewer, &actions.settings.sign_in).await?;
    let may = group.adding == Adding::Members || own.role == Role::Owner;
    if may { Ok(()) } else { Err(ActionError::Forbidden) }
}
