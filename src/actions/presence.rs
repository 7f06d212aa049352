//! Presence: saying something of oneself, and telling the members of one's groups who is here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::event::{Audience, Event};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::job::Job;
use crate::domain::person::Viewer;
use crate::domain::presence::{Attention, Presence, Status, Whereabouts};
use crate::domain::time::Timestamp;
use crate::store;
use crate::store::statuses::Said;

/// In characters: a few words.
pub const LONGEST_NOTE: usize = 80;
/// Nobody is at lunch for longer.
pub const LONGEST_STATUS: Duration = Duration::from_secs(7 * 24 * 3600);

impl Actions {
    /// Says something of oneself: online, busy or away, a note, and when it ends. Two statements.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when the note is too long or the end is not in the next seven days.
    pub async fn set_status(&self, viewer: &Viewer, mut status: Status) -> Result<()> {
        let now = self.clock.now();
        status.note = on_one_line(&status.note);
        if status.note.chars().count() > LONGEST_NOTE {
            return Err(ActionError::invalid("note", Problem::TooLong { limit: LONGEST_NOTE }));
        }
        if status.until.is_some_and(|until| until <= now || until > now + LONGEST_STATUS) {
            return Err(ActionError::invalid("until", Problem::NoSuchEnd));
        }
        let (person, job) = (viewer.person_id, self.clock.new_id());
        self.store
            .write(async move |tx| {
                if status.is_empty() {
                    return store::statuses::clear(tx, person).await;
                }
                store::statuses::set(tx, person, &status).await?;
                let Some(until) = status.until else { return Ok(()) };
                store::jobs::add(tx, &[(job, Job::EndStatus { person, until })], until, now).await
            })
            .await?;
        self.hub.restate(person);
        self.bell.ring();
        Ok(())
    }

    /// A status has ended, unless another was set meanwhile. Running twice tells once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn end_status(&self, person: PersonId, until: Timestamp) -> Result<()> {
        if self.store.write(async move |tx| store::statuses::end(tx, person, until).await).await? {
            self.hub.restate(person);
        }
        Ok(())
    }

    /// Somebody is here, or writes: what their mail program says of them is over. One statement.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn end_absence(&self, person: PersonId) -> Result<()> {
        if self.store.write(async move |tx| store::statuses::end_away(tx, person).await).await? {
            self.hub.restate(person);
        }
        Ok(())
    }

    /// What the mail programs of a group's members answer while these are away, as far as it was kept. Two statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn away_words(&self, viewer: &Viewer, group: GroupId) -> Result<Vec<(PersonId, String)>> {
        let mut tx = self.store.read().await?;
        access::member(&mut tx, viewer.person_id, group).await?;
        Ok(store::statuses::away_words(&mut tx, group, self.clock.now()).await?)
    }

    /// What one says of oneself. One statement.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn own_status(&self, viewer: &Viewer) -> Result<Status> {
        let (mut tx, now) = (self.store.read().await?, self.clock.now());
        Ok(store::statuses::find(&mut tx, viewer.person_id, now).await?.unwrap_or_default())
    }

    /// The members of a group of whom there is something to tell; all others are offline. Two statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn list_presences(&self, viewer: &Viewer, group: GroupId) -> Result<Vec<Whereabouts>> {
        let mut tx = self.store.read().await?;
        access::member(&mut tx, viewer.person_id, group).await?;
        let said = store::statuses::of_group(&mut tx, group, self.clock.now()).await?;
        let all = said.into_iter().map(|said| {
            let attention = self.hub.attention(said.person);
            whereabouts(said, attention)
        });
        Ok(all.filter(|one| !one.presence.is_empty()).collect())
    }

    /// Tells the open pages whose presence has changed: those who look at a group, of its members, and everybody's own
    /// pages. However many have changed, one statement for up to 2,000 of them, and one event a group. Whether there
    /// will be more to tell later.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer; nothing is lost, the next time tells it.
    pub async fn tell_presences(&self) -> Result<bool> {
        let now = self.clock.now();
        let due: BTreeMap<PersonId, Attention> = self.hub.due_presences(now).into_iter().collect();
        if !due.is_empty()
            && let Err(error) = self.tell_due_presences(&due, now).await
        {
            due.keys().for_each(|person| self.hub.restate(*person));
            return Err(error);
        }
        Ok(self.hub.has_waiting_presences())
    }

    async fn tell_due_presences(&self, due: &BTreeMap<PersonId, Attention>, now: Timestamp) -> Result<()> {
        let persons: Vec<PersonId> = due.keys().copied().collect();
        let mut said = store::statuses::in_groups(&mut self.store.read().await?, &persons, now).await?;
        for one in &mut said {
            let is_here = due.get(&one.person) == Some(&Attention::Looking);
            if let Some(status) = one.status.take_if(|status| is_here && status.absence.is_some()) {
                tracing::debug!(person = %one.person, until = ?status.until, "Somebody away has come back.");
                let person = one.person;
                self.store.write(async move |tx| store::statuses::end_away(tx, person).await).await?;
            }
        }
        let (mut groups, mut told) = (BTreeMap::<GroupId, Vec<Whereabouts>>::new(), BTreeSet::new());
        for said in said {
            let group = said.group.filter(|group| self.hub.is_heard(Audience::Group(*group)));
            let attention = due.get(&said.person).copied().unwrap_or_default();
            if told.insert(said.person) {
                let status = said.status.clone().unwrap_or_default();
                self.hub.publish(Audience::Person(said.person), Event::OwnPresence { attention, status });
            }
            let one = whereabouts(said, attention);
            if let Some(group) = group {
                groups.entry(group).or_default().push(one);
            }
        }
        for (group, people) in groups {
            self.hub.publish(Audience::Group(group), Event::PresenceChanged { group, people });
        }
        Ok(())
    }

    /// Somebody begins, goes on or stops writing a message. Nothing is stored and no right is asked for: the caller
    /// knows that this person looks at the group.
    pub fn tell_writing(&self, viewer: &Viewer, group: GroupId, writes: bool) {
        let (person, name) = (viewer.person_id, viewer.full_name.clone());
        self.hub.publish(Audience::Group(group), Event::Writing { group, person, name, writes });
    }
}

fn whereabouts(said: Said, attention: Attention) -> Whereabouts {
    let presence = Presence::of(attention, said.status.unwrap_or_default());
    Whereabouts { person: said.person, name: said.name, presence }
}

/// PostgreSQL keeps no NUL, and a note has one line.
fn on_one_line(note: &str) -> String {
    let plain: String = note.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
