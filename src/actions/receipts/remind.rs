//! A reminder by mail to those who have not read a message: its author asks for it, once an hour.

use std::collections::HashMap;

use super::super::changes::Subject;
use super::super::letters::{self, Receiver};
use super::super::limits::{self, Limit};
use super::super::{ActionError, Actions, Problem, Result, access};
use crate::domain::cadence::Cadence;
use crate::domain::event::Audience;
use crate::domain::group::{Group, Member};
use crate::domain::ids::{MemberId, PersonId};
use crate::domain::job::Job;
use crate::domain::message::{Message, MessagePlace};
use crate::domain::person::{Person, Viewer};
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// Members who are to be reminded, with what their letters need.
struct Unread {
    group: Group,
    message: Message,
    members: Vec<Member>,
}

impl Actions {
    /// Reminds those who have not read a message of this person's, but for those who look at the group just now. How
    /// many that are.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not this person's message, or asks for no receipts.
    /// [`ActionError::Invalid`] when they were reminded within the hour, or the message was removed.
    pub async fn remind_unread(&self, viewer: &Viewer, place: MessagePlace) -> Result<usize> {
        let (actions, person, now) = (self.clone(), viewer.person_id, self.clock.now());
        let count = self
            .store
            .write(async move |tx| {
                let Subject { message, .. } = access::message(tx, person, place).await?;
                let is_own = message.author.person_id == Some(person);
                if !is_own || !message.receipts.request.is_wanted() {
                    return Err(ActionError::NotFound);
                }
                access::standing(&message)?;
                let absent = actions.absent_unread(tx, place).await?;
                if absent.is_empty() {
                    return Ok(0);
                }
                let limit = Limit::new("remind", &[&message.id.to_string()], 1);
                limits::take(tx, &[limit], now, just_reminded).await?;
                let people: Vec<PersonId> = absent.values().copied().collect();
                store::receipts::note_reminded(tx, place, &people, now).await?;
                let job = Job::RemindUnread { group: place.group, seq: place.seq, asked_at: now };
                store::jobs::add(tx, &[(actions.clock.new_id(), job)], now, now).await?;
                Ok(absent.len())
            })
            .await?;
        self.bell.ring();
        Ok(count)
    }

    /// Queues a reminder to each who has still not read it and does not look at the group; whose quiet hours hold back
    /// mails is looked for again when the first of them are over. Eleven statements, however many. Running twice sends
    /// once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn send_reminders(&self, place: MessagePlace, asked_at: Timestamp) -> Result<()> {
        let mut tx = self.store.read().await?;
        let Some(unread) = self.unread_of(&mut tx, place).await? else { return Ok(()) };
        let ids: Vec<PersonId> = unread.members.iter().map(|member| member.person_id).collect();
        let persons: HashMap<PersonId, Person> =
            store::persons::list(&mut tx, &ids).await?.into_iter().map(|p| (p.id, p)).collect();
        let languages = store::sessions::languages_of(&mut tx, &ids).await?;
        let hours = store::cadences::hours_of(&mut tx, &ids, self.settings.mail.zone).await?;
        drop(tx);
        let now = self.clock.now();
        let mut mails = Vec::with_capacity(unread.members.len());
        let mut later: Option<Timestamp> = None;
        for member in &unread.members {
            let due = hours.get(&member.person_id).map_or(now, |hours| hours.due(Cadence::Bundled, now, now));
            if due > now {
                later = Some(later.map_or(due, |first| first.min(due)));
                continue;
            }
            let person = persons.get(&member.person_id).filter(|person| person.main_address().is_some());
            let Some(person) = person else { continue };
            let language = languages.get(&person.id).copied().unwrap_or(self.settings.mail.language);
            let zone = hours.get(&person.id).map_or(self.settings.mail.zone, |hours| hours.zone);
            let to = Receiver { group: &unread.group, member, person, language, zone };
            mails.push(self.compose(letters::reminder(self, &to, &unread.message, asked_at)?)?);
        }
        let actions = self.clone();
        let again = Job::RemindUnread { group: place.group, seq: place.seq, asked_at };
        self.store
            .write(async move |tx| {
                if let Some(at) = later {
                    store::jobs::add(tx, &[(actions.clock.new_id(), again)], at, now).await?;
                }
                actions.queue(tx, mails).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    async fn unread_of(&self, tx: &mut Tx, place: MessagePlace) -> Result<Option<Unread>> {
        let Some(group) = store::groups::find(tx, place.group).await? else { return Ok(None) };
        let message =
            store::messages::find(tx, place).await?.filter(|message| access::standing(message).is_ok());
        let Some(message) = message else { return Ok(None) };
        let absent = self.absent_unread(tx, place).await?;
        let mut members = store::groups::members(tx, place.group).await?;
        members.retain(|member| absent.contains_key(&member.id));
        Ok(Some(Unread { group, message, members }))
    }

    async fn absent_unread(&self, tx: &mut Tx, place: MessagePlace) -> Result<HashMap<MemberId, PersonId>> {
        let looking = Audience::Group(place.group);
        let unread = store::receipts::unread(tx, place).await?;
        Ok(unread.into_iter().filter(|(_, person)| !self.hub.listens(looking, *person)).collect())
    }
}

fn just_reminded(minutes: u64) -> ActionError {
    ActionError::invalid("reminder", Problem::JustReminded { minutes })
}
