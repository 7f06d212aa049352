//! Telling the owners of a group by mail what it loses, a week before it does.

use std::collections::HashMap;

use super::super::letters;
use super::super::outbox::{Composed, Letter};
use super::{ActionError, Actions, Result};
use crate::domain::group::Role;
use crate::domain::ids::PersonId;
use crate::domain::ledger::DeliveryKind;
use crate::domain::person::Person;
use crate::domain::retention::MOST_DAYS;
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;
use crate::mail::letters::RetentionLetter;
use crate::store;
use crate::store::retention::{Losing, NOTICE};
use crate::texts::Texts;

/// So many groups in one hour.
const GROUPS: i64 = 500;

impl Actions {
    pub(super) async fn warn_owners(&self, now: Timestamp) -> Result<()> {
        let house = self.settings.retention.messages.unwrap_or(MOST_DAYS);
        let losing =
            store::retention::list_losing(&mut self.store.read().await?, (house, now), GROUPS).await?;
        for group in losing {
            let mails = self.warnings(&group, now).await?;
            let actions = self.clone();
            self.store
                .write(async move |tx| {
                    if store::retention::told(tx, group.id, group.until, now).await? {
                        actions.queue(tx, mails).await?;
                    }
                    Ok::<_, ActionError>(())
                })
                .await?;
            self.bell.ring();
        }
        Ok(())
    }

    /// One for each owner who has an address.
    async fn warnings(&self, group: &Losing, now: Timestamp) -> Result<Vec<Composed>> {
        let mut tx = self.store.read().await?;
        let members = store::groups::members(&mut tx, group.id).await?;
        let owners = members.iter().filter(|member| member.role == Role::Owner);
        let ids: Vec<PersonId> = owners.map(|member| member.person_id).collect();
        let owners = store::persons::list(&mut tx, &ids).await?;
        let languages = store::sessions::languages_of(&mut tx, &ids).await?;
        let hours = store::cadences::hours_of(&mut tx, &ids, self.settings.mail.zone).await?;
        drop(tx);
        let zones: HashMap<PersonId, Zone> = hours.into_iter().map(|(id, hours)| (id, hours.zone)).collect();
        let mut mails = Vec::new();
        for owner in owners.iter().filter(|owner| owner.main_address().is_some()) {
            let texts = Texts::of(languages.get(&owner.id).copied().unwrap_or(self.settings.mail.language));
            let zone = zones.get(&owner.id).copied().unwrap_or(self.settings.mail.zone);
            mails.push(self.compose(self.warning(group, owner, (texts, zone, now))?)?);
        }
        Ok(mails)
    }

    fn warning(
        &self,
        group: &Losing,
        owner: &Person,
        (texts, zone, now): (Texts, Zone, Timestamp),
    ) -> Result<Letter> {
        let day = std::time::Duration::from_secs(24 * 3600);
        let from = letters::written(zone, now + day * u32::try_from(NOTICE).unwrap_or(7));
        let letter = RetentionLetter {
            texts,
            name: &owner.full_name,
            topic: &group.topic,
            messages: group.messages,
            days: group.days,
            from: &from,
            link: &self.settings.public_url.join(&format!("/groups/{}/settings", group.id)),
        };
        Ok(Letter {
            person_id: Some(owner.id),
            ..Letter::new(
                DeliveryKind::Alert,
                format!("retention:{}:{}:{}", group.id, group.until.millis(), owner.id),
                letters::address_of(owner)?,
                letter.words().map_err(|error| ActionError::Internal(error.into()))?,
            )
        })
    }
}
