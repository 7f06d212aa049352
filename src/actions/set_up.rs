//! The very first settings, with the first admin: by whoever has the link that the program printed when it began.

use std::net::IpAddr;

use super::{ActionError, Actions, Result};
use crate::domain::address::EmailAddress;
use crate::domain::audit::{Doer, Whence};
use crate::domain::identity::Right;
use crate::domain::kept::Change;
use crate::domain::secret::Token;
use crate::store::persons::NewPerson;
use crate::store::{self, Place, Tx};

/// Where the first admin begins: with a real mail there and back.
const FIRST_PAGE: &str = "/admin/check";

/// Who sets a house up.
#[derive(Clone, Debug)]
pub struct FirstAdmin {
    pub address: EmailAddress,
    pub full_name: Option<String>,
    /// From where.
    pub network: IpAddr,
}

impl Actions {
    /// Keeps the first settings, makes an admin and gives the link that signs them in. `None` goes to whoever comes
    /// second, on another node of the same database: nothing is kept of theirs.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn set_up(&self, changes: Vec<Change>, admin: FirstAdmin) -> Result<Option<String>> {
        let new = self.new_righted(&admin.address, admin.full_name.as_deref());
        let (actions, token) = (self.clone(), self.new_token()?);
        let url = self.settings.public_url.join(&format!("/l/{}", token.reveal()));
        let set_up =
            self.store.write(async move |tx| actions.set_up_in(tx, (admin, new), &changes, &token).await);
        match set_up.await {
            Ok(true) => Ok(Some(url)),
            Ok(false) => Ok(None),
            // Another node saved at the same moment.
            Err(error) if error.is_taken() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether nobody was before.
    async fn set_up_in(
        &self,
        tx: &mut Tx,
        (admin, new): (FirstAdmin, NewPerson),
        changes: &[Change],
        token: &Token,
    ) -> Result<bool> {
        let stored = store::settings::list(tx).await?;
        let is_new = store::settings::is_without_people(tx).await?;
        if !is_new || !stored.is_empty() || store::settings::last_save(tx).await? > 0 {
            return Ok(false);
        }
        // Nobody was before, so they do it themselves.
        let (person_id, name) = (Some(new.id), new.entry.full_name.clone());
        let doer = Doer { person_id, name, whence: Whence::Network(admin.network) };
        let person = self.give_right_in(tx, Right::Admin, (&admin.address, new), doer.clone()).await?;
        let changed: Vec<&Change> = changes.iter().filter(|change| change.text.is_some()).collect();
        self.save_in(tx, (1, person.id, doer), (&stored, &changed)).await?;
        let link = self.personal_link(person.id, FIRST_PAGE.to_owned(), token);
        store::links::insert(tx, &link).await?;
        Ok(true)
    }
}

/// Whether a database has nobody in it yet, before it is opened.
///
/// # Errors
/// [`ActionError::Unavailable`] when it can't be reached.
pub async fn is_untouched(place: &Place) -> Result<bool> {
    store::settings::is_untouched(place).await.map_err(ActionError::from)
}
