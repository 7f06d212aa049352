//! Groups: the list of one's own, and a group's page.

use std::collections::BTreeMap;

use super::{Actions, Result, access};
use crate::domain::bounce::AddressTrouble;
use crate::domain::event::MemberHead;
use crate::domain::group::{Adding, Group, Member, Muting, Role};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::message::Glance;
use crate::domain::person::{Person, Viewer};
use crate::domain::presence::{Attention, Presence};
use crate::domain::receipt::ReceiptPolicy;
use crate::domain::time::Timestamp;
use crate::mail::markdown::first_words;
use crate::store::{self, Tx};

/// A group and who is in it.
#[derive(Clone, Debug)]
pub struct GroupPage {
    pub group: Group,
    /// The viewer's own membership.
    pub own: Member,
    /// How the viewer answers requests for receipts here.
    pub receipt_policy: ReceiptPolicy,
    pub members: Vec<MemberLine>,
    /// The group it was spun off from, if the viewer is in that as well.
    pub parent: Option<Group>,
}

/// A group in the list of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLine {
    pub id: GroupId,
    pub topic: String,
    /// How many messages were said, notices aside, and how many of them were read.
    pub said: i64,
    pub read: i64,
    pub muting: Muting,
    pub last_at: Timestamp,
    /// When a message was changed last.
    pub changed_at: Timestamp,
    /// The newest message; `None` before the first.
    pub last: Option<Glance>,
}

/// A member, as everybody in the group sees them.
#[derive(Clone, Debug)]
pub struct MemberLine {
    pub member: Member,
    pub person: Person,
    pub presence: Presence,
    /// Whether they belong to none of the organisation.
    pub is_guest: bool,
    /// What is known of their address, if mails came back from it.
    pub trouble: Option<AddressTrouble>,
}

impl GroupPage {
    /// Who is in it, as every page of the group shows them.
    pub fn heads(&self) -> Vec<MemberHead> {
        heads_of(&self.members)
    }

    /// Whether the viewer may add members.
    pub fn may_add(&self) -> bool {
        let is_guest = self.members.iter().any(|line| line.member.id == self.own.id && line.is_guest);
        !is_guest && (self.group.adding == Adding::Members || self.own.role == Role::Owner)
    }
}

/// What all pages of a group show of its members.
pub(super) fn heads_of(members: &[MemberLine]) -> Vec<MemberHead> {
    let head = |line: &MemberLine| MemberHead {
        id: line.person.id,
        name: line.person.full_name.clone(),
        photo: line.person.photo,
        is_guest: line.is_guest,
        presence: line.presence.clone(),
    };
    members.iter().map(head).collect()
}

/// How many groups the list shows.
pub const LIST: i64 = 200;

impl From<store::groups::GroupLine> for GroupLine {
    fn from(row: store::groups::GroupLine) -> Self {
        let last = row.last_author.zip(row.last_text).zip(row.last_source);
        let last = last.map(|((author, text), source)| Glance {
            author,
            words: first_words(source, &text),
            file: row.last_file,
            more_files: (row.last_files - 1).max(0),
            removed: row.last_removed_at.is_some(),
            moved: row.last_moved_seq.is_some(),
        });
        Self {
            id: row.id,
            topic: row.topic,
            said: row.said,
            read: row.read,
            muting: row.muting,
            last_at: row.last_at,
            changed_at: row.changed_at,
            last,
        }
    }
}

impl Actions {
    /// The groups of this person, the one with the newest message first. One statement.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer.
    pub async fn list_groups(&self, viewer: &Viewer) -> Result<Vec<GroupLine>> {
        let rows = store::groups::list_for(&mut self.store.read().await?, viewer.person_id, LIST).await?;
        Ok(rows.into_iter().map(GroupLine::from).collect())
    }

    /// A group of this person's. Eight statements, however many members.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when this person is no member.
    pub async fn get_group(&self, viewer: &Viewer, id: GroupId) -> Result<GroupPage> {
        let mut tx = self.store.read().await?;
        let (group, own) = access::group(&mut tx, viewer.person_id, id).await?;
        let members = self.member_lines(&mut tx, id, Some(viewer.person_id)).await?;
        let receipt_policy = store::receipt_settings::policy_of_member(&mut tx, id, viewer.person_id).await?;
        let parent = match group.parent_id {
            Some(parent) => access::find_group(&mut tx, viewer.person_id, parent).await?,
            None => None,
        };
        Ok(GroupPage { group, own, receipt_policy, members, parent })
    }

    /// All members, as they are to `you`, or to everybody.
    pub(super) async fn member_lines(
        &self,
        tx: &mut Tx,
        id: GroupId,
        you: Option<PersonId>,
    ) -> Result<Vec<MemberLine>> {
        let members = store::groups::members(tx, id).await?;
        let ids: Vec<PersonId> = members.iter().map(|m| m.person_id).collect();
        let persons = store::persons::list(tx, &ids).await?;
        let said = store::statuses::of_group(tx, id, self.clock.now()).await?;
        let mut statuses: BTreeMap<_, _> = said.into_iter().map(|said| (said.person, said.status)).collect();
        let mut troubles: BTreeMap<_, _> =
            store::address_troubles::of_group(tx, id).await?.into_iter().collect();
        Ok(members
            .into_iter()
            .filter_map(|member| {
                let person = persons.iter().find(|p| p.id == member.person_id)?.clone();
                // Whoever asks is here, even before their page has connected.
                let least = if Some(person.id) == you { Attention::Looking } else { Attention::Gone };
                let attention = self.hub.attention(person.id).max(least);
                let presence =
                    Presence::of(attention, statuses.remove(&person.id).flatten().unwrap_or_default());
                let is_guest = !access::belongs(&person, &self.settings.sign_in);
                let trouble = troubles.remove(&person.id);
                Some(MemberLine { presence, is_guest, member, person, trouble })
            })
            .collect())
    }
}
