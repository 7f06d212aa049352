//! The hub: carries events from actions to open pages, and knows who has a page open.
//!
//! One channel for each audience that somebody listens to. Delivery may be lossy (a page that is too slow is told that
//! it missed something); the pages repair that by sequence number.

mod packet;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

pub use packet::Packet;

use crate::domain::event::{Audience, Event};
use crate::domain::ids::PersonId;

/// How many events a page may lag behind before it misses some.
const LAG: usize = 256;

/// Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Hub {
    channels: Arc<Mutex<HashMap<Audience, Channel>>>,
}

#[derive(Debug)]
struct Channel {
    sender: broadcast::Sender<Arc<Packet>>,
    /// How many pages of each person listen.
    listeners: HashMap<PersonId, usize>,
}

/// One page's listening to one audience. Dropping it ends that.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    audience: Audience,
    person: PersonId,
    receiver: broadcast::Receiver<Arc<Packet>>,
}

/// What a page hears.
#[derive(Clone, Debug)]
pub enum Heard {
    Packet(Arc<Packet>),
    /// Some events were lost; the page asks for what it lacks.
    Missed,
}

impl Hub {
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells everybody who listens. Costs nothing when nobody does.
    pub fn publish(&self, audience: Audience, event: Event) {
        self.publish_packet(audience, Arc::new(Packet::new(event)));
    }

    /// The same event to many people, rendered once for all of them.
    pub fn publish_to_persons(&self, persons: impl IntoIterator<Item = PersonId>, event: Event) {
        let packet = Arc::new(Packet::new(event));
        for person in persons {
            self.publish_packet(Audience::Person(person), packet.clone());
        }
    }

    /// Whether anybody has a page open that does not listen to `near`.
    pub fn has_pages_beside(&self, near: Audience) -> bool {
        let channels = self.channels();
        channels.keys().any(|audience| match audience {
            Audience::Person(person) => channel_beside(&channels, near, *person).is_some(),
            Audience::Group(_) | Audience::Draft(_) => false,
        })
    }

    /// To the pages of many people, but not to people all of whose pages listen to `near`, which was told already.
    pub fn publish_beside(&self, near: Audience, persons: impl IntoIterator<Item = PersonId>, event: Event) {
        let packet = Arc::new(Packet::new(event));
        let channels = self.channels();
        for channel in persons.into_iter().filter_map(|person| channel_beside(&channels, near, person)) {
            drop(channel.sender.send(packet.clone()));
        }
    }

    fn publish_packet(&self, audience: Audience, packet: Arc<Packet>) {
        if let Some(channel) = self.channels().get(&audience) {
            // An error means that the last listener has just gone.
            drop(channel.sender.send(packet));
        }
    }

    /// Listens to an audience on behalf of a person's page.
    pub fn subscribe(&self, audience: Audience, person: PersonId) -> Subscription {
        let mut channels = self.channels();
        let channel = channels
            .entry(audience)
            .or_insert_with(|| Channel { sender: broadcast::channel(LAG).0, listeners: HashMap::new() });
        *channel.listeners.entry(person).or_default() += 1;
        let receiver = channel.sender.subscribe();
        drop(channels);
        Subscription { hub: self.clone(), audience, person, receiver }
    }

    /// Whether this person has any page open.
    pub fn has_page(&self, person: PersonId) -> bool {
        self.listens(Audience::Person(person), person)
    }

    /// Whether one of this person's pages listens to the audience, such as the page of a group.
    pub fn listens(&self, audience: Audience, person: PersonId) -> bool {
        self.channels().get(&audience).is_some_and(|c| c.listeners.contains_key(&person))
    }

    fn channels(&self) -> MutexGuard<'_, HashMap<Audience, Channel>> {
        // Nothing in here can be half done, so a panic elsewhere does not make it wrong.
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The channel of a person who has a page open that does not listen to `near`.
fn channel_beside(
    channels: &HashMap<Audience, Channel>,
    near: Audience,
    person: PersonId,
) -> Option<&Channel> {
    let own = channels.get(&Audience::Person(person))?;
    let listening = channels.get(&near).and_then(|channel| channel.listeners.get(&person));
    (own.listeners.get(&person) > listening).then_some(own)
}

impl Subscription {
    /// The next event; waits for it.
    pub async fn next(&mut self) -> Heard {
        match self.receiver.recv().await {
            Ok(packet) => Heard::Packet(packet),
            Err(broadcast::error::RecvError::Lagged(_)) => Heard::Missed,
            // The channel lives as long as its listeners: this can't come while we listen.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    pub fn audience(&self) -> Audience {
        self.audience
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut channels = self.hub.channels();
        let Some(channel) = channels.get_mut(&self.audience) else { return };
        if let Some(pages) = channel.listeners.get_mut(&self.person) {
            *pages -= 1;
            if *pages == 0 {
                channel.listeners.remove(&self.person);
            }
        }
        if channel.listeners.is_empty() {
            channels.remove(&self.audience);
        }
    }
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
        let mut first = hub.subscribe(Audience::Person(anna), anna);
        let mut second = hub.subscribe(Audience::Person(anna), anna);
        let mut other = hub.subscribe(Audience::Person(bo), bo);
        hub.publish(Audience::Person(anna), ended(&clock));
        assert!(matches!(first.next().await, Heard::Packet(_)));
        assert!(matches!(second.next().await, Heard::Packet(_)));
        assert!(tokio::time::timeout(std::time::Duration::from_millis(20), other.next()).await.is_err());
    }

    #[tokio::test]
    async fn a_slow_page_hears_that_it_missed_something() {
        let (hub, clock) = (Hub::new(), Clock::system());
        let anna: PersonId = clock.new_id();
        let mut page = hub.subscribe(Audience::Person(anna), anna);
        for _ in 0..=LAG {
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
        let mut annas = hub.subscribe(Audience::Person(anna), anna);
        let _looking = hub.subscribe(near, anna);
        assert!(!hub.has_pages_beside(near));
        let mut bos = hub.subscribe(Audience::Person(bo), bo);
        assert!(hub.has_pages_beside(near));
        let told = async |page: &mut Subscription| {
            hub.publish_beside(near, [anna, bo], ended(&clock));
            tokio::time::timeout(std::time::Duration::from_millis(20), page.next()).await.is_ok()
        };
        assert!(!told(&mut annas).await);
        assert!(told(&mut bos).await);
        // Another page of hers looks at something else: both pages hear it, and each knows what it shows.
        let mut other = hub.subscribe(Audience::Person(anna), anna);
        assert!(told(&mut other).await);
        assert!(told(&mut annas).await);
    }

    #[test]
    fn a_person_is_there_until_the_last_page_is_closed() {
        let (hub, clock) = (Hub::new(), Clock::system());
        let anna: PersonId = clock.new_id();
        let first = hub.subscribe(Audience::Person(anna), anna);
        let second = hub.subscribe(Audience::Person(anna), anna);
        drop(first);
        assert!(hub.has_page(anna));
        drop(second);
        assert!(!hub.has_page(anna));
        assert!(hub.channels().is_empty());
    }
}
