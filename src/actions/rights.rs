//! Rights beside those in groups: admins, and auditors, who read what admins read of mails and deeds and change nothing.
//! Given and withdrawn at the command line; a provider's groups give them for as long as a session that began there.

use super::{ActionError, Actions, Result, people};
use crate::domain::address::EmailAddress;
use crate::domain::audit::{Deed, Doer};
use crate::domain::identity::{Right, Righted};
use crate::domain::person::{Entry, Origin, Person};
use crate::store::persons::NewPerson;
use crate::store::{self, Tx};

impl Actions {
    /// Makes somebody an admin, adding them to the address book if they are not in it.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn make_admin(&self, address: &EmailAddress, full_name: Option<&str>) -> Result<Person> {
        self.give_right(Right::Admin, address, full_name).await
    }

    /// Gives a right, adding its owner to the address book if they are not in it.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn give_right(
        &self,
        right: Right,
        address: &EmailAddress,
        full_name: Option<&str>,
    ) -> Result<Person> {
        let new = self.new_righted(address, full_name);
        let (actions, address) = (self.clone(), address.clone());
        self.store
            .write(async move |tx| {
                actions.give_right_in(tx, right, (&address, new), Doer::at_the_machine()).await
            })
            .await
    }

    /// Whoever a right is given to, if they are not in the address book.
    pub(super) fn new_righted(&self, address: &EmailAddress, full_name: Option<&str>) -> NewPerson {
        let full_name = full_name.unwrap_or_else(|| address.local_part()).to_owned();
        let entry = Entry { full_name, addresses: vec![address.clone()], ..Entry::default() };
        NewPerson { id: self.clock.new_id(), entry, origin: Origin::Imported }
    }

    pub(super) async fn give_right_in(
        &self,
        tx: &mut Tx,
        right: Right,
        (address, new): (&EmailAddress, NewPerson),
        doer: Doer,
    ) -> Result<Person> {
        let now = self.clock.now();
        let found = match store::persons::find_by_address(tx, address).await? {
            Some(person) => Some(person),
            None => people::insert_once(tx, new, address, now).await?,
        };
        let person = found.ok_or(ActionError::NotFound)?;
        // It would be of no use to them: they are let in nowhere.
        people::check_here(std::slice::from_ref(&person))?;
        store::sessions::ensure_account(tx, person.id, now).await?;
        if store::sessions::set_right(tx, person.id, (right, true)).await? {
            let deed = Deed::RightGiven { right, to: person.id, name: person.full_name.clone() };
            self.audit(tx, doer, None, deed).await?;
        }
        Ok(person)
    }

    /// Takes a right back that was given here, at once.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when nobody has the address, or they do not have the right from here.
    pub async fn withdraw_right(&self, right: Right, address: &EmailAddress) -> Result<Person> {
        let (actions, address) = (self.clone(), address.clone());
        self.store
            .write(async move |tx| {
                let found = store::persons::find_by_address(tx, &address).await?;
                let person = found.ok_or(ActionError::NotFound)?;
                if !store::sessions::set_right(tx, person.id, (right, false)).await? {
                    return Err(ActionError::NotFound);
                }
                let deed = Deed::RightWithdrawn { right, from: person.id, name: person.full_name.clone() };
                actions.audit(tx, Doer::at_the_machine(), None, deed).await?;
                Ok(person)
            })
            .await
    }

    /// Everybody who is an admin or an auditor now, by name.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn list_rights(&self) -> Result<Vec<Righted>> {
        Ok(store::sessions::list_righted(&mut self.store.read().await?, self.clock.now()).await?)
    }

    /// Forgets which accounts of providers are somebody's, and ends the sessions that began by them: the next account that
    /// brings the address certainly becomes theirs. Gives how many accounts there were.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when nobody has the address.
    pub async fn forget_identities(&self, address: &EmailAddress) -> Result<(Person, u64)> {
        let (actions, address) = (self.clone(), address.clone());
        self.store
            .write(async move |tx| {
                let found = store::persons::find_by_address(tx, &address).await?;
                let person = found.ok_or(ActionError::NotFound)?;
                let count = store::identities::delete_of(tx, person.id).await?;
                store::sessions::delete_by_providers(tx, person.id).await?;
                if count > 0 {
                    let deed = Deed::IdentitiesForgotten { of: person.id, name: person.full_name.clone() };
                    actions.audit(tx, Doer::at_the_machine(), None, deed).await?;
                }
                Ok((person, count))
            })
            .await
    }
}
