//! What open pages tell of receipts comes in many small pieces: a thousand pages acknowledge one message within a moment.
//! It is gathered, written together, and told together. A piece that gets lost with the process is told again by its page
//! when it comes back.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::super::{ActionError, Actions, Result};
use crate::domain::event::{Audience, Event};
use crate::domain::ids::GroupId;
use crate::domain::message::MessagePlace;
use crate::domain::person::Viewer;
use crate::domain::receipt::ReceiptState;
use crate::store;
use crate::store::receipts::{Told, Whose};

/// More is not kept: pages tell it again.
const MOST: usize = 200_000;

/// What waits to be written and told. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Gathered(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    notes: Mutex<Notes>,
    bell: Notify,
}

#[derive(Debug, Default)]
struct Notes {
    /// These pages have the message.
    delivered: HashSet<Told>,
    /// These people had it in sight.
    seen: HashSet<Told>,
    /// The receipts of these messages are different now; who looks at them is to be told.
    changed: HashSet<MessagePlace>,
}

impl Gathered {
    /// Waits until there is something.
    pub async fn something(&self) {
        self.0.bell.notified().await;
    }

    /// The receipts of these messages were changed.
    pub(in super::super) fn note_changed(&self, changed: impl IntoIterator<Item = MessagePlace>) {
        self.note(|notes| notes.changed.extend(changed));
    }

    fn note(&self, add: impl FnOnce(&mut Notes)) {
        let mut notes = self.notes();
        if notes.len() < MOST {
            add(&mut notes);
        }
        if notes.len() > 0 {
            self.0.bell.notify_one();
        }
    }

    fn take(&self) -> Notes {
        std::mem::take(&mut self.notes())
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        // Nothing in here can be half done, so a panic elsewhere does not make it wrong.
        self.0.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn len(&self) -> usize {
        self.delivered.len() + self.seen.len() + self.changed.len()
    }

    fn merge(&mut self, other: Self) {
        self.delivered.extend(other.delivered);
        self.seen.extend(other.seen);
        self.changed.extend(other.changed);
    }
}

impl Actions {
    /// A page of this person's has these messages of a group.
    pub fn note_delivered(&self, viewer: &Viewer, group: GroupId, seqs: &[i64]) {
        let told = told(viewer, group, seqs);
        self.receipts.note(|notes| notes.delivered.extend(told));
    }

    /// This person had these messages of a group in sight, on a page that they were looking at.
    pub fn note_seen(&self, viewer: &Viewer, group: GroupId, seqs: &[i64]) {
        let told = told(viewer, group, seqs);
        self.receipts.note(|notes| notes.seen.extend(told));
    }

    /// Writes what was gathered, and tells those who look on. Five statements, however many pages told how much; two if
    /// nothing of it is news.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: what was gathered is kept.
    pub async fn flush_receipts(&self) -> Result<()> {
        let notes = self.receipts.take();
        match self.write_notes(&notes).await {
            Ok(changed) => self.tell_receipts(changed).await,
            Err(error) => {
                self.receipts.note(|kept| kept.merge(notes));
                Err(error)
            }
        }
    }

    /// The messages whose receipts are different now.
    async fn write_notes(&self, notes: &Notes) -> Result<HashSet<MessagePlace>> {
        let (delivered, seen): (Vec<Told>, Vec<Told>) =
            (notes.delivered.iter().copied().collect(), notes.seen.iter().copied().collect());
        let mut tx = self.store.read().await?;
        let (all, automatic) = (Whose::Everybodys, Whose::OfTheAutomatic);
        let delivered = store::receipts::news(&mut tx, ReceiptState::Delivered, all, &delivered).await?;
        let seen = store::receipts::news(&mut tx, ReceiptState::Read, automatic, &seen).await?;
        drop(tx);
        let mut changed = notes.changed.clone();
        if delivered.is_empty() && seen.is_empty() {
            return Ok(changed);
        }
        let steps = [self.step_now(ReceiptState::Delivered), self.step_now(ReceiptState::Read)];
        let written = self
            .store
            .write(async move |tx| {
                let mut places = store::receipts::record(tx, steps[0], all, &delivered).await?;
                places.extend(store::receipts::record(tx, steps[1], automatic, &seen).await?);
                Ok::<_, ActionError>(places)
            })
            .await?;
        changed.extend(written);
        Ok(changed)
    }

    /// One event for each message that somebody looks at, however many of its receipts changed. One statement.
    async fn tell_receipts(&self, changed: HashSet<MessagePlace>) -> Result<()> {
        let heard = |place: &MessagePlace| self.hub.is_heard(Audience::Group(place.group));
        let places: Vec<MessagePlace> = changed.into_iter().filter(heard).collect();
        if places.is_empty() {
            return Ok(());
        }
        for (place, receipts) in store::receipt_lists::tallies(&mut self.store.read().await?, &places).await?
        {
            self.hub.publish(Audience::Group(place.group), Event::ReceiptsChanged { place, receipts });
        }
        Ok(())
    }
}

fn told(viewer: &Viewer, group: GroupId, seqs: &[i64]) -> impl Iterator<Item = Told> {
    let person = viewer.person_id;
    seqs.iter().map(move |seq| Told { place: MessagePlace { group, seq: *seq }, person })
}
