//! The address book: finding people, importing them, learning them from mails.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::directory::merge::{self, Context};
use super::{ActionError, Actions, Problem, Result, access, erasures};
use crate::clock::Clock;
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::digest::Digest;
use crate::domain::directory::IMPORT;
use crate::domain::directory_sync::Names;
use crate::domain::ids::PersonId;
use crate::domain::person::{Entry, Origin, Person, Viewer};
use crate::domain::settings::MailSettings;
use crate::domain::thread::{Participant, Seen};
use crate::domain::time::Timestamp;
use crate::mail::compose;
use crate::store::directories::KeptEntry;
use crate::store::drafts::DraftMember;
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

/// That everybody of these can be asked into a group by mail: an address that can be written to, and not our own.
///
/// # Errors
/// [`ActionError::Invalid`] for the first that can't.
pub(super) fn check_typed(mail: &MailSettings, addresses: &[NamedAddress]) -> Result<()> {
    if addresses.iter().any(|one| mail.owns(&one.address)) {
        return Err(ActionError::invalid("address", Problem::OwnAddress));
    }
    match addresses.iter().find(|one| !compose::can_go_to(&one.address)) {
        Some(one) => {
            Err(ActionError::invalid("address", Problem::Unreadable { text: one.address.to_string() }))
        }
        None => Ok(()),
    }
}

/// That nobody of these has left the house: they get no new groups.
///
/// # Errors
/// [`ActionError::Invalid`] for the first who has.
pub(super) fn check_here(persons: &[Person]) -> Result<()> {
    match persons.iter().find(|person| person.departed_at.is_some()) {
        Some(person) => {
            let name = person.full_name.clone();
            Err(ActionError::invalid("members", Problem::Departed { name }))
        }
        None => Ok(()),
    }
}

/// The same where nobody chose them: they are left out.
pub(super) async fn leave_out_departed(tx: &mut Tx, members: &mut Vec<DraftMember>) -> Result<()> {
    let ids: Vec<PersonId> = members.iter().map(|member| member.person_id).collect();
    let departed = store::persons::list_departed(tx, &ids).await?;
    members.retain(|member| !departed.contains(&member.person_id));
    Ok(())
}

/// The persons with these addresses, each once; learnt if nobody has one.
pub(super) async fn learn_typed(
    tx: &mut Tx,
    clock: &Clock,
    addresses: &[NamedAddress],
) -> Result<Vec<PersonId>> {
    let participant = |one: &NamedAddress| Participant {
        name: one.name.clone(),
        address: one.address.clone(),
        seen: Seen::default(),
    };
    let asked: Vec<Participant> = addresses.iter().map(participant).collect();
    let found = learn(tx, clock, &asked, clock.now()).await?;
    Ok(found.into_iter().map(|(id, _)| id).collect())
}

/// Adds a person with an address that nobody had, and gives who has it then.
pub(super) async fn insert_once(
    tx: &mut Tx,
    new: NewPerson,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<Option<Person>> {
    let id = new.id;
    store::persons::insert(tx, &[new], now).await?;
    let owner = store::persons::find_by_address(tx, address).await?;
    if owner.as_ref().is_some_and(|person| person.id != id) {
        // PostgreSQL writes side by side: the other one was first, and the address stayed theirs.
        store::persons::delete(tx, id).await?;
    }
    Ok(owner)
}

impl Actions {
    /// People in whose name, address, department or position every word of `query` occurs.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] for guests: the address book is the organisation's own.
    pub async fn search_people(&self, viewer: &Viewer, query: &str, limit: i64) -> Result<Vec<Person>> {
        let mut tx = self.store.read().await?;
        access::colleague(&mut tx, viewer, &self.settings.sign_in).await?;
        Ok(store::persons::search(&mut tx, query, limit).await?)
    }

    /// The same for admins, among all that are known: those who have left, too.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins.
    pub async fn search_everybody(&self, viewer: &Viewer, query: &str, limit: i64) -> Result<Vec<Person>> {
        access::admin(viewer)?;
        Ok(store::persons::search_everybody(&mut self.store.read().await?, query, limit).await?)
    }

    /// Whether this is an admin.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all others.
    pub fn check_admin(&self, viewer: &Viewer) -> Result<()> {
        access::admin(viewer)
    }

    /// One's own entry in the address book.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it was removed meanwhile.
    pub async fn own_entry(&self, viewer: &Viewer) -> Result<Person> {
        let found = store::persons::find(&mut self.store.read().await?, viewer.person_id).await?;
        found.ok_or(ActionError::NotFound)
    }

    /// Takes entries of an address book. Who is known by their main address, or by another one that is nobody's main
    /// address in this book, is updated; others are added. An address stays with the person who has it.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer; what was taken before stays.
    pub async fn import_people(&self, entries: Vec<Entry>) -> Result<Imported> {
        let mut sum = Imported::default();
        let entries = distinct(self.without_erased(entries).await?);
        let mains: Arc<HashSet<EmailAddress>> = Arc::new(mains_of(&entries));
        for part in entries.chunks(PART) {
            let (part, mains) = (part.to_vec(), mains.clone());
            let context = self.merging(IMPORT);
            let done = self
                .store
                .write(async move |tx| {
                    let plan = plan(tx, part, &mains).await?;
                    apply(tx, plan, &context).await
                })
                .await?;
            sum.add(done);
        }
        Ok(sum)
    }

    /// Who was erased here does not come back by a file.
    async fn without_erased(&self, mut entries: Vec<Entry>) -> Result<Vec<Entry>> {
        let mut tx = self.store.read().await?;
        let erased = erasures::erased_among(&mut tx, &self.key, entries.iter()).await?;
        entries.retain(|entry| !entry.addresses.iter().any(|address| erased.contains(address)));
        Ok(entries)
    }

    /// What [`Actions::import_people`] would do now. Changes nothing.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn preview_import(&self, entries: Vec<Entry>) -> Result<Imported> {
        let mut sum = Imported::default();
        let entries = distinct(self.without_erased(entries).await?);
        let mains = mains_of(&entries);
        let mut tx = self.store.read().await?;
        for part in entries.chunks(PART) {
            sum.add(plan(&mut tx, part.to_vec(), &mains).await?.counts());
        }
        Ok(sum)
    }

    /// The same with the names of who would be added and who changed.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub(super) async fn preview_names(&self, entries: Vec<Entry>) -> Result<(Names, Names)> {
        let (mut added, mut changed) = (Names::default(), Names::default());
        let entries = distinct(self.without_erased(entries).await?);
        let mains = mains_of(&entries);
        let mut tx = self.store.read().await?;
        for part in entries.chunks(PART) {
            let plan = plan(&mut tx, part.to_vec(), &mains).await?;
            plan.new.iter().for_each(|entry| added.push(&entry.full_name));
            plan.changed.iter().for_each(|(_, entry)| changed.push(&entry.full_name));
        }
        Ok((added, changed))
    }
}

impl Imported {
    fn add(&mut self, other: Self) {
        self.added += other.added;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// What an import will do with some entries.
#[derive(Default)]
struct Plan {
    new: Vec<Entry>,
    changed: Vec<(PersonId, Entry)>,
    /// Pictures of those who change.
    photos: HashMap<PersonId, Digest>,
    unchanged: usize,
}

impl Plan {
    fn counts(&self) -> Imported {
        Imported { added: self.new.len(), updated: self.changed.len(), unchanged: self.unchanged }
    }
}

/// Every address once: an entry whose main address stood before is the same person, of whom the last word counts;
/// another address that stood before is left with the first who had it.
fn distinct(entries: Vec<Entry>) -> Vec<Entry> {
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut owners: HashMap<EmailAddress, usize> = HashMap::new();
    for mut entry in entries {
        let Some(main) = entry.addresses.first() else { continue };
        let at = owners.get(main).copied().unwrap_or(kept.len());
        entry.addresses.retain(|a| owners.get(a).is_none_or(|owner| *owner == at));
        owners.extend(entry.addresses.iter().map(|a| (a.clone(), at)));
        match kept.get_mut(at) {
            Some(before) => {
                let more: Vec<EmailAddress> = before.addresses.drain(..).collect();
                entry
                    .addresses
                    .extend(more.into_iter().filter(|a| !entry.addresses.contains(a)).collect::<Vec<_>>());
                *before = entry;
            }
            None => kept.push(entry),
        }
    }
    kept
}

fn mains_of(entries: &[Entry]) -> HashSet<EmailAddress> {
    entries.iter().filter_map(|e| e.addresses.first().cloned()).collect()
}

async fn plan(tx: &mut Tx, entries: Vec<Entry>, mains: &HashSet<EmailAddress>) -> Result<Plan> {
    let addresses: Vec<EmailAddress> = entries.iter().flat_map(|e| e.addresses.iter().cloned()).collect();
    let known: HashMap<EmailAddress, PersonId> =
        store::persons::find_by_addresses(tx, &addresses).await?.into_iter().collect();
    let ids: HashSet<PersonId> = known.values().copied().collect();
    let persons: HashMap<PersonId, Person> = store::persons::list(tx, &ids.into_iter().collect::<Vec<_>>())
        .await?
        .into_iter()
        .map(|p| (p.id, p))
        .collect();
    let mut claimed: HashSet<PersonId> = HashSet::new();
    let mut plan = Plan::default();
    for mut entry in entries {
        let owner = owner_of(&entry, &known, &persons, mains).filter(|id| claimed.insert(*id));
        // Who was claimed is replaced first: what the book no longer names as theirs is free.
        entry.addresses.retain(|a| known.get(a).is_none_or(|id| Some(*id) == owner || claimed.contains(id)));
        match owner.and_then(|id| persons.get(&id)) {
            Some(person) if same(person, &entry) => plan.unchanged += 1,
            Some(person) => {
                plan.photos.extend(person.photo.map(|photo| (person.id, photo)));
                plan.changed.push((person.id, entry));
            }
            None => plan.new.push(entry),
        }
    }
    Ok(plan)
}

/// Whom an entry is about: who has its main address, or else who has another one of it and no entry of their own.
fn owner_of(
    entry: &Entry,
    known: &HashMap<EmailAddress, PersonId>,
    persons: &HashMap<PersonId, Person>,
    mains: &HashSet<EmailAddress>,
) -> Option<PersonId> {
    let (main, others) = entry.addresses.split_first()?;
    let has_own_entry = |id: &&PersonId| {
        persons.get(id).is_some_and(|p| p.addresses.first().is_some_and(|a| mains.contains(a)))
    };
    known
        .get(main)
        .or_else(|| others.iter().filter_map(|a| known.get(a)).find(|id| !has_own_entry(id)))
        .copied()
}

async fn apply(tx: &mut Tx, plan: Plan, context: &Context) -> Result<Imported> {
    let (clock, counts) = (&context.clock, plan.counts());
    let now = clock.now();
    let changed = remember_imported(tx, plan.changed, context).await?;
    for (id, mut entry) in changed {
        // A file without pictures takes none away.
        entry.photo = entry.photo.or(plan.photos.get(&id).copied());
        store::persons::replace(tx, &NewPerson { id, entry, origin: Origin::Imported }, now).await?;
    }
    let new: Vec<NewPerson> = plan
        .new
        .into_iter()
        .map(|entry| NewPerson { id: clock.new_id(), entry, origin: Origin::Imported })
        .collect();
    store::persons::insert(tx, &new, now).await?;
    Ok(counts)
}

/// Of people whom a directory has, what a file says is one word more: it is kept, and all of them are merged anew. The others
/// are given back.
async fn remember_imported(
    tx: &mut Tx,
    changed: Vec<(PersonId, Entry)>,
    context: &Context,
) -> Result<Vec<(PersonId, Entry)>> {
    if changed.is_empty() {
        return Ok(changed);
    }
    store::directories::hold(tx).await?;
    let ids: Vec<PersonId> = changed.iter().map(|(id, _)| *id).collect();
    let entries = store::directories::list_of_persons(tx, &ids).await?;
    let known: HashSet<PersonId> = entries.into_iter().map(|kept| kept.person_id).collect();
    if known.is_empty() {
        return Ok(changed);
    }
    let (known, others): (Vec<_>, Vec<_>) = changed.into_iter().partition(|(id, _)| known.contains(id));
    let ids: Vec<PersonId> = known.iter().map(|(id, _)| *id).collect();
    let kept: Vec<KeptEntry> =
        known.into_iter().map(|(id, entry)| merge::kept_of(IMPORT, id, entry)).collect();
    store::directories::keep(tx, &kept, context.clock.now()).await?;
    merge::merge_again(tx, context, &ids).await?;
    Ok(others)
}

fn same(person: &Person, entry: &Entry) -> bool {
    person.origin == Origin::Imported
        && person.full_name == entry.full_name
        && person.addresses == entry.addresses
        && person.phones == entry.phones
        && person.department == entry.department
        && person.position == entry.position
        && (entry.photo.is_none() || person.photo == entry.photo)
}

/// Whose addresses these are. With a detail after a `+`, an address is also that of whom the address book knows without it:
/// whoever else had it would stand there, too.
pub(super) async fn known_as_written(
    tx: &mut Tx,
    addresses: &[EmailAddress],
) -> Result<HashMap<EmailAddress, PersonId>> {
    let mut known: HashMap<EmailAddress, PersonId> =
        store::persons::find_by_addresses(tx, addresses).await?.into_iter().collect();
    let detailed =
        |address: &&EmailAddress| address.without_detail().is_some() && !known.contains_key(address);
    let detailed: Vec<EmailAddress> = addresses.iter().filter(detailed).cloned().collect();
    if detailed.is_empty() {
        return Ok(known);
    }
    let found = store::persons::find_by_written(tx, &detailed).await?;
    let ids: Vec<PersonId> = found.iter().map(|(_, id)| *id).collect();
    let mut persons = store::persons::list(tx, &ids).await?;
    persons.retain(|person| person.origin == Origin::Imported);
    known.extend(found.into_iter().filter(|(_, id)| persons.iter().any(|person| person.id == *id)));
    Ok(known)
}

/// The persons behind participants, in their order, each once; those we do not know are learnt. At most
/// ten statements, and some more for each who gets a name.
pub(super) async fn learn(
    tx: &mut Tx,
    clock: &Clock,
    participants: &[Participant],
    now: Timestamp,
) -> Result<Vec<(PersonId, Participant)>> {
    let addresses: Vec<EmailAddress> = participants.iter().map(|p| p.address.clone()).collect();
    let mut known = known_as_written(tx, &addresses).await?;
    let mut new = Vec::new();
    let (detailed, plain): (Vec<_>, Vec<_>) =
        participants.iter().partition(|participant| participant.address.without_detail().is_some());
    for participant in plain.into_iter().chain(detailed) {
        let address = &participant.address;
        // Who is there already by the same address without its detail is nobody else.
        let same = address.without_detail().filter(|plain| addresses.contains(plain));
        let same = same.and_then(|plain| known.get(&plain).copied());
        match (known.contains_key(address), same) {
            (true, _) => {}
            (false, Some(id)) => drop(known.insert(address.clone(), id)),
            (false, None) => {
                let id = clock.new_id();
                known.insert(address.clone(), id);
                new.push(NewPerson { id, entry: learnt_entry(participant), origin: Origin::Learnt });
            }
        }
    }
    store::persons::insert(tx, &new, now).await?;
    name_the_nameless(tx, &known, participants, now).await?;
    let mut seen: HashSet<PersonId> = HashSet::new();
    Ok(participants
        .iter()
        .filter_map(|p| known.get(&p.address).map(|id| (*id, p.clone())))
        .filter(|(id, _)| seen.insert(*id))
        .collect())
}

/// Somebody learnt from a bare address gets a name as soon as a mail tells it. Imported names stay.
async fn name_the_nameless(
    tx: &mut Tx,
    known: &HashMap<EmailAddress, PersonId>,
    participants: &[Participant],
    now: Timestamp,
) -> Result<()> {
    let named: Vec<(PersonId, &str)> = participants
        .iter()
        .filter_map(|p| {
            Some((*known.get(&p.address)?, p.name.as_deref().map(str::trim).filter(|n| !n.is_empty())?))
        })
        .collect();
    let ids: Vec<PersonId> = named.iter().map(|(id, _)| *id).collect();
    for person in store::persons::list(tx, &ids).await? {
        let nameless = person.addresses.iter().any(|a| a.local_part() == person.full_name);
        let name = named.iter().find(|(id, _)| *id == person.id).map(|(_, name)| *name);
        if let Some(name) = name.filter(|_| nameless && person.origin == Origin::Learnt) {
            let entry = Entry { full_name: name.to_owned(), addresses: person.addresses, ..Entry::default() };
            let named = NewPerson { id: person.id, entry, origin: Origin::Learnt };
            store::persons::replace(tx, &named, now).await?;
        }
    }
    Ok(())
}

fn learnt_entry(participant: &Participant) -> Entry {
    let name = participant.name.as_deref().map(str::trim).filter(|n| !n.is_empty());
    Entry {
        full_name: name.unwrap_or_else(|| participant.address.local_part()).to_owned(),
        addresses: vec![participant.address.clone()],
        ..Entry::default()
    }
}
