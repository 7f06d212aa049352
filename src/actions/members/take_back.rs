//! Taking back that several people were added at once: in one step, for a while, by whoever added them.

use std::time::Duration;

use super::super::{ActionError, Actions, Problem, Result, access};
use super::WITHDRAWN;
use crate::domain::event::{Audience, Event};
use crate::domain::group::{Member, Role};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::notice::{Named, Notice};
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// For so long it can be.
pub const TAKEN_BACK_WITHIN: Duration = Duration::from_secs(15 * 60);

/// People whom somebody added at once, and who can be taken out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// The number of the notice that says so.
    pub seq: i64,
    /// How many there were.
    pub added: usize,
    /// Those who would go: who has written since stays, and who owns the group by now.
    pub people: Vec<Named>,
    /// To how many of them the invitation has gone out by mail already.
    pub invited: usize,
}

impl Actions {
    /// The last time that this person added several people to a group, if it can still be taken back. At most five statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when they are no member.
    pub async fn find_addition(&self, viewer: &Viewer, group: GroupId) -> Result<Option<Addition>> {
        let mut tx = self.store.read().await?;
        access::member(&mut tx, viewer.person_id, group).await?;
        let since = self.clock.now() - TAKEN_BACK_WITHIN;
        Ok(open(&mut tx, (group, viewer.person_id), None, since).await?.map(|(addition, _)| addition))
    }

    /// Takes them out again, all at once. Invitations that still wait are withdrawn; nobody gets a mail about it. A fixed number
    /// of statements.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when it is too late or nobody of them would go, [`ActionError::NotFound`] for all but members.
    pub async fn take_back_addition(&self, viewer: &Viewer, group: GroupId, seq: i64) -> Result<Addition> {
        let (actions, by, now) = (self.clone(), viewer.clone(), self.clock.now());
        let (noted, addition) = self
            .store
            .write(async move |tx| {
                access::group_for_change(tx, by.person_id, group).await?;
                let found = open(tx, (group, by.person_id), Some(seq), now - TAKEN_BACK_WITHIN).await?;
                let gone = ActionError::invalid("members", Problem::NobodyToTakeBack);
                let (addition, members) = found.ok_or(gone)?;
                let link = |member: &Member| (member.id, actions.link_token(member.id).digest());
                let ends: Vec<_> = members.iter().map(link).collect();
                store::additions::end(tx, &ends, (by.person_id, now)).await?;
                let persons: Vec<PersonId> = members.iter().map(|member| member.person_id).collect();
                store::additions::withdraw(tx, (group, &persons), WITHDRAWN, now).await?;
                let notice = Notice::TakenBack { people: addition.people.clone(), invited: addition.invited };
                Ok::<_, ActionError>((actions.note(tx, group, &by, notice).await?, addition))
            })
            .await?;
        for person in addition.people.iter().map(|person| person.id) {
            self.hub.publish(Audience::Group(group), Event::MemberGone { group, person });
            self.hub.publish(Audience::Person(person), Event::MemberGone { group, person });
        }
        self.tell_noted(noted).await;
        Ok(addition)
    }
}

/// What somebody added last, or by the notice of this number, with the memberships that came of it and are as they were.
async fn open(
    tx: &mut Tx,
    (group, by): (GroupId, PersonId),
    seq: Option<i64>,
    since: Timestamp,
) -> Result<Option<(Addition, Vec<Member>)>> {
    let added = |(number, at, notice)| match notice {
        Notice::Added { people, .. } if people.len() > 1 => Some((number, at, people)),
        _ => None,
    };
    let notices = store::additions::notices_by(tx, (group, by), since).await?;
    let mut several = notices.into_iter().filter_map(added);
    let Some((seq, at, people)) = several.find(|(number, ..)| seq.is_none_or(|seq| seq == *number)) else {
        return Ok(None);
    };
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let spoke = store::additions::spoke_after(tx, (group, seq), &ids).await?;
    let mut members = store::groups::members(tx, group).await?;
    // Whoever left meanwhile and came again did so by somebody else's doing.
    members.retain(|member| {
        let person = &member.person_id;
        let is_as_added = member.role == Role::Member && member.joined_at <= at;
        is_as_added && ids.contains(person) && !spoke.contains(person)
    });
    if members.is_empty() {
        return Ok(None);
    }
    let ids: Vec<PersonId> = members.iter().map(|member| member.person_id).collect();
    let invited = store::additions::count_invited(tx, (group, at), &ids).await?;
    let added = people.len();
    let people = people.into_iter().filter(|person| ids.contains(&person.id)).collect();
    Ok(Some((Addition { seq, added, people, invited }, members)))
}
