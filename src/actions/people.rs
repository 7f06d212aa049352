//! The address book: finding people, and learning them from mails.

use std::collections::{HashMap, HashSet};

use super::{ActionError, Actions, Problem, Result, access};
use crate::clock::Clock;
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::ids::PersonId;
use crate::domain::person::{Entry, Origin, Person, Viewer};
use crate::domain::settings::MailSettings;
use crate::domain::thread::{Participant, Seen};
use crate::domain::time::Timestamp;
use crate::mail::compose;
use crate::store::drafts::DraftMember;
use crate::store::persons::NewPerson;
use crate::store::{self, Tx};

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
///
/// # Errors
/// [`ActionError::Invalid`] for the address of a distribution list.
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
    check_no_list(tx, addresses).await?;
    let asked: Vec<Participant> = addresses.iter().map(participant).collect();
    let found = learn(tx, clock, &asked, clock.now()).await?;
    Ok(found.into_iter().map(|(id, _)| id).collect())
}

/// What a directory calls a list is nobody, whatever mails taught of its address.
async fn check_no_list(tx: &mut Tx, addresses: &[NamedAddress]) -> Result<()> {
    let written: Vec<EmailAddress> = addresses.iter().map(|one| one.address.clone()).collect();
    let lists = store::directory_lists::find_by_addresses(tx, &written).await?;
    let Some((key, list)) = lists.into_iter().next() else { return Ok(()) };
    let name = store::directory_lists::list(tx, &[list]).await?.into_iter().next().map(|list| list.name);
    let address = written.into_iter().find(|address| address.key() == key).map(|one| one.to_string());
    let (name, address) = (name.unwrap_or_default(), address.unwrap_or(key));
    Err(ActionError::invalid("members", Problem::IsList { list, name, address }))
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
        Ok(store::people_search::search(&mut tx, query, limit).await?)
    }

    /// The same for admins, among all that are known: those who have left, too.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins.
    pub async fn search_everybody(&self, viewer: &Viewer, query: &str, limit: i64) -> Result<Vec<Person>> {
        access::admin(viewer)?;
        Ok(store::people_search::search_everybody(&mut self.store.read().await?, query, limit).await?)
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

    /// Finding people stays quick after this many came or changed. Nothing is lost if it fails.
    pub(super) async fn settle_people(&self, written: usize) {
        if written < store::people_search::MANY {
            return;
        }
        let settled = self.store.write(async move |tx| store::people_search::settle(tx).await).await;
        if let Err(error) = settled {
            tracing::warn!(error = %error, "The database did not look anew at the people in it.");
        }
    }
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
