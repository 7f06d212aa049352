//! Changing a draft: each change is saved when it is made and told to every open copy of the page.

use super::super::{ActionError, Actions, Problem, Result, access, people, policy};
use super::lease::{check_lease, check_open};
use crate::clock::Clock;
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::draft::{Draft, DraftState, EditLease, Editor};
use crate::domain::event::DraftPart;
use crate::domain::ids::{DraftId, FileId, MessageId, PersonId};
use crate::domain::person::Viewer;
use crate::domain::settings::Settings;
use crate::domain::thread::Seen;
use crate::domain::topic::Topic;
use crate::store::drafts::DraftMember;
use crate::store::{self, Tx};

/// One change to a draft.
#[derive(Clone, Debug)]
pub enum Change {
    /// May be empty while editing, not when confirming.
    Topic(String),
    Opening(String),
    AddPerson(PersonId),
    /// Several at once. Those who are members already are passed over, unless all are.
    AddPersons(Vec<PersonId>),
    /// Somebody who may not be in the address book yet.
    AddAddress {
        address: String,
        name: Option<String>,
    },
    /// The same with addresses.
    AddAddresses(Vec<NamedAddress>),
    RemovePerson(PersonId),
    /// Several at once, as they were added. The owner stays.
    RemovePersons(Vec<PersonId>),
    KeepFile {
        file: FileId,
        kept: bool,
    },
    /// Takes a message of the group it is spun off from along, or not.
    TakeAlong {
        message: MessageId,
        kept: bool,
    },
}

/// In characters.
const LONGEST_OPENING: usize = super::super::messages::LONGEST_MESSAGE;
/// How many people a group can have.
pub const MOST_MEMBERS: usize = 500;

impl Actions {
    /// Makes one change. The page must hold the lease; the change lets it last longer. The new version.
    ///
    /// # Errors
    /// [`ActionError::Conflict`] when the lease was lost or the draft is closed: nothing is saved then.
    /// [`ActionError::Invalid`] when the value can't be used.
    pub async fn change_draft(&self, editor: Editor, id: DraftId, change: Change) -> Result<i64> {
        let (now, part) = (self.clock.now(), change.part());
        let (clock, settings) = (self.clock.clone(), self.settings.clone());
        let (draft, version) = self
            .store
            .write(async move |tx| {
                let mut draft = access::draft_for_change(tx, (editor.person, &settings.sign_in), id).await?;
                check_open(&draft)?;
                check_lease(tx, &draft, editor, now).await?;
                apply(tx, &mut draft, change, &Outside { clock: &clock, settings: &settings }).await?;
                if let Some(lease) = &mut draft.lease {
                    lease.until = now + EditLease::LASTS;
                }
                let version = store::drafts::update(tx, &draft, now).await?;
                Ok::<_, ActionError>((draft, version))
            })
            .await?;
        self.tell_draft(id, Some(version), part);
        self.tell_list(&draft, now);
        Ok(version)
    }

    /// Discards a draft; [`Actions::restore_draft`] brings it back.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but its owner.
    pub async fn discard_draft(&self, viewer: &Viewer, id: DraftId) -> Result<()> {
        self.set_state(viewer, id, DraftState::Open, DraftState::Discarded).await
    }

    /// Opens a discarded draft again.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but its owner.
    pub async fn restore_draft(&self, viewer: &Viewer, id: DraftId) -> Result<()> {
        self.set_state(viewer, id, DraftState::Discarded, DraftState::Open).await
    }

    async fn set_state(&self, viewer: &Viewer, id: DraftId, from: DraftState, to: DraftState) -> Result<()> {
        let (now, person, settings) = (self.clock.now(), viewer.person_id, self.settings.clone());
        let changed = self
            .store
            .write(async move |tx| {
                let mut draft = access::draft_for_change(tx, (person, &settings.sign_in), id).await?;
                if draft.owner != person {
                    return Err(ActionError::Forbidden);
                }
                if draft.state == to {
                    return Ok(None);
                }
                if draft.state != from {
                    check_open(&draft)?;
                }
                draft.state = to;
                draft.lease = None;
                let version = store::drafts::update(tx, &draft, now).await?;
                Ok::<_, ActionError>(Some((draft, version)))
            })
            .await?;
        if let Some((draft, version)) = changed {
            self.tell_draft(id, Some(version), DraftPart::State);
            self.tell_list(&draft, now);
        }
        Ok(())
    }
}

impl Change {
    fn part(&self) -> DraftPart {
        match self {
            Self::Topic(_) => DraftPart::Topic,
            Self::Opening(_) => DraftPart::Opening,
            Self::AddPerson(_)
            | Self::AddPersons(_)
            | Self::AddAddress { .. }
            | Self::AddAddresses(_)
            | Self::RemovePerson(_)
            | Self::RemovePersons(_) => DraftPart::Members,
            Self::KeepFile { .. } => DraftPart::Files,
            Self::TakeAlong { .. } => DraftPart::Chosen,
        }
    }
}

/// What a change needs besides the draft.
struct Outside<'a> {
    clock: &'a Clock,
    settings: &'a Settings,
}

async fn apply(tx: &mut Tx, draft: &mut Draft, change: Change, outside: &Outside<'_>) -> Result<()> {
    match change {
        Change::Topic(text) if text.trim().is_empty() => draft.topic.clear(),
        Change::Topic(text) => {
            let topic: Topic = text
                .parse()
                .map_err(|_| ActionError::invalid("topic", Problem::TooLong { limit: Topic::LONGEST }))?;
            draft.topic = topic.as_str().to_owned();
        }
        Change::Opening(text) => {
            if text.chars().count() > LONGEST_OPENING {
                return Err(ActionError::invalid("opening", Problem::TooLong { limit: LONGEST_OPENING }));
            }
            draft.opening = text.replace('\0', "");
        }
        Change::AddPerson(person) => add_all(tx, outside, draft.id, &[person]).await?,
        Change::AddPersons(persons) => {
            if persons.len() > MOST_MEMBERS {
                return Err(ActionError::invalid("members", Problem::TooMany { limit: MOST_MEMBERS }));
            }
            let mut once = std::collections::HashSet::new();
            let persons: Vec<PersonId> = persons.into_iter().filter(|person| once.insert(*person)).collect();
            add_all(tx, outside, draft.id, &persons).await?;
        }
        Change::AddAddress { address, name } => {
            let address: EmailAddress =
                address.parse().map_err(|_| ActionError::invalid("address", Problem::NotAnAddress))?;
            let persons = persons_for(tx, outside, vec![NamedAddress { name, address }]).await?;
            add_all(tx, outside, draft.id, &persons).await?;
        }
        Change::AddAddresses(addresses) => {
            let persons = persons_for(tx, outside, addresses).await?;
            add_all(tx, outside, draft.id, &persons).await?;
        }
        Change::RemovePerson(person) if person == draft.owner => return Err(ActionError::Forbidden),
        Change::RemovePerson(person) => {
            // Gone already is as good.
            store::drafts::remove_member(tx, draft.id, person).await?;
        }
        Change::RemovePersons(mut persons) => {
            persons.retain(|person| *person != draft.owner);
            store::drafts::remove_members(tx, draft.id, &persons).await?;
        }
        Change::TakeAlong { message, kept } => {
            if !store::spin_offs::set_kept(tx, draft.id, message, kept).await? {
                return Err(ActionError::NotFound);
            }
        }
        Change::KeepFile { file, kept } => {
            if !store::files::set_kept(tx, draft.id, file, kept).await? {
                return Err(ActionError::NotFound);
            }
        }
    }
    Ok(())
}

/// Adds people in their order. Two or three statements, however many.
async fn add_all(tx: &mut Tx, outside: &Outside<'_>, draft: DraftId, persons: &[PersonId]) -> Result<()> {
    let members = store::drafts::members(tx, draft).await?;
    let is_new = |person: &&PersonId| members.iter().all(|m| m.person_id != **person);
    let new: Vec<DraftMember> = persons
        .iter()
        .filter(is_new)
        .map(|person| DraftMember { person_id: *person, seen: Seen::default() })
        .collect();
    if members.len() + new.len() > MOST_MEMBERS {
        return Err(ActionError::invalid("members", Problem::TooMany { limit: MOST_MEMBERS }));
    }
    if new.is_empty() {
        let first = *persons.first().ok_or(ActionError::invalid("members", Problem::Empty))?;
        let person = store::persons::find(tx, first).await?.ok_or(ActionError::NotFound)?;
        let problem = Problem::AlreadyMember { person: first, name: person.full_name };
        return Err(ActionError::invalid("members", problem));
    }
    let found = store::persons::list(tx, persons).await?;
    if found.len() < persons.len() {
        return Err(ActionError::NotFound);
    }
    people::check_here(&found)?;
    policy::check_may_join(outside.settings, &found)?;
    Ok(store::drafts::add_members(tx, draft, &new).await?)
}

/// The persons with these addresses, each once; learnt if nobody has one.
async fn persons_for(
    tx: &mut Tx,
    outside: &Outside<'_>,
    addresses: Vec<NamedAddress>,
) -> Result<Vec<PersonId>> {
    people::check_typed(&outside.settings.mail, &addresses)?;
    if addresses.len() > MOST_MEMBERS {
        return Err(ActionError::invalid("members", Problem::TooMany { limit: MOST_MEMBERS }));
    }
    people::learn_typed(tx, outside.clock, &addresses).await
}
