//! Drafts: preparing a group, from a mail, a thread, dropped mails or nothing, until it is confirmed.

mod confirm;
mod edit;
mod lease;
mod spin_off;
mod start;

pub use edit::{Change, MOST_MEMBERS};
pub use lease::LeaseOutcome;
pub(super) use start::{Seed, own_words, topic_of};

use super::{Actions, Result, access};
use crate::domain::draft::{Draft, DraftState};
use crate::domain::event::{Audience, Event};
use crate::domain::file::File;
use crate::domain::group::Reach;
use crate::domain::ids::{DraftId, PersonId};
use crate::domain::message::Message;
use crate::domain::people_set::SetOffer;
use crate::domain::person::{Person, Viewer};
use crate::domain::policy::Policy;
use crate::domain::thread::Seen;
use crate::domain::time::Timestamp;
use crate::store;

/// A draft's page.
#[derive(Clone, Debug)]
pub struct DraftPage {
    pub draft: Draft,
    pub owner: Person,
    pub members: Vec<DraftMemberLine>,
    /// The files of the mail, and whether each is kept.
    pub files: Vec<(File, bool)>,
    /// Messages of the group it is spun off from, and whether each is taken along.
    pub chosen: Vec<(Message, bool)>,
    /// Lists to which its mails went: they are nobody, their people can be added.
    pub lists: Vec<SetOffer>,
    /// That group's topic, for its members.
    pub parent: Option<String>,
    /// Who may be a member.
    pub policy: Policy,
    /// Who edits now, if anybody does.
    pub holder: Option<Person>,
    /// Who asked the holder to hand over.
    pub wanted_by: Option<Person>,
}

/// Somebody a draft will invite.
#[derive(Clone, Debug)]
pub struct DraftMemberLine {
    pub person: Person,
    /// Where the mails had them; all 0 for somebody added by hand.
    pub seen: Seen,
    pub reach: Reach,
    /// Whether the company lets them be a member; otherwise they are left out of the group.
    pub may_join: bool,
}

/// How many drafts the list shows.
const LIST: i64 = 50;

impl Actions {
    /// A draft, for its owner and those who are to be its members. A fixed number of statements.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] for everybody else.
    pub async fn get_draft(&self, viewer: &Viewer, id: DraftId) -> Result<DraftPage> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let draft = access::draft(&mut tx, self.asks(viewer), id).await?;
        let members = store::drafts::members(&mut tx, id).await?;
        let lease = draft.lease.as_ref().filter(|l| l.is_live(now));
        let (holder, wanted_by) = (lease.map(|l| l.holder), lease.and_then(|l| l.wanted_by));
        let mut ids: Vec<PersonId> = members.iter().map(|m| m.person_id).collect();
        ids.push(draft.owner);
        ids.extend(holder.into_iter().chain(wanted_by));
        let persons = store::persons::list(&mut tx, &distinct(ids)).await?;
        let find = |id: PersonId| persons.iter().find(|p| p.id == id).cloned();
        let mut files = store::files::list_of_draft(&mut tx, id).await?;
        if draft.state == DraftState::Confirmed {
            files.retain(|(_, kept)| *kept);
        }
        let chosen = spin_off::chosen_for(&mut tx, &draft, viewer.person_id).await?;
        let lists = store::directory_lists::list_of_draft(&mut tx, id).await?;
        let parent = spin_off::parent_topic(&mut tx, &draft, viewer.person_id).await?;
        let members = members
            .into_iter()
            .filter_map(|m| {
                let reach = if self.hub.has_page(m.person_id) { Reach::Browser } else { Reach::Mail };
                let person = find(m.person_id)?;
                let may_join = person.id == draft.owner || self.may_become_member(&person);
                Some(DraftMemberLine { person, seen: m.seen, reach, may_join })
            })
            .collect();
        let owner = find(draft.owner).ok_or(super::ActionError::NotFound)?;
        let (holder, wanted_by) = (holder.and_then(find), wanted_by.and_then(find));
        let policy = self.policy().clone();
        Ok(DraftPage { policy, owner, members, files, chosen, lists, parent, holder, wanted_by, draft })
    }

    /// The open drafts of this person, last changed first.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer.
    pub async fn list_drafts(&self, viewer: &Viewer) -> Result<Vec<Draft>> {
        Ok(store::drafts::list_for(&mut self.store.read().await?, viewer.person_id, LIST).await?)
    }
}

impl Actions {
    /// Tells the open pages of a draft's owner what their list of drafts shows of it now.
    pub(super) fn tell_list(&self, draft: &Draft, at: Timestamp) {
        let event = match draft.state {
            DraftState::Open => Event::DraftListed { draft: draft.id, topic: draft.topic.clone(), at },
            DraftState::Confirmed | DraftState::Discarded => Event::DraftUnlisted { draft: draft.id },
        };
        self.hub.publish(Audience::Person(draft.owner), event);
    }
}

fn distinct(mut ids: Vec<PersonId>) -> Vec<PersonId> {
    ids.sort();
    ids.dedup();
    ids
}
