//! Which of the house's addresses somebody writes to.

use super::{Actions, Result};
use crate::domain::address::EmailAddress;
use crate::domain::person::Viewer;
use crate::store;

impl Actions {
    /// What somebody forwards mails to: the address of the branch that serves them, or the house's own. A statement only where
    /// there are branches.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer.
    pub async fn gateway_of(&self, viewer: &Viewer) -> Result<EmailAddress> {
        let mail = &self.settings.mail;
        if mail.branches.is_empty() {
            return Ok(mail.gateway.address.clone());
        }
        let person = store::persons::find(&mut self.store.read().await?, viewer.person_id).await?;
        let main = person.as_ref().and_then(|person| person.main_address());
        Ok(main.map_or(&mail.gateway, |main| mail.gateway_for(main)).address.clone())
    }
}
