//! Writing what a source says into the address book: whose entry it is, what all sources say together, and who has departed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::{Actions, Result, erasures};
use crate::clock::Clock;
use crate::domain::address::EmailAddress;
use crate::domain::directory::{self, IMPORT, MAIL, Merged, Said, SourceEntry, Word};
use crate::domain::directory_sync::{SyncReport, Why};
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::person::{Entry, Origin, Person};
use crate::domain::secret::ServerKey;
use crate::store::directories::KeptEntry;
use crate::store::persons::NewPerson;
use crate::store::{self, Tx};

/// What is the same for every batch of a sync.
#[derive(Clone, Debug)]
pub(in super::super) struct Context {
    pub clock: Clock,
    pub source: String,
    /// All sources in their order.
    pub configured: Arc<Vec<String>>,
    /// The main addresses of everybody the source gave.
    pub mains: Arc<HashSet<EmailAddress>>,
    /// Entries that depart with this sync: their people may go on under another entry.
    pub leaving: Arc<HashSet<String>>,
    /// By which addresses are known that were erased.
    pub key: ServerKey,
}

impl Actions {
    /// What merging needs for a source that gives nobody yet.
    pub(in super::super) fn merging(&self, source: &str) -> Context {
        Context {
            clock: self.clock.clone(),
            source: source.to_owned(),
            configured: Arc::new(self.directories.names()),
            mains: Arc::default(),
            leaving: Arc::default(),
            key: self.key.clone(),
        }
    }
}

/// Sessions, and whose they were.
pub(super) type Ended = Vec<(PersonId, SessionId)>;

/// What a batch did.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub report: SyncReport,
    /// Entries with an address that was somebody else's: perhaps not any more when all is written.
    pub contested: Vec<SourceEntry>,
}

/// What is known of those whom a batch may be about.
pub(in super::super) struct Known {
    /// Whose an address is.
    owners: HashMap<EmailAddress, PersonId>,
    persons: HashMap<PersonId, Person>,
    entries: HashMap<PersonId, Vec<KeptEntry>>,
    by_uid: HashMap<String, PersonId>,
}

impl Known {
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.persons.get(&id)
    }

    /// Whether a directory ever spoke of them.
    pub fn has_entries(&self, id: PersonId) -> bool {
        self.entries.get(&id).is_some_and(|kept| !kept.is_empty())
    }

    pub fn add_owners(&mut self, owners: HashMap<EmailAddress, PersonId>) {
        self.owners.extend(owners);
    }

    /// Puts one word in the place of what the same source said of somebody before. Whether it is another one.
    pub fn say(&mut self, kept: KeptEntry) -> bool {
        let entries = self.entries.entry(kept.person_id).or_default();
        let is_old = entries.contains(&kept);
        entries.retain(|other| other.source != kept.source || other.entry.uid != kept.entry.uid);
        entries.push(kept);
        !is_old
    }
}

/// Takes entries of a source that are new or say something new. Each uid once. Some ten statements, and five for each person
/// who was known and changes.
pub(super) async fn take(tx: &mut Tx, context: &Context, entries: Vec<SourceEntry>) -> Result<Batch> {
    store::directories::hold(tx).await?;
    let mut batch = Batch::default();
    let entries = without_erased(tx, context, (entries, &mut batch.report)).await?;
    let mut known = known(tx, &context.source, &entries).await?;
    let mut writing = Writing::default();
    let mut claimed = HashSet::new();
    for entry in entries {
        let owner = owner_of(&entry, context, &known, &claimed);
        let person = owner.unwrap_or_else(|| context.clock.new_id());
        let addresses = &entry.said.entry.addresses;
        let free = |address: &&EmailAddress| known.owners.get(*address).is_none_or(|has| *has == person);
        let taken: Vec<&EmailAddress> = addresses.iter().filter(|address| !free(address)).collect();
        if let Some(address) = taken.first() {
            batch.contested.push(entry.clone());
            let why = Why::AddressTaken { value: address.to_string() };
            batch.report.refuse(&entry.said.entry.full_name, why);
        }
        if taken.len() == addresses.len() {
            continue;
        }
        claimed.insert(person);
        writing.put(context, &mut known, (person, entry));
    }
    // Whoever is in a batch stays: nobody departs by it.
    writing.write(tx, context, (&known, &mut batch.report)).await?;
    Ok(batch)
}

/// Who was erased here does not come back by a directory. What it calls them is not written down.
async fn without_erased(
    tx: &mut Tx,
    context: &Context,
    (mut entries, report): (Vec<SourceEntry>, &mut SyncReport),
) -> Result<Vec<SourceEntry>> {
    let all = entries.iter().map(|entry| &entry.said.entry);
    let erased = erasures::erased_among(tx, &context.key, all).await?;
    entries.retain(|entry| {
        let is_erased = entry.said.entry.addresses.iter().any(|address| erased.contains(address));
        if is_erased {
            report.refuse("–", Why::Erased);
        }
        !is_erased
    });
    Ok(entries)
}

/// Some entries are gone from the source. Whoever departs by that is signed out everywhere.
pub(super) async fn depart(tx: &mut Tx, context: &Context, uids: &[String]) -> Result<(SyncReport, Ended)> {
    store::directories::hold(tx).await?;
    let mut report = SyncReport::default();
    let gone = store::directories::list_by_uid(tx, &context.source, uids).await?;
    let ids: HashSet<PersonId> = gone.iter().map(|kept| kept.person_id).collect();
    let ids: Vec<PersonId> = ids.into_iter().collect();
    let now = context.clock.now();
    store::directories::depart(tx, &context.source, uids, now).await?;
    let known = known_persons(tx, &ids).await?;
    let mut writing = Writing { persons: ids, ..Writing::default() };
    writing.persons.sort_unstable();
    let ended = writing.write(tx, context, (&known, &mut report)).await?;
    Ok((report, ended))
}

/// Merges some people anew, whose kept entries have changed.
pub(in super::super) async fn merge_again(
    tx: &mut Tx,
    context: &Context,
    persons: &[PersonId],
) -> Result<()> {
    let known = known_persons(tx, persons).await?;
    let mut writing = Writing { persons: persons.to_vec(), ..Writing::default() };
    // By what a file says nobody departs.
    writing.write(tx, context, (&known, &mut SyncReport::default())).await.map(drop)
}

async fn known(tx: &mut Tx, source: &str, entries: &[SourceEntry]) -> Result<Known> {
    let uids: Vec<String> = entries.iter().map(|entry| entry.uid.clone()).collect();
    let addresses: Vec<EmailAddress> =
        entries.iter().flat_map(|entry| entry.said.entry.addresses.iter().cloned()).collect();
    let linked = store::directories::list_by_uid(tx, source, &uids).await?;
    let owners: HashMap<EmailAddress, PersonId> =
        store::persons::find_by_addresses(tx, &addresses).await?.into_iter().collect();
    let ids: HashSet<PersonId> =
        owners.values().copied().chain(linked.iter().map(|kept| kept.person_id)).collect();
    let mut known = known_persons(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
    known.by_uid = linked.into_iter().map(|kept| (kept.entry.uid, kept.person_id)).collect();
    known.owners.extend(owners);
    Ok(known)
}

/// Five statements.
pub(in super::super) async fn known_persons(tx: &mut Tx, ids: &[PersonId]) -> Result<Known> {
    let persons = store::persons::list(tx, ids).await?;
    let mut entries: HashMap<PersonId, Vec<KeptEntry>> = HashMap::new();
    for kept in store::directories::list_of_persons(tx, ids).await? {
        entries.entry(kept.person_id).or_default().push(kept);
    }
    // Of entries that name an address which has gone to somebody else it is not theirs again.
    let named: Vec<EmailAddress> =
        entries.values().flatten().flat_map(|kept| kept.entry.said.entry.addresses.iter().cloned()).collect();
    let owners = store::persons::find_by_addresses(tx, &named).await?.into_iter().collect();
    let persons = persons.into_iter().map(|person| (person.id, person)).collect();
    Ok(Known { owners, persons, entries, by_uid: HashMap::new() })
}

/// Whom an entry is about: who it was about before; or who has its main address; or who has another one of it and no entry of
/// their own.
fn owner_of(
    entry: &SourceEntry,
    context: &Context,
    known: &Known,
    claimed: &HashSet<PersonId>,
) -> Option<PersonId> {
    if let Some(person) = known.by_uid.get(&entry.uid) {
        return Some(*person);
    }
    let goes_on_otherwise = |kept: &KeptEntry| {
        kept.source == context.source
            && kept.departed_at.is_none()
            && !context.leaving.contains(&kept.entry.uid)
    };
    let is_free = |person: &PersonId| {
        !claimed.contains(person)
            && !known.by_uid.values().any(|other| other == person)
            && !known.entries.get(person).is_some_and(|kept| kept.iter().any(goes_on_otherwise))
    };
    let has_own_entry = |person: &PersonId| {
        let main = known.persons.get(person).and_then(Person::main_address);
        main.is_some_and(|address| context.mains.contains(address))
    };
    let (main, others) = entry.said.entry.addresses.split_first()?;
    let by_main = known.owners.get(main).filter(|person| is_free(person));
    let by_other = || others.iter().filter_map(|address| known.owners.get(address));
    by_main.or_else(|| by_other().find(|person| is_free(person) && !has_own_entry(person))).copied()
}

/// What is to be written.
#[derive(Default)]
struct Writing {
    kept: Vec<KeptEntry>,
    /// Whose entries have changed, each once.
    persons: Vec<PersonId>,
}

impl Writing {
    fn put(&mut self, context: &Context, known: &mut Known, (person, entry): (PersonId, SourceEntry)) {
        let entries = known.entries.entry(person).or_default();
        // What was known before any source spoke stays known.
        if entries.is_empty()
            && let Some(person) = known.persons.get(&person)
        {
            let before = snapshot(person);
            entries.push(before.clone());
            self.kept.push(before);
        }
        let kept = KeptEntry { source: context.source.clone(), person_id: person, entry, departed_at: None };
        for address in &kept.entry.said.entry.addresses {
            known.owners.entry(address.clone()).or_insert(person);
        }
        entries.retain(|other| other.source != kept.source || other.entry.uid != kept.entry.uid);
        entries.push(kept.clone());
        self.kept.push(kept);
        if !self.persons.contains(&person) {
            self.persons.push(person);
        }
    }

    async fn write(
        &mut self,
        tx: &mut Tx,
        context: &Context,
        (known, report): (&Known, &mut SyncReport),
    ) -> Result<Ended> {
        let now = context.clock.now();
        let (mut new, mut departed, mut returned) = (Vec::new(), Vec::new(), Vec::new());
        for id in &self.persons {
            let person = known.persons.get(id);
            let merged = merged(*id, context, known);
            let Some(person) = person else {
                report.added.push(|| merged.entry.full_name.clone());
                new.push(NewPerson { id: *id, entry: merged.entry, origin: Origin::Imported });
                continue;
            };
            let name = merged.entry.full_name.clone();
            match (person.departed_at, merged.departed) {
                (None, true) => {
                    report.departed.push(|| name.clone());
                    departed.push(*id);
                }
                (Some(_), false) => {
                    report.returned.push(|| name.clone());
                    returned.push(*id);
                }
                _ => {}
            }
            if !is_same(person, &merged.entry) {
                if person.departed_at.is_some() == merged.departed {
                    report.changed.push(|| name.clone());
                }
                let changed = NewPerson { id: *id, entry: merged.entry, origin: Origin::Imported };
                store::persons::replace(tx, &changed, now).await?;
            }
        }
        store::persons::insert(tx, &new, now).await?;
        store::directories::keep(tx, &self.kept, now).await?;
        store::persons::set_departed(tx, &departed, Some(now)).await?;
        store::persons::set_departed(tx, &returned, None).await?;
        Ok(store::sessions::delete_all_of(tx, &departed).await?)
    }
}

/// What all sources say of somebody, without addresses that are somebody else's.
pub(in super::super) fn merged(id: PersonId, context: &Context, known: &Known) -> Merged {
    let word = |kept: &KeptEntry| Word {
        source: kept.source.clone(),
        said: kept.entry.said.clone(),
        departed: kept.departed_at.is_some() || is_leaving(kept, context),
    };
    let words: Vec<Word> = known.entries.get(&id).into_iter().flatten().map(word).collect();
    let mut merged = directory::merge(&words, &context.configured);
    merged.entry.addresses.retain(|address| known.owners.get(address).is_none_or(|owner| *owner == id));
    if merged.entry.addresses.is_empty()
        && let Some(person) = known.persons.get(&id)
    {
        merged.entry.addresses.clone_from(&person.addresses);
    }
    merged
}

fn is_leaving(kept: &KeptEntry, context: &Context) -> bool {
    kept.source == context.source && context.leaving.contains(&kept.entry.uid)
}

/// What was known of somebody before any directory spoke of them, as an entry.
fn snapshot(person: &Person) -> KeptEntry {
    let source = match person.origin {
        Origin::Imported => IMPORT,
        Origin::Learnt => MAIL,
    };
    kept_of(source, person.id, entry_of(person))
}

/// What an imported file, or a mail, says of somebody.
pub(in super::super) fn kept_of(source: &str, person: PersonId, entry: Entry) -> KeptEntry {
    let said = Said { entry, manager: String::new() };
    let entry = SourceEntry { uid: person.to_string(), locator: String::new(), said };
    KeptEntry { source: source.to_owned(), person_id: person, entry, departed_at: None }
}

fn entry_of(person: &Person) -> Entry {
    Entry {
        full_name: person.full_name.clone(),
        addresses: person.addresses.clone(),
        phones: person.phones.clone(),
        department: person.department.clone(),
        position: person.position.clone(),
        photo: person.photo,
    }
}

pub(in super::super) fn is_same(person: &Person, entry: &Entry) -> bool {
    person.origin == Origin::Imported && entry_of(person) == *entry
}
