//! Adding members to a group: several at once, and from which message on they may read.

use std::collections::HashSet;

use super::super::drafts::MOST_MEMBERS;
use super::super::{ActionError, Actions, Problem, Result, access, people, policy};
use super::check_may_add;
use crate::domain::address::NamedAddress;
use crate::domain::cadence::Cadence;
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::group::{Group, History, Member, Muting, Role};
use crate::domain::ids::{GroupId, JobId, PersonId};
use crate::domain::job::Job;
use crate::domain::notice::{Named, Notice};
use crate::domain::person::{Person, Viewer};
use crate::domain::quoted::Quoted;
use crate::store::{self, Tx};

/// Whom somebody wants to add.
#[derive(Clone, Debug, Default)]
pub struct NewMembers {
    /// Chosen from the address book.
    pub persons: Vec<PersonId>,
    /// Typed or pasted; who is not in the address book yet is learnt.
    pub addresses: Vec<NamedAddress>,
    pub history: History,
}

/// What became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    pub persons: Vec<PersonId>,
    /// How many of those who were asked for are in the group already.
    pub already: usize,
}

impl Actions {
    /// Adds members: their open pages show the group at once, the others get their personal link by mail. Who is a
    /// member already is passed over, unless nobody else was asked for. A fixed number of statements.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] for guests, for nobody at all, for our own address, for too many, and when all of them
    /// are members already. [`ActionError::Forbidden`] where owners only may add.
    pub async fn add_members(&self, viewer: &Viewer, group: GroupId, new: NewMembers) -> Result<Added> {
        people::check_typed(&self.settings.mail, &new.addresses)?;
        if new.persons.len() + new.addresses.len() > MOST_MEMBERS {
            return Err(ActionError::invalid("members", Problem::TooMany { limit: MOST_MEMBERS }));
        }
        let (actions, viewer) = (self.clone(), viewer.clone());
        let (noted, added) = self
            .store
            .write(async move |tx| {
                let (group, own) = access::group_for_change(tx, viewer.person_id, group).await?;
                check_may_add(tx, &actions, &viewer, (&group, &own)).await?;
                let asked = actions.persons_asked_for(tx, &new).await?;
                let (joining, already) = actions.not_in_yet(tx, &group, asked).await?;
                actions.enrol(tx, joiners(&actions, &group, &joining, new.history), viewer.person_id).await?;
                let people = joining.iter().map(|p| Named { id: p.id, name: p.full_name.clone() }).collect();
                let notice = Notice::Added { people, history: new.history };
                let noted = actions.note(tx, group.id, &viewer, notice).await?;
                let persons = joining.iter().map(|person| person.id).collect();
                Ok::<_, ActionError>((noted, Added { persons, already }))
            })
            .await?;
        self.tell_added(&noted.group, &added).await;
        self.tell_noted(noted).await;
        self.bell.ring();
        Ok(added)
    }

    /// Everybody that was chosen or typed, each once.
    async fn persons_asked_for(&self, tx: &mut Tx, new: &NewMembers) -> Result<Vec<Person>> {
        let mut seen = HashSet::new();
        let mut ids = new.persons.clone();
        ids.extend(people::learn_typed(tx, &self.clock, &new.addresses).await?);
        ids.retain(|id| seen.insert(*id));
        let persons = store::persons::list(tx, &ids).await?;
        // An id that is nobody's comes from a page that nobody sends.
        let found = ids.iter().map(|id| persons.iter().find(|p| p.id == *id).cloned());
        found.collect::<Option<Vec<_>>>().ok_or(ActionError::NotFound)
    }

    /// Those who are not in the group yet, and how many are.
    async fn not_in_yet(
        &self,
        tx: &mut Tx,
        group: &Group,
        asked: Vec<Person>,
    ) -> Result<(Vec<Person>, usize)> {
        let members: HashSet<PersonId> =
            store::groups::member_persons(tx, group.id).await?.into_iter().collect();
        let count = asked.len();
        let first = asked.first().map(|person| (person.id, person.full_name.clone()));
        let joining: Vec<Person> = asked.into_iter().filter(|p| !members.contains(&p.id)).collect();
        match first {
            None => return Err(ActionError::invalid("members", Problem::Empty)),
            Some((person, name)) if joining.is_empty() => {
                return Err(ActionError::invalid("members", Problem::AlreadyMember { person, name }));
            }
            Some(_) => {}
        }
        people::check_here(&joining)?;
        policy::check_may_join(&self.settings, &joining)?;
        if members.len() + joining.len() > MOST_MEMBERS {
            return Err(ActionError::invalid("members", Problem::TooMany { limit: MOST_MEMBERS }));
        }
        let already = count - joining.len();
        Ok((joining, already))
    }

    /// Adds members with their reply tokens and personal links, and a job for each but `by` to bring them the link.
    pub(in super::super) async fn enrol(
        &self,
        tx: &mut Tx,
        members: Vec<Member>,
        by: PersonId,
    ) -> Result<()> {
        let now = self.clock.now();
        let invited = members.iter().filter(|member| member.person_id != by);
        let jobs: Vec<(JobId, Job)> = invited
            .map(|member| (self.clock.new_id(), Job::InviteMember { member: member.id, by: Some(by) }))
            .collect();
        self.enrol_quietly(tx, members).await?;
        Ok(store::jobs::add(tx, &jobs, now, now).await?)
    }

    /// The same without telling anybody by mail.
    pub(in super::super) async fn enrol_quietly(&self, tx: &mut Tx, members: Vec<Member>) -> Result<()> {
        let link = |member: &Member| {
            let token = self.link_token(member.id);
            self.personal_link(member.person_id, format!("/groups/{}", member.group_id), &token)
        };
        let links: Vec<_> = members.iter().map(link).collect();
        let row = |member: Member| {
            let token = self.reply_token(member.id).digest();
            (member, token)
        };
        let rows: Vec<(Member, Digest)> = members.into_iter().map(row).collect();
        store::groups::insert_members(tx, &rows).await?;
        Ok(store::links::insert_many(tx, &links).await?)
    }

    /// The group appears on the pages of those who were added.
    async fn tell_added(&self, group: &Group, added: &Added) {
        match self.member_persons(group.id).await {
            Ok(members) => {
                let event = Event::GroupAdded {
                    group: group.id,
                    topic: group.topic.clone(),
                    members,
                    said: group.said(),
                    at: self.clock.now(),
                };
                self.hub.publish_to_persons(added.persons.iter().copied(), event);
            }
            // Their list of groups asks for what it lacks when its page comes back.
            Err(error) => tracing::warn!(error = %error, "Pages could not be told of a new group."),
        }
    }
}

/// The members that people become. What was said before counts as read and as mailed: it is history, if it is theirs
/// to see at all.
fn joiners(actions: &Actions, group: &Group, persons: &[Person], history: History) -> Vec<Member> {
    let now = actions.clock.now();
    let first_seq = match history {
        History::Start => 1,
        History::Now => group.last_seq + 1,
    };
    let member = |person: &Person| Member {
        id: actions.clock.new_id(),
        group_id: group.id,
        person_id: person.id,
        role: Role::Member,
        read_seq: group.last_seq,
        mailed_seq: group.last_seq,
        first_seq,
        joined_at: now,
        muting: Muting::default(),
        cadence: Cadence::default(),
        chats: false,
        quoted: Quoted::NONE,
        told_change: 0,
    };
    persons.iter().map(member).collect()
}
