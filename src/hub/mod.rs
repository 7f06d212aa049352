//! The hub: carries events from actions to open pages, and knows who has a page open.
//!
//! One channel for each audience that somebody listens to. Delivery may be lossy (a page that is too slow is told that
//! it missed something); the pages repair that by sequence number.

mod packet;
mod page;
mod presences;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

pub use packet::Packet;
pub use page::{Heard, OpenPage, Subscription};
pub use presences::{GRACE, PAUSE};

use self::page::Ear;
use self::presences::Presences;
use crate::domain::event::{Audience, Event};
use crate::domain::ids::PersonId;
use crate::domain::presence::Attention;
use crate::domain::time::Timestamp;

/// Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Hub {
    shared: Arc<Mutex<Shared>>,
    /// Somebody came, went, or looks or no longer looks.
    stirred: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Shared {
    channels: HashMap<Audience, Channel>,
    presences: Presences,
}

#[derive(Debug, Default)]
struct Channel {
    /// The pages of each person that listen.
    listeners: HashMap<PersonId, Vec<Arc<Ear>>>,
}

impl Hub {
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells everybody who listens. Costs nothing when nobody does.
    pub fn publish(&self, audience: Audience, event: Event) {
        self.publish_packet(audience, &Arc::new(Packet::new(event)));
    }

    /// The same event to many people, rendered once for all of them.
    pub fn publish_to_persons(&self, persons: impl IntoIterator<Item = PersonId>, event: Event) {
        self.publish_to_all(persons.into_iter().map(Audience::Person), event);
    }

    /// The same event to the Marks pages of many people.
    pub fn publish_to_marks(&self, persons: impl IntoIterator<Item = PersonId>, event: Event) {
        self.publish_to_all(persons.into_iter().map(Audience::Marks), event);
    }

    /// Whether anybody has a Marks page open.
    pub fn has_marks_pages(&self) -> bool {
        self.shared().channels.keys().any(|audience| matches!(audience, Audience::Marks(_)))
    }

    fn publish_to_all(&self, audiences: impl Iterator<Item = Audience>, event: Event) {
        let packet = Arc::new(Packet::new(event));
        for audience in audiences {
            self.publish_packet(audience, &packet);
        }
    }

    /// Whether anybody has a page open that does not listen to `near`.
    pub fn has_pages_beside(&self, near: Audience) -> bool {
        let channels = &self.shared().channels;
        channels.keys().any(|audience| match audience {
            Audience::Person(person) => channel_beside(channels, near, *person).is_some(),
            Audience::Marks(_) | Audience::Group(_) | Audience::Sight(_) | Audience::Draft(_) => false,
        })
    }

    /// To the pages of many people, but not to people all of whose pages listen to `near`, which was told already.
    pub fn publish_beside(&self, near: Audience, persons: impl IntoIterator<Item = PersonId>, event: Event) {
        let packet = Arc::new(Packet::new(event));
        let channels = &self.shared().channels;
        for channel in persons.into_iter().filter_map(|person| channel_beside(channels, near, person)) {
            channel.tell(&packet);
        }
    }

    fn publish_packet(&self, audience: Audience, packet: &Arc<Packet>) {
        if let Some(channel) = self.shared().channels.get(&audience) {
            channel.tell(packet);
        }
    }

    /// A person opens a page.
    pub fn open(&self, person: PersonId) -> OpenPage {
        self.stir(|presences| presences.enter(person));
        OpenPage::new(self.clone(), person)
    }

    /// Whether this person looks at any page: one that is open, in sight and in use.
    pub fn has_page(&self, person: PersonId) -> bool {
        self.listens(Audience::Person(person), person)
    }

    /// Whether this person looks at a page that listens to the audience, such as the page of a group. A page that is
    /// open on an abandoned desk does not count.
    pub fn listens(&self, audience: Audience, person: PersonId) -> bool {
        let shared = self.shared();
        let ears = shared.channels.get(&audience).and_then(|channel| channel.listeners.get(&person));
        ears.is_some_and(|ears| ears.iter().any(|ear| ear.looks()))
    }

    /// Whether any page listens to the audience.
    pub fn is_heard(&self, audience: Audience) -> bool {
        self.shared().channels.contains_key(&audience)
    }

    /// How present somebody is.
    pub fn attention(&self, person: PersonId) -> Attention {
        self.shared().presences.attention(person)
    }

    /// What a person says of themselves has changed: the others are to be told again.
    pub fn restate(&self, person: PersonId) {
        self.stir(|presences| presences.restate(person));
    }

    /// Waits until there may be something to tell of somebody's presence.
    pub async fn stirred(&self) {
        self.stirred.notified().await;
    }

    /// Of whom the others are to be told now, and how present they are. What is given counts as told.
    pub fn due_presences(&self, now: Timestamp) -> Vec<(PersonId, Attention)> {
        self.shared().presences.due(now)
    }

    /// Whether somebody's presence is still to be told, now or later.
    pub fn has_waiting_presences(&self) -> bool {
        self.shared().presences.wait()
    }

    fn stir(&self, change: impl FnOnce(&mut Presences)) {
        change(&mut self.shared().presences);
        self.stirred.notify_one();
    }

    fn listen(&self, audience: Audience, person: PersonId, ear: Arc<Ear>) {
        let mut shared = self.shared();
        let channel = shared.channels.entry(audience).or_default();
        let ears = channel.listeners.entry(person).or_insert_with(|| Vec::with_capacity(1));
        ears.push(ear);
    }

    fn listen_no_more(&self, audience: Audience, person: PersonId, ear: &Arc<Ear>) {
        let mut shared = self.shared();
        let Some(channel) = shared.channels.get_mut(&audience) else { return };
        if let Some(ears) = channel.listeners.get_mut(&person) {
            ears.retain(|other| !Arc::ptr_eq(other, ear));
            if ears.is_empty() {
                channel.listeners.remove(&person);
            }
        }
        if channel.listeners.is_empty() {
            shared.channels.remove(&audience);
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        // Nothing in here can be half done, so a panic elsewhere does not make it wrong.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Channel {
    fn tell(&self, packet: &Arc<Packet>) {
        for ear in self.listeners.values().flatten() {
            ear.hear(packet);
        }
    }

    fn pages_of(&self, person: PersonId) -> usize {
        self.listeners.get(&person).map_or(0, Vec::len)
    }
}

/// The channel of a person who has a page open that does not listen to `near`.
fn channel_beside(
    channels: &HashMap<Audience, Channel>,
    near: Audience,
    person: PersonId,
) -> Option<&Channel> {
    let own = channels.get(&Audience::Person(person))?;
    let listening = channels.get(&near).map_or(0, |channel| channel.pages_of(person));
    (own.pages_of(person) > listening).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn ended(clock: &Clock) -> Event {
        Event::SessionEnded { session: clock.new_id() }
    }

    #[tokio::test]
    async fn an_event_reaches_every_page_of_its_audience_and_no_other() {
        let (hub, clock) = (Hub::new(), Clock::system());
        let (anna, bo): (PersonId, PersonId) = (clock.new_id(), clock.new_id());
        let mut first = hub.open(anna).subscribe(Audience::Person(anna));
        let mut second = hub.open(anna).subscribe(Audience::Person(anna));
        let mut other = hub.open(bo).subscribe(Audience::Person(bo));
        hub.publish(Audience::Person(anna), ended(&clock));
        assert!(matches!(first.next().await, Heard::Packet(_)));
        assert!(matches!(second.next().await, Heard::Packet(_)));
        assert!(tokio::time::timeout(std::time::Duration::from_millis(20), other.next()).await.is_err());
    }

    #[tokio::test]
    async fn a_slow_page_hears_that_it_missed_something() {
        let (hub, clock) = (Hub::new(), Clock::system());
        let anna: PersonId = clock.new_id();
        let mut page = hub.open(anna).subscribe(Audience::Person(anna));
        for _ in 0..=page::LAG {
            hub.publish(Audience::Person(anna), ended(&clock));
        }
        assert!(matches!(page.next().await, Heard::Missed));
        assert!(matches!(page.next().await, Heard::Packet(_)));
    }

    #[tokio::test]
    async fn who_is_near_on_every_page_is_not_told_twice() {
        let (hub, clock) = (Hub::new(), Clock::system());
        let (anna, bo): (PersonId, PersonId) = (clock.new_id(), clock.new_id());
        let near = Audience::Group(clock.new_id());
        let mut annas = hub.open(anna).subscribe(Audience::Person(anna));
        let _looking = hub.open(anna).subscribe(near);
        assert!(!hub.has_pages_beside(near));
        let mut bos = hub.open(bo).subscribe(Audience::Person(bo));
        assert!(hub.has_pages_beside(near));
        let told = async |page: &mut Subscription| {
            hub.publish_beside(near, [anna, bo], ended(&clock));
            tokio::time::timeout(std::time::Duration::from_millis(20), page.next()).await.is_ok()
        };
        assert!(!told(&mut annas).await);
        assert!(told(&mut bos).await);
        // Another page of hers looks at something else: both pages hear it, and each knows what it shows.
        let mut other = hub.open(anna).subscribe(Audience::Person(anna));
        assert!(told(&mut other).await);
        assert!(told(&mut annas).await);
    }

    #[test]
    fn a_person_is_there_until_the_last_page_is_closed() {
        let (hub, clock) = (Hub::new(), Clock::system());
        let anna: PersonId = clock.new_id();
        let first = hub.open(anna).subscribe(Audience::Person(anna));
        let second = hub.open(anna).subscribe(Audience::Person(anna));
        drop(first);
        assert!(hub.has_page(anna));
        drop(second);
        assert!(!hub.has_page(anna));
        assert!(hub.shared().channels.is_empty());
    }

    #[test]
    fn who_does_not_look_at_a_page_does_not_listen() {
        let (hub, clock) = (Hub::new(), Clock::system());
        let anna: PersonId = clock.new_id();
        let group = Audience::Group(clock.new_id());
        let (desk, phone) = (hub.open(anna), hub.open(anna));
        let (_there, _here) = (desk.subscribe(group), phone.subscribe(Audience::Person(anna)));
        assert!(hub.listens(group, anna) && hub.has_page(anna));
        desk.look(false);
        assert!(!hub.listens(group, anna), "an abandoned desk");
        assert!(hub.has_page(anna), "but the phone is in use");
        desk.look(true);
        assert!(hub.listens(group, anna));
    }
}
