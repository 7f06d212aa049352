//! An automatic answer that says a member is away becomes a note beside their name, and no message.

use std::time::Duration;

use chrono::Days;

use super::super::{ActionError, Actions, Result};
use super::route::senders;
use super::{Arrived, facts, still_waits};
use crate::domain::day::Day;
use crate::domain::ids::PersonId;
use crate::domain::job::Job;
use crate::domain::ledger::{Ignored, Outcome};
use crate::mail::absence::{Absence, absence_of};
use crate::mail::identity;
use crate::store::statuses::Away;
use crate::store::{self, Tx};

/// How long somebody counts as away whose program does not say until when.
const WITHOUT_DAY: Duration = Duration::from_secs(7 * 24 * 3600);

impl Actions {
    /// A mail that a program wrote. What says that a member is away is noted; all others say nothing to anybody.
    pub(super) async fn take_automatic(&self, arrived: Arrived) -> Result<()> {
        let today = self.settings.mail.zone.date(self.clock.now());
        let absence = absence_of(&arrived.mail, today);
        let Some(absence) = absence else { return self.ignore(&arrived, Ignored::Automatic).await };
        let mut tx = self.store.read().await?;
        let person = self.absentee(&mut tx, &arrived).await?;
        drop(tx);
        match person {
            Some(person) => self.note_absence(arrived, person, absence).await,
            None => self.ignore(&arrived, Ignored::Automatic).await,
        }
    }

    /// Who is away: only whoever got a mail of ours can be, and only if the answer comes from an address of theirs.
    /// Otherwise a stranger could set somebody away.
    async fn absentee(&self, tx: &mut Tx, arrived: &Arrived) -> Result<Option<PersonId>> {
        let mail = &arrived.mail;
        let tokens: Vec<_> =
            identity::find_tokens(mail, &self.settings.mail).iter().map(|t| t.digest()).collect();
        let senders = senders(tx, arrived).await?;
        let mut answered = store::deliveries::find_by_return_tokens(tx, &tokens).await?;
        if answered.is_none() {
            let ids: Vec<String> =
                mail.in_reply_to.iter().chain(&mail.references).take(20).cloned().collect();
            answered = store::deliveries::find_by_message_ids(tx, &ids).await?;
        }
        let person = match answered.and_then(|delivery| delivery.person_id) {
            Some(person) => Some(person),
            None => store::groups::find_members_by_tokens(tx, &tokens)
                .await?
                .first()
                .map(|member| member.person_id),
        };
        Ok(person.filter(|person| senders.contains(person)))
    }

    async fn note_absence(&self, arrived: Arrived, person: PersonId, absence: Absence) -> Result<()> {
        let now = self.clock.now();
        let next = absence.last_day.and_then(|day| day.checked_add_days(Days::new(1)));
        let ends_at = next.map_or(now + WITHOUT_DAY, |day| self.settings.mail.zone.begin(day));
        let away =
            Away { last_day: absence.last_day.map(Day::from), words: self.redacted(&absence.words), ends_at };
        let job = (self.clock.new_id(), Job::EndStatus { person, until: ends_at });
        let noted = self
            .store
            .write(async move |tx| {
                if !still_waits(tx, arrived.id).await? {
                    return Ok::<_, ActionError>(false);
                }
                store::ledger::set_facts(tx, arrived.id, &facts(&arrived, None)).await?;
                store::ledger::set_outcome(tx, arrived.id, &Outcome::Away { person }).await?;
                let noted = store::statuses::set_away(tx, person, &away, now).await?;
                if noted {
                    store::jobs::add(tx, &[job], ends_at, now).await?;
                }
                Ok(noted)
            })
            .await?;
        if noted {
            self.hub.restate(person);
        }
        self.bell.ring();
        Ok(())
    }
}
