//! Who gets a share by mail: chosen from the address book, typed or pasted.

use std::collections::HashSet;

use super::super::{ActionError, Actions, Problem, Result, access, people};
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::group::Group;
use crate::domain::ids::{PersonId, ShareId, ShareReceiverId};
use crate::domain::person::{Person, Viewer};
use crate::domain::secret::Token;
use crate::domain::share_receiver::{ShareAnswer, ShareReceiver};
use crate::store::shares::receivers::NewReceiver;
use crate::store::{self, Tx};

/// Whom somebody wants to send a share to.
#[derive(Clone, Debug, Default)]
pub struct NewReceivers {
    /// Chosen from the address book.
    pub persons: Vec<PersonId>,
    pub addresses: Vec<NamedAddress>,
}

/// The mails of a share, as its sharer sees them.
#[derive(Clone, Debug)]
pub struct ShareMails {
    pub receivers: Vec<ShareReceiver>,
    /// The newest ones, those that wait for a decision first.
    pub answers: Vec<ShareAnswer>,
}

/// How many answers are shown.
const ANSWERS: i64 = 50;

impl Actions {
    /// Who gets a share by mail, how far the mails came, and what was answered. Five statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all but its sharer and, once it is out, the owners of the group.
    pub async fn share_mails(&self, viewer: &Viewer, id: ShareId) -> Result<ShareMails> {
        let mut tx = self.store.read().await?;
        access::share(&mut tx, viewer.person_id, id).await?;
        Ok(ShareMails {
            receivers: store::shares::receivers::list(&mut tx, id).await?,
            answers: store::shares::answers::list(&mut tx, id, ANSWERS).await?,
        })
    }

    /// Adds people who are to get a share. Nobody is mailed before [`Actions::mail_share`]. Who is there already stays.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] for nobody, too many, our own address, and for addresses outside that the admin or the
    /// group's owners do not allow; [`ActionError::Forbidden`] for all but the sharer.
    pub async fn add_share_receivers(&self, viewer: &Viewer, id: ShareId, new: NewReceivers) -> Result<()> {
        people::check_typed(&self.settings.mail, &new.addresses)?;
        let (actions, person) = (self.clone(), viewer.person_id);
        self.store
            .write(async move |tx| {
                let kept = access::own_share(tx, person, id).await?;
                let added = actions.receivers_asked_for(tx, &new).await?;
                if added.is_empty() {
                    return Err(ActionError::invalid("who", Problem::Empty));
                }
                let addresses: Vec<&EmailAddress> = added.iter().map(|one| &one.address).collect();
                actions.check_receivers(tx, &kept.group, &addresses).await?;
                let before = store::shares::receivers::list(tx, id).await?.len();
                if before + added.len() > ShareReceiver::MOST {
                    let limit = ShareReceiver::MOST;
                    return Err(ActionError::invalid("who", Problem::TooMany { limit }));
                }
                Ok(store::shares::receivers::insert(tx, id, &added, actions.clock.now()).await?)
            })
            .await
    }

    /// Takes somebody out of the list who got no mail yet.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when they are not there, or have a mail; [`ActionError::Forbidden`] for all but the
    /// sharer.
    pub async fn remove_share_receiver(
        &self,
        viewer: &Viewer,
        id: ShareId,
        receiver: ShareReceiverId,
    ) -> Result<()> {
        let person = viewer.person_id;
        self.store
            .write(async move |tx| {
                access::own_share(tx, person, id).await?;
                match store::shares::receivers::delete(tx, id, receiver).await? {
                    true => Ok(()),
                    false => Err(ActionError::NotFound),
                }
            })
            .await
    }

    /// That all of these may be sent what is said in a group: its members always, people of the organisation, and
    /// others where the admin and the owners of the group allow it.
    pub(super) async fn check_receivers(
        &self,
        tx: &mut Tx,
        group: &Group,
        addresses: &[&EmailAddress],
    ) -> Result<()> {
        let known: Vec<EmailAddress> = addresses.iter().map(|one| (*one).clone()).collect();
        let found = store::persons::find_by_addresses(tx, &known).await?;
        let members: HashSet<PersonId> =
            store::groups::member_persons(tx, group.id).await?.into_iter().collect();
        let inside: HashSet<&str> = found
            .iter()
            .filter(|(_, person)| members.contains(person))
            .map(|(address, _)| address.key())
            .collect();
        let rules = &self.settings.share.outside_domains;
        let outside = addresses.iter().find(|one| !inside.contains(one.key()) && !self.is_of_the_house(one));
        if outside.is_some() {
            access::may_share_outside(group)?;
        }
        let stranger = addresses
            .iter()
            .find(|one| !inside.contains(one.key()) && !self.is_of_the_house(one) && !rules.allow(one));
        match stranger {
            Some(one) => {
                let domain = one.domain().to_owned();
                Err(ActionError::invalid("who", Problem::DomainNotAllowed { domain }))
            }
            None => Ok(()),
        }
    }

    /// Whether an address is of the organisation: of a domain whose people may sign in, or of a gateway.
    fn is_of_the_house(&self, address: &EmailAddress) -> bool {
        self.settings.sign_in.takes(address) || self.settings.mail.is_at_home(address)
    }

    async fn receivers_asked_for(&self, tx: &mut Tx, new: &NewReceivers) -> Result<Vec<NewReceiver>> {
        let chosen = store::persons::list(tx, &new.persons).await?;
        let typed: Vec<EmailAddress> = new.addresses.iter().map(|one| one.address.clone()).collect();
        let known = store::persons::find_by_addresses(tx, &typed).await?;
        let mut seen = HashSet::new();
        let from_book = chosen.iter().filter_map(|person| Some((of_book(person)?, Some(person.id))));
        let from_text = new.addresses.iter().map(|one| {
            let person = known.iter().find(|(address, _)| *address == one.address).map(|(_, id)| *id);
            (one.clone(), person)
        });
        let all = from_book.chain(from_text).filter(|(one, _)| seen.insert(one.address.key().to_owned()));
        Ok(all.map(|(named, person)| self.new_receiver(named, person)).collect())
    }

    fn new_receiver(&self, named: NamedAddress, person: Option<PersonId>) -> NewReceiver {
        let id: ShareReceiverId = self.clock.new_id();
        NewReceiver {
            id,
            person,
            name: named.name.unwrap_or_default().chars().take(100).collect(),
            address: named.address,
            token: self.share_reply_token(id).digest(),
        }
    }

    /// The secret of the address at which a receiver answers.
    pub(super) fn share_reply_token(&self, id: ShareReceiverId) -> Token {
        Token::derived(&self.key, "share-reply", id.uuid())
    }
}

fn of_book(person: &Person) -> Option<NamedAddress> {
    let address = person.main_address()?.clone();
    Some(NamedAddress { name: Some(person.full_name.clone()), address })
}
