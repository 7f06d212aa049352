//! A mail of one word for mailmoot, or of a word and addresses: done for the member who surely wrote it, answered by one
//! short mail, and not said in the group.

use std::time::Duration;

use super::super::cadences::LinkedHours;
use super::super::log::Noted;
use super::super::outbox::{Composed, Letter};
use super::super::{ActionError, Actions, Result, access, letters};
use super::{Arrived, facts, still_waits};
use crate::domain::address::NamedAddress;
use crate::domain::cadence::Cadence;
use crate::domain::command::Command;
use crate::domain::group::{Group, Member, Role};
use crate::domain::language::Language;
use crate::domain::ledger::Outcome;
use crate::domain::notice::Named;
use crate::domain::notices::QuietHours;
use crate::domain::person::Person;
use crate::domain::quoted::Quoted;
use crate::domain::zone::Zone;
use crate::mail::commands::{self, Order};
use crate::mail::letters::Became;
use crate::store::{self, Tx};

/// Answers to one address in a day, those to mails that could not be used among them. The word is heeded all the same.
const PER_DAY: i64 = 10;

/// What a command comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Choose(Cadence),
    Quote(Quoted),
    Quiet(Option<QuietHours>),
    Leave,
    /// The group would have no owner: nothing is done.
    AskBack,
    Help,
}

/// Who commands, and where.
pub(super) struct Commander {
    pub group: Group,
    pub member: Member,
    pub person: Person,
}

impl Actions {
    /// Does what a member wrote, once, and tells them.
    pub(super) async fn obey(&self, arrived: Arrived, member: Member, order: Order) -> Result<()> {
        let by = self.commander(member).await?;
        match order.command {
            Command::Add | Command::Remove => Box::pin(self.obey_about_people(arrived, by, order)).await,
            Command::Share => Box::pin(self.share_handed_on(arrived, by)).await,
            command => self.obey_word(arrived, by, command).await,
        }
    }

    pub(super) async fn commander(&self, member: Member) -> Result<Commander> {
        let mut tx = self.store.read().await?;
        let group = store::groups::find(&mut tx, member.group_id).await?.ok_or(ActionError::NotFound)?;
        let person = store::persons::find(&mut tx, member.person_id).await?.ok_or(ActionError::NotFound)?;
        Ok(Commander { group, member, person })
    }

    /// Notes what a command came to, and tells it to whoever wrote it.
    pub(super) async fn conclude(
        &self,
        arrived: Arrived,
        by: &Commander,
        (command, became): (Command, Became<'_>),
    ) -> Result<()> {
        let answer = self.answer_with(&arrived, by, became).await?;
        let (actions, outcome) = (self.clone(), Outcome::Command { group: by.group.id, command });
        self.store
            .write(async move |tx| {
                if !still_waits(tx, arrived.id).await? {
                    return Ok::<_, ActionError>(());
                }
                store::ledger::set_facts(tx, arrived.id, &facts(&arrived, None)).await?;
                store::ledger::set_outcome(tx, arrived.id, &outcome).await?;
                actions.queue(tx, answer.into_iter().collect()).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    async fn obey_word(&self, arrived: Arrived, by: Commander, command: Command) -> Result<()> {
        let deed = deed_of(&mut self.store.read().await?, &by.member, command).await?;
        let answer = self.answer_command(&arrived, &by, deed).await?;
        let (actions, gone) = (self.clone(), by.person.id);
        let outcome = Outcome::Command { group: by.group.id, command };
        let left = self
            .store
            .write(async move |tx| {
                if !still_waits(tx, arrived.id).await? {
                    return Ok::<_, ActionError>(None);
                }
                let left = actions.do_deed(tx, by, deed).await?;
                store::ledger::set_facts(tx, arrived.id, &facts(&arrived, None)).await?;
                store::ledger::set_outcome(tx, arrived.id, &outcome).await?;
                actions.queue(tx, answer.into_iter().collect()).await?;
                Ok(left)
            })
            .await?;
        if let Some(noted) = left {
            self.tell_gone(noted, gone).await;
        }
        self.bell.ring();
        Ok(())
    }

    /// In the caller's transaction. What changed since it was looked at, such as the last other owner who left, is an error:
    /// the mail is sorted anew.
    async fn do_deed(&self, tx: &mut Tx, by: Commander, deed: Deed) -> Result<Option<Noted>> {
        let (group, own) = access::group_for_change(tx, by.person.id, by.group.id).await?;
        match deed {
            Deed::Choose(cadence) => self.change_cadence(tx, (&group, &own), cadence).await.map(|()| None),
            Deed::Quote(quoted) => {
                store::cadences::set_quoted(tx, own.id, quoted).await?;
                Ok(None)
            }
            Deed::Quiet(quiet) => {
                let hours = LinkedHours { quiet, zone: None };
                self.change_mail_hours(tx, by.person.id, hours).await.map(|()| None)
            }
            Deed::Leave => {
                let leaver = Named { id: by.person.id, name: by.person.full_name };
                self.leave(tx, leaver, &own).await.map(Some)
            }
            Deed::AskBack | Deed::Help => Ok(None),
        }
    }

    async fn answer_command(
        &self,
        arrived: &Arrived,
        by: &Commander,
        deed: Deed,
    ) -> Result<Option<Composed>> {
        match deed {
            Deed::Choose(cadence) => self.answer_with(arrived, by, Became::Cadence(cadence)).await,
            Deed::Quote(quoted) => self.answer_with(arrived, by, Became::Quoting(quoted)).await,
            Deed::Quiet(hours) => {
                let (person, house) = (by.person.id, self.settings.mail.zone);
                let clocks =
                    store::cadences::hours_of(&mut self.store.read().await?, &[person], house).await?;
                let zone = clocks.get(&person).map_or(house, |clock| clock.zone).name();
                self.answer_with(arrived, by, Became::Quiet { hours, zone }).await
            }
            Deed::Leave => self.answer_with(arrived, by, Became::Left).await,
            Deed::AskBack => {
                let settings = self.settings.public_url.join(&format!("/groups/{}/settings", by.group.id));
                self.answer_with(arrived, by, Became::OnlyOwner { settings: &settings }).await
            }
            Deed::Help => {
                let Some((to, language)) = self.answerable(arrived, &by.person).await? else {
                    return Ok(None);
                };
                let letter = letters::help(self, &by.receiver(language), (&arrived.mail, arrived.id))?;
                Ok(Some(self.compose(Letter { to, ..letter })?))
            }
        }
    }

    /// `None` when they got as many answers as anybody gets in a day.
    pub(super) async fn answer_with(
        &self,
        arrived: &Arrived,
        by: &Commander,
        became: Became<'_>,
    ) -> Result<Option<Composed>> {
        let Some((to, language)) = self.answerable(arrived, &by.person).await? else { return Ok(None) };
        let letter = letters::command(self, &by.receiver(language), (&arrived.mail, arrived.id), became)?;
        Ok(Some(self.compose(Letter { to, ..letter })?))
    }

    /// Where an answer to a command goes, and in which language.
    async fn answerable(
        &self,
        arrived: &Arrived,
        person: &Person,
    ) -> Result<Option<(NamedAddress, Language)>> {
        let Some(to) = arrived.mail.from.first() else { return Ok(None) };
        let since = self.clock.now() - Duration::from_secs(24 * 3600);
        let mut tx = self.store.read().await?;
        if store::deliveries::count_answers(&mut tx, to.address.as_str(), since).await? >= PER_DAY {
            return Ok(None);
        }
        let language = store::sessions::language_of(&mut tx, person.id).await?;
        Ok(Some((to.clone(), language.unwrap_or_else(|| commands::language_of(&arrived.mail)))))
    }
}

impl Commander {
    /// Nothing that tells when something was said.
    fn receiver(&self, language: Language) -> letters::Receiver<'_> {
        let Self { group, member, person } = self;
        letters::Receiver { group, member, person, language, zone: Zone::UTC }
    }
}

async fn deed_of(tx: &mut Tx, member: &Member, command: Command) -> Result<Deed> {
    Ok(match command {
        Command::Cadence(cadence) => Deed::Choose(cadence),
        Command::Quote(quoted) => Deed::Quote(quoted),
        Command::Quiet(hours) => Deed::Quiet(hours),
        // Whoever has less by default than all means all.
        Command::Resume => {
            let usual = store::cadences::default_of(tx, member.person_id).await?;
            Deed::Choose(if usual.brings_all() { usual } else { Cadence::default() })
        }
        Command::Leave => {
            let (owners, _) = store::members::count_present(tx, member.group_id).await?;
            if member.role == Role::Owner && owners == 1 { Deed::AskBack } else { Deed::Leave }
        }
        // The others have their own ways.
        Command::Help | Command::Add | Command::Remove | Command::Share => Deed::Help,
    })
}
