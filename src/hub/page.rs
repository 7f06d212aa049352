//! One open page: what it listens to, and whether somebody looks at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use super::{Hub, Packet};
use crate::domain::event::Audience;
use crate::domain::ids::PersonId;

/// How many events a page may lag behind before it misses some. What does not wait takes no room.
pub(super) const LAG: usize = 256;

/// A person's open page. Dropping it: it was closed, or its network is lost.
#[derive(Debug)]
pub struct OpenPage {
    hub: Hub,
    person: PersonId,
    looks: Arc<AtomicBool>,
}

/// One page's listening to one audience. Dropping it ends that.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    audience: Audience,
    person: PersonId,
    ear: Arc<Ear>,
    queue: mpsc::Receiver<Arc<Packet>>,
}

/// Where the hub puts what a subscription is to hear.
#[derive(Debug)]
pub(super) struct Ear {
    queue: mpsc::Sender<Arc<Packet>>,
    /// Some events found no room.
    missed: AtomicBool,
    /// Of its page.
    looks: Arc<AtomicBool>,
}

/// What a page hears.
#[derive(Clone, Debug)]
pub enum Heard {
    Packet(Arc<Packet>),
    /// Some events were lost; the page asks for what it lacks.
    Missed,
}

impl OpenPage {
    /// Until it says otherwise, somebody looks at it.
    pub(super) fn new(hub: Hub, person: PersonId) -> Self {
        Self { hub, person, looks: Arc::new(AtomicBool::new(true)) }
    }

    /// Listens to an audience.
    pub fn subscribe(&self, audience: Audience) -> Subscription {
        let (sender, queue) = mpsc::channel(LAG);
        let ear = Arc::new(Ear { queue: sender, missed: AtomicBool::new(false), looks: self.looks.clone() });
        self.hub.listen(audience, self.person, ear.clone());
        Subscription { hub: self.hub.clone(), audience, person: self.person, ear, queue }
    }

    /// The page is in sight and in use, or no longer.
    pub fn look(&self, looks: bool) {
        if self.looks.swap(looks, Ordering::Relaxed) != looks {
            self.hub.stir(|presences| presences.turn(self.person, looks));
        }
    }
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        let looks = self.looks.load(Ordering::Relaxed);
        self.hub.stir(|presences| presences.leave(self.person, looks));
    }
}

impl Ear {
    pub(super) fn hear(&self, packet: &Arc<Packet>) {
        // Closed means that its page has just gone.
        if let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(packet.clone()) {
            self.missed.store(true, Ordering::Release);
        }
    }

    pub(super) fn looks(&self) -> bool {
        self.looks.load(Ordering::Relaxed)
    }
}

impl Subscription {
    /// The next event; waits for it.
    pub async fn next(&mut self) -> Heard {
        if self.ear.missed.swap(false, Ordering::Acquire) {
            return Heard::Missed;
        }
        match self.queue.recv().await {
            Some(packet) => Heard::Packet(packet),
            // The sender lives in our own ear: this can't come while we listen.
            None => std::future::pending().await,
        }
    }

    pub fn audience(&self) -> Audience {
        self.audience
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.listen_no_more(self.audience, self.person, &self.ear);
    }
}
