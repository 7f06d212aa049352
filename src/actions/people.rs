//! The address book: finding people, importing them, learning them from mails.

use std::collections::{HashMap, HashSet};

use super::{ActionError, Actions, Result};
use crate::clock::Clock;
use crate::domain::address::EmailAddress;
use crate::domain::ids::PersonId;
use crate::domain::person::{Entry, Origin, Person, Viewer};
use crate::domain::thread::Participant;
use crate::domain::time::Timestamp;
use crate::store::persons::NewPerson;
use crate::store::{self, Tx};

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
}

/// How many entries one transaction takes; others may write in between.
const PART: usize = 500;

impl Actions {
    /// People in whose name, address, department or position every word of `query` occurs.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn search_people(&self, _viewer: &Viewer, query: &str, limit: i64) -> Result<Vec<Person>> {
        Ok(store::persons::search(&mut self.store.read().await?, query, limit).await?)
    }

    /// Takes entries of an address book. Who is known by one of the addresses is updated, others are added; the last of
    /// several entries with one address counts.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer; what was taken before stays.
    pub async fn import_people(&self, entries: Vec<Entry>) -> Result<Imported> {
        let mut sum = Imported::default();
        for part in entries.chunks(PART) {
            let (clock, part) = (self.clock.clone(), part.to_vec());
            let done = self.store.write(async move |tx| import_part(tx, &clock, part).await).await?;
            sum.added += done.added;
            sum.updated += done.updated;
            sum.unchanged += done.unchanged;
        }
        Ok(sum)
    }

    /// Makes somebody an admin, adding them to the address book if they are not in it.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn make_admin(&self, address: &EmailAddress, full_name: Option<&str>) -> Result<Person> {
        let (clock, address) = (self.clock.clone(), address.clone());
        let full_name = full_name.unwrap_or_else(|| address.local_part()).to_owned();
        self.store
            .write(async move |tx| {
                let entry = Entry { full_name, addresses: vec![address.clone()], ..Entry::default() };
                let person = match store::persons::find_by_address(tx, &address).await? {
                    Some(person) => person,
                    None => {
                        let new = NewPerson { id: clock.new_id(), entry, origin: Origin::Imported };
                        store::persons::insert(tx, std::slice::from_ref(&new), clock.now()).await?;
                        store::persons::find(tx, new.id).await?.ok_or(ActionError::NotFound)?
                    }
                };
                store::sessions::ensure_account(tx, person.id, clock.now()).await?;
                store::sessions::set_admin(tx, person.id, true).await?;
                Ok(person)
            })
            .await
    }
}

async fn import_part(tx: &mut Tx, clock: &Clock, entries: Vec<Entry>) -> Result<Imported> {
    let addresses: Vec<EmailAddress> = entries.iter().flat_map(|e| e.addresses.iter().cloned()).collect();
    let known: HashMap<EmailAddress, PersonId> =
        store::persons::find_by_addresses(tx, &addresses).await?.into_iter().collect();
    let ids: HashSet<PersonId> = known.values().copied().collect();
    let persons: HashMap<PersonId, Person> = store::persons::list(tx, &ids.into_iter().collect::<Vec<_>>())
        .await?
        .into_iter()
        .map(|p| (p.id, p))
        .collect();
    let mut new: Vec<NewPerson> = Vec::new();
    let mut taken: HashMap<EmailAddress, usize> = HashMap::new();
    let mut sum = Imported::default();
    for entry in entries {
        let old = entry.addresses.iter().find_map(|a| known.get(a)).and_then(|id| persons.get(id));
        let before = entry.addresses.iter().find_map(|a| taken.get(a)).copied();
        match (old, before) {
            (Some(person), _) if same(person, &entry) => sum.unchanged += 1,
            (Some(person), _) => {
                let update = NewPerson { id: person.id, entry, origin: Origin::Imported };
                store::persons::replace(tx, &update, clock.now()).await?;
                sum.updated += 1;
            }
            (None, Some(at)) => new[at].entry = entry,
            (None, None) => {
                taken.extend(entry.addresses.iter().map(|a| (a.clone(), new.len())));
                new.push(NewPerson { id: clock.new_id(), entry, origin: Origin::Imported });
            }
        }
    }
    sum.added = new.len();
    store::persons::insert(tx, &new, clock.now()).await?;
    Ok(sum)
}

fn same(person: &Person, entry: &Entry) -> bool {
    person.origin == Origin::Imported
        && person.full_name == entry.full_name
        && person.addresses == entry.addresses
        && person.phones == entry.phones
        && person.department == entry.department
        && person.position == entry.position
}

/// The persons behind participants, in their order, each once; those we do not know are learnt. At most five statements.
pub(super) async fn learn(
    tx: &mut Tx,
    clock: &Clock,
    participants: &[Participant],
    now: Timestamp,
) -> Result<Vec<(PersonId, Participant)>> {
    let addresses: Vec<EmailAddress> = participants.iter().map(|p| p.address.clone()).collect();
    let mut known: HashMap<EmailAddress, PersonId> =
        store::persons::find_by_addresses(tx, &addresses).await?.into_iter().collect();
    let mut new = Vec::new();
    for participant in participants {
        if !known.contains_key(&participant.address) {
            let id = clock.new_id();
            known.insert(participant.address.clone(), id);
            new.push(NewPerson { id, entry: learnt_entry(participant), origin: Origin::Learnt });
        }
    }
    store::persons::insert(tx, &new, now).await?;
    let mut seen: HashSet<PersonId> = HashSet::new();
    Ok(participants
        .iter()
        .filter_map(|p| known.get(&p.address).map(|id| (*id, p.clone())))
        .filter(|(id, _)| seen.insert(*id))
        .collect())
}

fn learnt_entry(participant: &Participant) -> Entry {
    let name = participant.name.as_deref().map(str::trim).filter(|n| !n.is_empty());
    Entry {
        full_name: name.unwrap_or_else(|| participant.address.local_part()).to_owned(),
        addresses: vec![participant.address.clone()],
        ..Entry::default()
    }
}
