//! Many people under one name: departments and distribution lists, offered beside single people, and looked at before anybody
//! of them is added.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::drafts::MOST_MEMBERS;
use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::address::EmailAddress;
use crate::domain::ids::{ListId, PersonId};
use crate::domain::people_set::{Listed, PeopleSet, SetOffer, SetSeen};
use crate::domain::person::{Person, Viewer};
use crate::store::directory_lists::KeptList;
use crate::store::{self, Tx};

/// Lists stand in lists in lists; further down nobody looks.
const DEEPEST: usize = 8;
/// So many entries are looked at for one list, with those of the lists in it.
const MOST_LOOKED_AT: usize = 20_000;

impl Actions {
    /// Departments and lists in whose name every word of a query stands, `limit` of each at most. Three statements.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] for guests: the address book is the organisation's own.
    pub async fn search_people_sets(
        &self,
        viewer: &Viewer,
        query: &str,
        limit: usize,
    ) -> Result<Vec<SetOffer>> {
        if query.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.store.read().await?;
        access::colleague(&mut tx, viewer, &self.settings.sign_in).await?;
        let mut found = departments(&mut tx, query, limit).await?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        found.append(&mut store::directory_lists::search(&mut tx, query, limit).await?);
        Ok(found)
    }

    /// The only set that somebody can mean who typed its name, or the address of a list.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] for guests.
    pub async fn find_people_set(&self, viewer: &Viewer, name: &str) -> Result<Option<PeopleSet>> {
        if let Ok(address) = name.trim().parse::<EmailAddress>() {
            let mut tx = self.store.read().await?;
            access::colleague(&mut tx, viewer, &self.settings.sign_in).await?;
            let found = store::directory_lists::find_by_addresses(&mut tx, &[address]).await?;
            return Ok(found.into_iter().next().map(|(_, list)| PeopleSet::List(list)));
        }
        let name = name.trim().to_lowercase();
        let found = self.search_people_sets(viewer, &name, MOST_SAME).await?;
        let mut same = found.into_iter().filter(|offer| offer.name.to_lowercase() == name);
        Ok(same.next().filter(|_| same.next().is_none()).map(|offer| offer.set))
    }

    /// Who belongs to a set now.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when there is no such department or list any more. [`ActionError::Invalid`] for guests, and
    /// when it has more people than a group can have.
    pub async fn look_at_people_set(&self, viewer: &Viewer, set: &PeopleSet) -> Result<SetSeen> {
        let mut tx = self.store.read().await?;
        access::colleague(&mut tx, viewer, &self.settings.sign_in).await?;
        let (name, ids, unknown) = match set {
            PeopleSet::Department(name) => {
                let limit = i64::try_from(MOST_MEMBERS + 1).unwrap_or(i64::MAX);
                let names = spellings(store::departments::list(&mut tx).await?, name);
                let ids = store::departments::people(&mut tx, &names, limit).await?;
                (names.into_iter().next().ok_or(ActionError::NotFound)?, ids, 0)
            }
            PeopleSet::List(id) => expand(&mut tx, *id).await?,
        };
        if ids.len() > MOST_MEMBERS {
            return Err(ActionError::invalid("members", Problem::TooManyPeople { limit: MOST_MEMBERS }));
        }
        let found = store::persons::list(&mut tx, &ids).await?;
        let (mut people, departed): (Vec<Person>, Vec<Person>) =
            found.into_iter().partition(|person| person.departed_at.is_none());
        people.sort_by_cached_key(|person| (person.full_name.to_lowercase(), person.id));
        let departed = departed.into_iter().map(|person| person.full_name).collect();
        Ok(SetSeen { set: set.clone(), name, people, departed, unknown })
    }
}

/// Sets of one name beyond these are not told apart.
const MOST_SAME: usize = 20;

/// Departments are few, and told apart by more than the database knows of letters.
async fn departments(tx: &mut Tx, query: &str, limit: usize) -> Result<Vec<SetOffer>> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().take(4).collect();
    let fits = |name: &String| {
        let name = name.to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    let names: Vec<String> = store::departments::list(tx).await?.into_iter().filter(fits).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    // One department is written in two ways by two sources.
    let mut by_key: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in names {
        by_key.entry(name.to_lowercase()).or_default().push(name);
    }
    let mut kept: Vec<Vec<String>> = by_key.into_values().collect();
    kept.sort_by_key(|names| !names[0].to_lowercase().starts_with(words[0]));
    kept.truncate(limit);
    let all: Vec<String> = kept.iter().flatten().cloned().collect();
    let counts: HashMap<String, i64> = store::departments::counts(tx, &all).await?.into_iter().collect();
    let offer = |names: Vec<String>| {
        let count = names.iter().filter_map(|name| counts.get(name)).sum();
        let name = names.into_iter().next().unwrap_or_default();
        SetOffer { set: PeopleSet::Department(name.clone()), name, count }
    };
    Ok(kept.into_iter().map(offer).collect())
}

/// All the ways in which a department is written, its own first.
fn spellings(all: Vec<String>, name: &str) -> Vec<String> {
    let key = name.to_lowercase();
    let mut same: Vec<String> = all.into_iter().filter(|one| one.to_lowercase() == key).collect();
    same.sort_by_key(|one| one != name);
    same
}

/// A list's name, the people in it and in the lists that stand in it, each once, and how many entries are nobody. A list that
/// stands in itself is looked at once. Six statements for each level.
async fn expand(tx: &mut Tx, id: ListId) -> Result<(String, Vec<PersonId>, usize)> {
    let mut level = store::directory_lists::list(tx, &[id]).await?;
    let name = level.first().ok_or(ActionError::NotFound)?.name.clone();
    let mut seen: HashSet<ListId> = HashSet::from([id]);
    let mut people = Vec::new();
    let mut known: HashSet<PersonId> = HashSet::new();
    let (mut looked_at, mut unknown) = (0, 0);
    for _ in 0..DEEPEST {
        let total: i64 = level.iter().map(|list| list.total).sum();
        looked_at += usize::try_from(total).unwrap_or(usize::MAX);
        let too_long = level.iter().any(|list| list.total > list.members.len() as i64);
        if looked_at > MOST_LOOKED_AT || too_long || people.len() > MOST_MEMBERS {
            return Err(ActionError::invalid("members", Problem::TooManyPeople { limit: MOST_MEMBERS }));
        }
        let found = resolve(tx, &level).await?;
        unknown += found.unknown;
        people.extend(found.people.into_iter().filter(|person| known.insert(*person)));
        level = found.lists.into_iter().filter(|list| seen.insert(list.id)).collect();
        if level.is_empty() {
            break;
        }
    }
    Ok((name, people, unknown + level.len()))
}

/// What the entries of some lists are.
#[derive(Default)]
struct Found {
    people: Vec<PersonId>,
    lists: Vec<KeptList>,
    unknown: usize,
}

async fn resolve(tx: &mut Tx, lists: &[KeptList]) -> Result<Found> {
    let mut found = Found::default();
    let mut at: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut written: Vec<EmailAddress> = Vec::new();
    for (list, one) in lists.iter().flat_map(|list| list.members.iter().map(move |one| (list, one))) {
        match one {
            Listed::At(key) => at.entry(list.source.as_str()).or_default().push(key.clone()),
            Listed::Address(address) => written.push(address.clone()),
        }
    }
    for (source, mut keys) in at {
        keys.sort_unstable();
        keys.dedup();
        let people = store::directory_lists::persons_at(tx, source, &keys).await?;
        let inner = store::directory_lists::list_at(tx, source, &keys).await?;
        let places = people.iter().map(|(place, _)| place.as_str());
        let known: HashSet<&str> = places.chain(inner.iter().map(|list| list.locator_key.as_str())).collect();
        found.unknown += keys.iter().filter(|key| !known.contains(key.as_str())).count();
        found.people.extend(people.into_iter().map(|(_, person)| person));
        found.lists.extend(inner);
    }
    resolve_written(tx, &written, &mut found).await?;
    Ok(found)
}

async fn resolve_written(tx: &mut Tx, written: &[EmailAddress], found: &mut Found) -> Result<()> {
    if written.is_empty() {
        return Ok(());
    }
    let people = store::persons::find_by_addresses(tx, written).await?;
    let lists = store::directory_lists::find_by_addresses(tx, written).await?;
    let of_lists: HashSet<&str> = lists.iter().map(|(key, _)| key.as_str()).collect();
    let of_people: HashSet<&str> = people.iter().map(|(address, _)| address.key()).collect();
    let is_unknown =
        |address: &&EmailAddress| !of_people.contains(address.key()) && !of_lists.contains(address.key());
    found.unknown += written.iter().filter(is_unknown).count();
    // What a directory calls a list is one, whatever mails taught of its address.
    let is_list = |address: &EmailAddress| of_lists.contains(address.key());
    found.people.extend(people.iter().filter(|(address, _)| !is_list(address)).map(|(_, person)| *person));
    let ids: Vec<ListId> = lists.iter().map(|(_, id)| *id).collect();
    found.lists.append(&mut store::directory_lists::list(tx, &ids).await?);
    Ok(())
}
