//! The polite answer to somebody whose mail could not be used: the same words as in the ledger, one per mail, a few a
//! day per address, and never to a program.

use std::time::Duration;

use super::super::outbox::Composed;
use super::super::{Actions, Result, letters};
use super::Arrived;
use crate::domain::ledger::Ignored;
use crate::store;

/// Answers to one address in a day.
const PER_DAY: i64 = 3;

impl Actions {
    pub(super) async fn answer_for(&self, arrived: &Arrived, why: Ignored) -> Result<Option<Composed>> {
        let helps = match why {
            Ignored::NotAMember
            | Ignored::Departed
            | Ignored::TakenBack
            | Ignored::NoSuchGroup
            | Ignored::NotAllowed
            | Ignored::TooManyPeople
            | Ignored::TooLarge
            | Ignored::Empty
            | Ignored::OwnLetter
            | Ignored::ShareRecalled
            | Ignored::ClaimUnclear
            | Ignored::NotConfirmed => true,
            Ignored::Automatic
            | Ignored::Loop
            | Ignored::Duplicate
            | Ignored::Repeated
            | Ignored::Report
            | Ignored::TooMany => false,
        };
        let Some(to) = arrived.mail.from.first().filter(|_| helps && arrived.mail.automatic.is_none()) else {
            return Ok(None);
        };
        let since = self.clock.now() - Duration::from_secs(24 * 3600);
        let mut tx = self.store.read().await?;
        if store::deliveries::count_answers(&mut tx, to.address.as_str(), since).await? >= PER_DAY {
            return Ok(None);
        }
        let person = store::persons::find_by_address(&mut tx, &to.address).await?;
        let chosen = match person {
            Some(person) => store::sessions::language_of(&mut tx, person.id).await?,
            None => None,
        };
        let language = chosen.unwrap_or(self.settings.mail.language);
        let about = letters::Answer { mail: &arrived.mail, mail_id: arrived.id, why };
        Ok(Some(self.compose(letters::answer(self, to, language, &about)?)?))
    }
}
