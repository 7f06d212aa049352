//! Taking files of people: who is whom, what would become of each, and writing that.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::directory::merge::{self, Context, Known};
use super::directory::own_addresses;
use super::{Actions, Result, erasures};
use crate::domain::address::EmailAddress;
use crate::domain::directory::IMPORT;
use crate::domain::directory_sync::{Refused, Why};
use crate::domain::ids::PersonId;
use crate::domain::import_preview::{FieldChange, ImportPreview, PersonChange};
use crate::domain::person::{Entry, Origin, Person};
use crate::store::directories::KeptEntry;
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
    /// Takes entries of an address book. Who is known by their main address, or by another one that is nobody's main
    /// address in this book, is updated; others are added. An address stays with the person who has it.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer; what was taken before stays.
    pub async fn import_people(&self, entries: Vec<Entry>) -> Result<Imported> {
        let mut sum = Imported::default();
        let entries = distinct(self.admitted(entries).await?.0);
        let mains: Arc<HashSet<EmailAddress>> = Arc::new(mains_of(&entries));
        for part in entries.chunks(PART) {
            let (part, mains) = (part.to_vec(), mains.clone());
            let context = self.merging(IMPORT);
            let done = self
                .store
                .write(async move |tx| {
                    let plan = plan(tx, &context, (part, &mains)).await?;
                    apply(tx, plan, &context).await
                })
                .await?;
            sum.add(done);
        }
        self.settle_people(sum.added + sum.updated).await;
        Ok(sum)
    }

    /// What [`Actions::import_people`] would do now. Changes nothing.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer.
    pub async fn preview_import(&self, entries: Vec<Entry>) -> Result<ImportPreview> {
        let mut preview = ImportPreview::default();
        let (entries, refused) = self.admitted(entries).await?;
        refused.into_iter().for_each(|one| preview.refused.push(|| one));
        let entries = distinct(entries);
        let (mains, context) = (mains_of(&entries), self.merging(IMPORT));
        let mut tx = self.store.read().await?;
        for part in entries.chunks(PART) {
            plan(&mut tx, &context, (part.to_vec(), &mains)).await?.tell(&mut preview);
        }
        Ok(preview)
    }

    /// Who was erased here does not come back by a file, and our own mailbox is nobody.
    async fn admitted(&self, mut entries: Vec<Entry>) -> Result<(Vec<Entry>, Vec<Refused>)> {
        let mut tx = self.store.read().await?;
        let erased = erasures::erased_among(&mut tx, &self.key, entries.iter()).await?;
        let mut refused = Vec::new();
        entries.retain_mut(|entry| {
            if entry.addresses.iter().any(|address| erased.contains(address)) {
                // They are not named.
                refused.push(Refused { who: "–".to_owned(), why: Why::Erased });
                return false;
            }
            refused.extend(own_addresses::take_out(&self.settings.mail, entry));
            !entry.addresses.is_empty()
        });
        Ok((entries, refused))
    }
}

impl ImportPreview {
    /// What [`Actions::import_people`] would say.
    pub fn counts(&self) -> Imported {
        let unchanged = self.unchanged + self.overruled.count;
        Imported { added: self.added.count, updated: self.changed.count, unchanged }
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
    known: Vec<Taken>,
    /// An entry, or an address of one, that is somebody else's.
    refused: Vec<Refused>,
}

/// Somebody who is known, and what the file says of them.
struct Taken {
    person: Person,
    said: Entry,
    /// What will be known of them.
    after: Entry,
    /// Nothing of it was said by a file before.
    is_news: bool,
}

impl Taken {
    fn is_changed(&self) -> bool {
        !merge::is_same(&self.person, &self.after)
    }

    fn change(&self) -> PersonChange {
        let adopted = self.person.origin == Origin::Learnt;
        PersonChange::of(&self.person, &self.said, &self.after, adopted)
    }
}

impl Plan {
    fn counts(&self) -> Imported {
        let updated = self.known.iter().filter(|taken| taken.is_changed()).count();
        Imported { added: self.new.len(), updated, unchanged: self.known.len() - updated }
    }

    fn tell(self, preview: &mut ImportPreview) {
        for entry in self.new {
            preview.added.push(|| entry);
        }
        for taken in self.known {
            if taken.is_changed() {
                preview.changed.push(|| taken.change());
                continue;
            }
            let stays = |change: &FieldChange| {
                matches!(change, FieldChange::Overruled { .. } | FieldChange::Departed)
            };
            match taken.change() {
                change if change.changes.iter().any(stays) => preview.overruled.push(|| change),
                _ => preview.unchanged += 1,
            }
        }
        for refused in self.refused {
            preview.refused.push(|| refused);
        }
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

/// Six statements.
async fn plan(
    tx: &mut Tx,
    context: &Context,
    (entries, mains): (Vec<Entry>, &HashSet<EmailAddress>),
) -> Result<Plan> {
    let addresses: Vec<EmailAddress> = entries.iter().flat_map(|e| e.addresses.iter().cloned()).collect();
    let owners: HashMap<EmailAddress, PersonId> =
        store::persons::find_by_addresses(tx, &addresses).await?.into_iter().collect();
    let ids: HashSet<PersonId> = owners.values().copied().collect();
    let mut known = merge::known_persons(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
    known.add_owners(owners.clone());
    let (mut claimed, mut plan) = (HashSet::new(), Plan::default());
    // Whose an address is when all before it is written: what the book no longer names as theirs is free.
    let mut holders = owners.clone();
    for mut entry in entries {
        let owner = owner_of(&entry, &owners, &known, mains).filter(|id| claimed.insert(*id));
        let person = owner.and_then(|id| known.person(id).cloned());
        let is_free = |address: &EmailAddress| {
            holders.get(address).is_none_or(|id| person.as_ref().is_some_and(|person| person.id == *id))
        };
        let taken = entry.addresses.iter().find(|address| !is_free(address)).cloned();
        entry.addresses.retain(is_free);
        plan.refused.extend(taken.map(|address| Refused {
            who: entry.full_name.clone(),
            why: Why::AddressTaken { value: address.to_string() },
        }));
        match person {
            // Nobody could reach them.
            None if entry.addresses.is_empty() => {}
            None => plan.new.push(entry),
            Some(person) => {
                let taken = take(context, &mut known, (person, entry));
                holders.retain(|_, id| *id != taken.person.id);
                let theirs = taken.after.addresses.iter().map(|one| (one.clone(), taken.person.id));
                holders.extend(theirs);
                plan.known.push(taken);
            }
        }
    }
    Ok(plan)
}

/// What becomes of somebody by a file.
fn take(context: &Context, known: &mut Known, (person, said): (Person, Entry)) -> Taken {
    if !known.has_entries(person.id) {
        // A file without pictures takes none away.
        let after = Entry { photo: said.photo.or(person.photo), ..said.clone() };
        return Taken { is_news: !merge::is_same(&person, &after), person, said, after };
    }
    let is_news = known.say(merge::kept_of(IMPORT, person.id, said.clone()));
    let after = merge::merged(person.id, context, known).entry;
    Taken { is_news, person, said, after }
}

/// Whom an entry is about: who has its main address, or else who has another one of it and no entry of their own.
fn owner_of(
    entry: &Entry,
    owners: &HashMap<EmailAddress, PersonId>,
    known: &Known,
    mains: &HashSet<EmailAddress>,
) -> Option<PersonId> {
    let (main, others) = entry.addresses.split_first()?;
    let has_own_entry =
        |id: &&PersonId| known.person(**id).and_then(Person::main_address).is_some_and(|a| mains.contains(a));
    owners
        .get(main)
        .or_else(|| others.iter().filter_map(|a| owners.get(a)).find(|id| !has_own_entry(id)))
        .copied()
}

async fn apply(tx: &mut Tx, plan: Plan, context: &Context) -> Result<Imported> {
    let (clock, counts) = (&context.clock, plan.counts());
    let now = clock.now();
    let news: Vec<Taken> = plan.known.into_iter().filter(|taken| taken.is_news).collect();
    let others = remember_imported(tx, news, context).await?;
    for Taken { person, after, .. } in others {
        let changed = NewPerson { id: person.id, entry: after, origin: Origin::Imported };
        store::persons::replace(tx, &changed, now).await?;
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
async fn remember_imported(tx: &mut Tx, news: Vec<Taken>, context: &Context) -> Result<Vec<Taken>> {
    if news.is_empty() {
        return Ok(news);
    }
    store::directories::hold(tx).await?;
    let ids: Vec<PersonId> = news.iter().map(|taken| taken.person.id).collect();
    let entries = store::directories::list_of_persons(tx, &ids).await?;
    let known: HashSet<PersonId> = entries.into_iter().map(|kept| kept.person_id).collect();
    if known.is_empty() {
        return Ok(news);
    }
    let (known, others): (Vec<_>, Vec<_>) =
        news.into_iter().partition(|taken| known.contains(&taken.person.id));
    let ids: Vec<PersonId> = known.iter().map(|taken| taken.person.id).collect();
    let kept: Vec<KeptEntry> =
        known.into_iter().map(|taken| merge::kept_of(IMPORT, taken.person.id, taken.said)).collect();
    store::directories::keep(tx, &kept, context.clock.now()).await?;
    merge::merge_again(tx, context, &ids).await?;
    Ok(others)
}
