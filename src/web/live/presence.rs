//! Presence over the socket: who is here, who writes, and what this page says of itself.

use std::borrow::Cow;

use super::frames::Told;
use super::page::Page;
use crate::domain::event::Event;
use crate::domain::ids::GroupId;
use crate::domain::presence::{Attention, Presence, Status, Whereabouts};
use crate::web::presence::note;

impl Page {
    /// Somebody looks at this page, or no longer. A page that says so again and again has to wait.
    pub(super) async fn here(&mut self, looks: bool) -> bool {
        tokio::time::sleep(self.pace.take()).await;
        self.open.look(looks);
        if std::mem::replace(&mut self.has_own, true) {
            return true;
        }
        // What the page shows of its own person may be older than this connection.
        let Ok(status) = self.state.actions.own_status(&self.member.viewer).await else { return false };
        let attention = self.state.actions.hub.attention(self.member.viewer.person_id);
        self.tell_own_presence(attention, &status).await
    }

    /// All of a group's members at once: what follows are changes of it.
    pub(super) async fn show_presences(&mut self, group: GroupId) -> bool {
        if !self.shows(group) {
            return true;
        }
        let Ok(people) = self.state.actions.list_presences(&self.member.viewer, group).await else {
            return false;
        };
        self.send(&Told::Presence { group, whole: true, people: &self.in_words(&people) }).await
    }

    /// This person writes, or no longer. Oftener than others want to know, nothing is passed on.
    pub(super) fn writing(&mut self, group: GroupId, writes: bool) {
        if self.shows(group) && self.pace.take().is_zero() {
            self.state.actions.tell_writing(&self.member.viewer, group, writes);
        }
    }

    /// What mail programs say of people, in the language of the page; all the rest is the same in each.
    fn in_words<'p>(&self, people: &'p [Whereabouts]) -> Cow<'p, [Whereabouts]> {
        if people.iter().all(|one| one.presence.absence.is_none()) {
            return Cow::Borrowed(people);
        }
        let t = self.texts();
        let mut people = people.to_vec();
        for one in &mut people {
            one.presence.note = note(t, &one.presence);
        }
        Cow::Owned(people)
    }

    /// To those who look at a group.
    pub(super) async fn tell_around(&mut self, event: &Event) -> bool {
        match event {
            Event::PresenceChanged { group, people } if self.shows(*group) => {
                self.send(&Told::Presence { group: *group, whole: false, people: &self.in_words(people) })
                    .await
            }
            Event::Writing { group, person, name, writes } if self.shows(*group) => {
                self.send(&Told::Writing { group: *group, person: *person, name, writes: *writes }).await
            }
            _ => true,
        }
    }

    pub(super) async fn tell_own_presence(&mut self, attention: Attention, status: &Status) -> bool {
        let presence = &Presence::of(attention, status.clone());
        self.send(&Told::OwnPresence { presence, choice: status.choice }).await
    }
}
