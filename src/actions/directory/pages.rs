//! What admins see of directories, and what they may ask for.

use super::super::{ActionError, Actions, Result, access};
use crate::domain::directory::{Merged, Said, Word, merge};
use crate::domain::directory_sync::Sync;
use crate::domain::ids::PersonId;
use crate::domain::person::{Person, Viewer};
use crate::domain::time::Timestamp;
use crate::store;
use crate::store::directories::KeptEntry;

/// A source with what came of reading it.
#[derive(Clone, Debug)]
pub struct SourceSeen {
    pub name: String,
    /// How many people it has now.
    pub people: i64,
    /// The newest first; empty if it was never read.
    pub syncs: Vec<Sync>,
    /// When it is read next.
    pub next_at: Option<Timestamp>,
    pub is_running: bool,
}

/// What is known of a person, and which source said what of them.
#[derive(Clone, Debug)]
pub struct PersonSeen {
    pub person: Person,
    /// Each source that says something of them; empty for who is in no directory.
    pub words: Vec<Word>,
    pub merged: Merged,
    /// The manager that a source names, if they are in the address book.
    pub manager: Option<Person>,
}

impl Actions {
    /// Every source that is configured, in their order. Four statements for each.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins.
    pub async fn list_directories(&self, viewer: &Viewer) -> Result<Vec<SourceSeen>> {
        access::admin(viewer)?;
        let mut tx = self.store.read().await?;
        let counts = store::directories::counts(&mut tx).await?;
        let now = self.clock.now();
        let mut seen = Vec::new();
        for source in self.directories.iter() {
            let people = counts.iter().find(|(name, _)| *name == source.name).map_or(0, |(_, count)| *count);
            let syncs = store::directories::syncs(&mut tx, &source.name).await?;
            let job = store::jobs::find(&mut tx, &source.job(), now).await?;
            seen.push(SourceSeen {
                name: source.name.clone(),
                people,
                syncs,
                next_at: job.map(|(at, _)| at),
                is_running: job.is_some_and(|(_, runs)| runs),
            });
        }
        Ok(seen)
    }

    /// Reads all of a source as soon as possible: who is gone is not among the changes of LDAP. With `take_fewer` it is
    /// believed this once, however few people it has.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins, and for a source that is not configured.
    pub async fn ask_sync(&self, viewer: &Viewer, name: &str, take_fewer: bool) -> Result<()> {
        access::admin(viewer)?;
        let source = self.directories.find(name).cloned().ok_or(ActionError::NotFound)?;
        source.server().open_gate();
        let clock = self.clock.clone();
        self.store
            .write(async move |tx| {
                let now = clock.now();
                store::directories::want_all(tx, &source.name, take_fewer).await?;
                store::jobs::add(tx, &[(clock.new_id(), source.job())], now, now).await?;
                store::jobs::hasten(tx, &source.job(), now).await?;
                Ok::<_, ActionError>(())
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// A person, and which source said what of them.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins, and when there is no such person.
    pub async fn get_person(&self, viewer: &Viewer, id: PersonId) -> Result<PersonSeen> {
        access::admin(viewer)?;
        let mut tx = self.store.read().await?;
        let person = store::persons::find(&mut tx, id).await?.ok_or(ActionError::NotFound)?;
        let entries = store::directories::list_of_persons(&mut tx, &[id]).await?;
        let manager = match entries.iter().find(|kept| !kept.entry.said.manager.is_empty()) {
            Some(kept) => {
                let found =
                    store::directories::find_at(&mut tx, &kept.source, &kept.entry.said.manager).await?;
                match found {
                    Some(manager) => store::persons::find(&mut tx, manager.person_id).await?,
                    None => None,
                }
            }
            None => None,
        };
        let words: Vec<Word> = entries.into_iter().map(word_of).collect();
        let merged = merge(&words, &self.directories.names());
        Ok(PersonSeen { person, words, merged, manager })
    }
}

fn word_of(kept: KeptEntry) -> Word {
    let said: Said = kept.entry.said;
    Word { source: kept.source, said, departed: kept.departed_at.is_some() }
}
