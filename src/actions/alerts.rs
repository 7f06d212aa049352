//! Alerts: something that is wrong is told to the admins once, by mail and to another program, and so is its end.

use std::collections::HashMap;
use std::time::Duration;

use super::outbox::Letter;
use super::{ActionError, Actions, Result, letters};
use crate::domain::health::{Alert, Concern, LASTS, OVER};
use crate::domain::ids::{AlertId, PersonId};
use crate::domain::job::Job;
use crate::domain::language::Language;
use crate::domain::ledger::DeliveryKind;
use crate::domain::person::Person;
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;
use crate::mail::letters::AlertLetter;
use crate::store::{self, Tx};
use crate::texts::Texts;

/// Alerts that are over are shown for so long.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// What another program is told: what is wrong, or was.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AlertNews {
    /// In the language of mails; what chat programs show.
    pub text: String,
    pub id: AlertId,
    /// `begun` or `ended`.
    pub state: &'static str,
    /// RFC 3339.
    pub since: String,
    pub ended_at: Option<String>,
    pub concern: Concern,
    /// The status page.
    pub link: String,
}

/// What becomes of a concern at one look.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// Kept as it is now.
    Keep(Alert),
    /// It lasts: admins are told.
    Tell(Alert),
    /// It is over, and those who were told are told.
    End(Alert),
    /// It was over before anybody was told.
    Forget(AlertId),
}

impl Actions {
    /// Looks whether all runs, and has admins told of what changed. Running twice tells once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn watch(&self) -> Result<()> {
        let health = self.health().await?;
        let (actions, concerns) = (self.clone(), health.concerns());
        self.store
            .write(async move |tx| {
                let open = store::alerts::open(tx).await?;
                let new_id = || actions.clock.new_id();
                for turn in turns(open, concerns, health.at, new_id) {
                    actions.take_turn(tx, turn, health.at).await?;
                }
                Ok::<_, ActionError>(store::alerts::delete_before(tx, health.at - KEPT).await?)
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    async fn take_turn(&self, tx: &mut Tx, turn: Turn, now: Timestamp) -> Result<()> {
        let (alert, ended) = match turn {
            Turn::Forget(id) => return Ok(store::alerts::delete(tx, id).await?),
            Turn::Keep(alert) => return Ok(store::alerts::put(tx, &alert).await?),
            Turn::Tell(alert) => (alert, false),
            Turn::End(alert) => (alert, true),
        };
        // Which server, and what it says, may hold addresses: those who may see them find it on the page.
        match ended {
            false => {
                tracing::error!(alert.id = %alert.id, concern = alert.concern.kind(), "Something is wrong.")
            }
            true => tracing::info!(alert.id = %alert.id, concern = alert.concern.kind(), "It is well again."),
        }
        store::alerts::put(tx, &alert).await?;
        let mut jobs = vec![Job::TellAdmins { alert: alert.id, ended }];
        if self.settings.alerts.webhook.is_some() {
            jobs.push(Job::CallWebhook { alert: alert.id, ended });
        }
        let jobs: Vec<_> = jobs.into_iter().map(|job| (self.clock.new_id(), job)).collect();
        Ok(store::jobs::add(tx, &jobs, now, now).await?)
    }

    /// Puts a mail to each admin into the outbox. Running twice sends once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn tell_admins(&self, id: AlertId, ended: bool) -> Result<()> {
        let mut tx = self.store.read().await?;
        let Some(alert) = store::alerts::find(&mut tx, id).await? else { return Ok(()) };
        let ids = store::sessions::admins(&mut tx).await?;
        let admins = store::persons::list(&mut tx, &ids).await?;
        let languages = store::sessions::languages_of(&mut tx, &ids).await?;
        let hours = store::cadences::hours_of(&mut tx, &ids, self.settings.mail.zone).await?;
        drop(tx);
        let zones: HashMap<PersonId, Zone> = hours.into_iter().map(|(id, hours)| (id, hours.zone)).collect();
        let mut mails = Vec::new();
        for admin in admins.iter().filter(|admin| admin.main_address().is_some()) {
            let language = languages.get(&admin.id).copied().unwrap_or(self.settings.mail.language);
            let zone = zones.get(&admin.id).copied().unwrap_or(self.settings.mail.zone);
            mails.push(self.compose(self.alert_letter(&alert, ended, admin, (language, zone))?)?);
        }
        let actions = self.clone();
        self.store.write(async move |tx| actions.queue(tx, mails).await).await?;
        self.bell.ring();
        Ok(())
    }

    fn alert_letter(
        &self,
        alert: &Alert,
        ended: bool,
        admin: &Person,
        (language, zone): (Language, Zone),
    ) -> Result<Letter> {
        let letter = AlertLetter {
            texts: Texts::of(language),
            name: &admin.full_name,
            concern: &alert.concern,
            begun: &letters::written(zone, alert.since()),
            ended: &alert.ended_at.filter(|_| ended).map(|at| letters::written(zone, at)).unwrap_or_default(),
            link: &self.settings.public_url.join("/admin/status"),
        };
        let state = if ended { "ended" } else { "begun" };
        Ok(Letter {
            person_id: Some(admin.id),
            ..Letter::new(
                DeliveryKind::Alert,
                format!("alert:{}:{state}:{}", alert.id, admin.id),
                letters::address_of(admin)?,
                letter.words().map_err(|error| ActionError::Internal(error.into()))?,
            )
        })
    }

    /// What another program is told of an alert; nothing if it is forgotten.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn alert_news(&self, id: AlertId, ended: bool) -> Result<Option<AlertNews>> {
        let alert = store::alerts::find(&mut self.store.read().await?, id).await?;
        Ok(alert.map(|alert| {
            let texts = Texts::of(self.settings.mail.language);
            let words = texts.concern(&alert.concern);
            let key = if ended { "alert-news-ended" } else { "alert-news-begun" };
            AlertNews {
                text: texts.with(key, &[("what", words.as_str())]).into_owned(),
                id,
                state: if ended { "ended" } else { "begun" },
                since: alert.since().rfc3339(),
                ended_at: alert.ended_at.filter(|_| ended).map(Timestamp::rfc3339),
                concern: alert.concern,
                link: self.settings.public_url.join("/admin/status"),
            }
        }))
    }

    /// Begins to watch, if nobody does yet.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn begin_watch(&self) -> Result<()> {
        let now = self.clock.now();
        let mut jobs = vec![Job::Watch, Job::LookAtCertificates];
        if self.archive.is_some() {
            jobs.push(Job::Archive);
        }
        let jobs: Vec<_> = jobs.into_iter().map(|job| (self.clock.new_id(), job)).collect();
        Ok(self.store.write(async move |tx| store::jobs::add(tx, &jobs, now, now).await).await?)
    }
}

/// What is known, and what is seen now: what becomes of each.
fn turns(open: Vec<Alert>, seen: Vec<Concern>, now: Timestamp, new_id: impl Fn() -> AlertId) -> Vec<Turn> {
    let mut seen: HashMap<String, Concern> =
        seen.into_iter().map(|concern| (concern.key(), concern)).collect();
    let mut turns = Vec::new();
    for alert in open {
        match seen.remove(&alert.concern.key()) {
            Some(concern) => {
                let alert = Alert { concern, seen_at: now, ..alert };
                let is_time = alert.told_at.is_none() && alert.begun_at + LASTS <= now;
                turns.push(match is_time {
                    true => Turn::Tell(Alert { told_at: Some(now), ..alert }),
                    false => Turn::Keep(alert),
                });
            }
            None if alert.told_at.is_none() => turns.push(Turn::Forget(alert.id)),
            None if alert.seen_at + OVER <= now => {
                turns.push(Turn::End(Alert { ended_at: Some(now), ..alert }));
            }
            None => {}
        }
    }
    let begins =
        |concern| Alert { id: new_id(), concern, begun_at: now, seen_at: now, told_at: None, ended_at: None };
    let mut new: Vec<(String, Concern)> = seen.into_iter().collect();
    new.sort_by(|a, b| a.0.cmp(&b.0));
    turns.extend(new.into_iter().map(|(_, concern)| Turn::Keep(begins(concern))));
    turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    const NOW: Timestamp = Timestamp::from_millis(1_795_168_800_000);

    fn disk(free: u64) -> Concern {
        Concern::DiskFull { free }
    }

    fn look(open: Vec<Alert>, seen: Vec<Concern>, minutes: u64) -> Vec<Turn> {
        let clock = Clock::standing_at(NOW);
        turns(open, seen, NOW + Duration::from_secs(60 * minutes), || clock.new_id())
    }

    fn one(mut turns: Vec<Turn>) -> Turn {
        assert_eq!(turns.len(), 1, "{turns:?}");
        turns.remove(0)
    }

    #[test]
    fn what_lasts_is_told_once_and_so_is_its_end() {
        let Turn::Keep(begun) = one(look(vec![], vec![disk(9)], 0)) else { panic!("told at once") };
        assert_eq!(begun.told_at, None);
        let Turn::Tell(told) = one(look(vec![begun.clone()], vec![disk(8)], 1)) else { panic!("not told") };
        assert_eq!((told.id, &told.concern, told.begun_at), (begun.id, &disk(8), NOW));
        let Turn::Keep(kept) = one(look(vec![told], vec![disk(7)], 2)) else { panic!("told twice") };
        assert_eq!(look(vec![kept.clone()], vec![], 6), [], "it may come back");
        let Turn::End(ended) = one(look(vec![kept], vec![], 7)) else { panic!("no end") };
        assert_eq!(ended.ended_at, Some(NOW + Duration::from_secs(420)));
    }

    #[test]
    fn what_was_seen_once_is_forgotten() {
        let Turn::Keep(begun) = one(look(vec![], vec![disk(9)], 0)) else { panic!("told at once") };
        let id = begun.id;
        assert_eq!(one(look(vec![begun], vec![], 1)), Turn::Forget(id));
    }
}
