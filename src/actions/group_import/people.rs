//! Who the people of an export are here: known by their addresses, or learnt.

use std::collections::{HashMap, HashSet};

use super::{Here, ImportError};
use crate::actions::people::learn;
use crate::actions::{Result, drafts, policy};
use crate::clock::Clock;
use crate::domain::address::EmailAddress;
use crate::domain::ids::PersonId;
use crate::domain::settings::Settings;
use crate::domain::thread::{Participant, Seen};
use crate::mail::export::record::PersonRecord;
use crate::store::{self, Tx};

/// As many members as a group can have.
pub const MOST_MEMBERS: usize = drafts::MOST_MEMBERS;
/// With those who have left; no group has seen so many.
const MOST_PEOPLE: usize = 10_000;
/// A name, in characters.
const LONGEST_NAME: usize = 200;

/// Whether a group can be made of these people.
pub(super) fn check(people: &[PersonRecord]) -> std::result::Result<(), ImportError> {
    let members = people.iter().filter(|person| person.member.is_some());
    if members.clone().count() > MOST_MEMBERS || people.len() > MOST_PEOPLE {
        return Err(ImportError::TooManyMembers { limit: MOST_MEMBERS });
    }
    if members.filter(|person| addresses(person).next().is_some()).count() == 0 {
        return Err(ImportError::NoMembers);
    }
    Ok(())
}

fn addresses(person: &PersonRecord) -> impl Iterator<Item = EmailAddress> {
    person.addresses.iter().filter_map(|address| address.parse().ok())
}

/// What somebody is called, on one line.
pub(super) fn name_of(name: &str) -> String {
    let words = name.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect()
}

/// Who of them may be members: by the company's rule about people outside, and not who has left it.
pub(super) async fn who_may_join(tx: &mut Tx, settings: &Settings, here: &Here) -> Result<HashSet<PersonId>> {
    let ids: Vec<PersonId> = here.values().copied().collect();
    let mut persons = store::persons::list(tx, &ids).await?;
    persons.retain(|person| person.departed_at.is_none() && policy::may_become_member(settings, person));
    Ok(persons.into_iter().map(|person| person.id).collect())
}

/// Finds everybody, and learns whom nobody knows. Those without an address are nobody here.
pub(super) async fn find_or_learn(tx: &mut Tx, clock: &Clock, people: &[PersonRecord]) -> Result<Here> {
    let all: Vec<EmailAddress> = people.iter().flat_map(addresses).collect();
    let known: HashMap<EmailAddress, PersonId> =
        store::persons::find_by_addresses(tx, &all).await?.into_iter().collect();
    let mut chosen: HashMap<PersonId, EmailAddress> = HashMap::new();
    let mut participants = Vec::new();
    for person in people {
        let Some(first) =
            addresses(person).find(|a| known.contains_key(a)).or_else(|| addresses(person).next())
        else {
            continue;
        };
        chosen.insert(person.id, first.clone());
        let name = Some(name_of(&person.name)).filter(|name| !name.is_empty());
        participants.push(Participant { name, address: first, seen: Seen::default() });
    }
    learn(tx, clock, &participants, clock.now()).await?;
    let addresses: Vec<EmailAddress> = chosen.values().cloned().collect();
    let here: HashMap<EmailAddress, PersonId> =
        store::persons::find_by_addresses(tx, &addresses).await?.into_iter().collect();
    Ok(chosen.into_iter().filter_map(|(person, address)| Some((person, *here.get(&address)?))).collect())
}
