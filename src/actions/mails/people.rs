//! Members who come and go by mail: a word and addresses, or new people in a mail's Cc.

use std::collections::HashSet;

use super::super::members::{Added, NewMembers};
use super::super::{ActionError, Actions, Problem, Result, letters};
use super::Arrived;
use super::commands::Commander;
use super::to_group::answered_mails;
use crate::domain::address::NamedAddress;
use crate::domain::command::Command;
use crate::domain::group::{Member, Role};
use crate::domain::ids::PersonId;
use crate::domain::person::{Person, Viewer};
use crate::mail::automatic;
use crate::mail::commands::{MOST_PEOPLE, Order};
use crate::mail::incoming::IncomingMail;
use crate::mail::letters::Became;
use crate::store;

/// What became of it: the names, or why not.
enum Done {
    Named(String),
    /// One of the addresses is that of a list; nobody was added.
    List {
        address: String,
        name: String,
        /// Where its people are looked at.
        link: String,
    },
    Not(&'static str),
}

impl Actions {
    /// A word and addresses.
    pub(super) async fn obey_about_people(
        &self,
        arrived: Arrived,
        by: Commander,
        order: Order,
    ) -> Result<()> {
        let viewer = Viewer::by_mail(&by.person, self.clock.new_id());
        let written: Vec<&str> = order.people.iter().map(|person| person.address.as_str()).collect();
        let written = written.join(", ");
        let done = match order.command {
            Command::Remove => self.take_out(&viewer, &by, &order.people).await?,
            _ => self.bring_in(&viewer, &by, order.people).await?,
        };
        let became = match (&done, order.command) {
            (Done::Named(people), Command::Remove) => Became::Removed { people },
            (Done::Named(people), _) => Became::Added { people },
            (Done::List { address, name, link }, _) => Became::IsList { address, name, link },
            (Done::Not(why), _) => Became::Refused { why, people: &written },
        };
        self.conclude(arrived, &by, (order.command, became)).await
    }

    async fn bring_in(&self, viewer: &Viewer, by: &Commander, people: Vec<NamedAddress>) -> Result<Done> {
        let new = NewMembers { addresses: people, ..NewMembers::default() };
        match self.add_members(viewer, by.group.id, new).await {
            Ok(Added { persons, .. }) => Ok(Done::Named(self.names_of(&persons).await?)),
            Err(ActionError::Forbidden) => Ok(Done::Not("mail-command-may-not-add")),
            Err(ActionError::Invalid { problem: Problem::IsList { list, name, address }, .. }) => {
                let page = format!("/groups/{}/members/from?list={list}", by.group.id);
                Ok(Done::List { address, name, link: self.settings.public_url.join(&page) })
            }
            Err(ActionError::Invalid { problem, .. }) => Ok(Done::Not(match problem {
                Problem::AlreadyMember { .. } => "mail-command-already",
                Problem::Guest => "mail-command-may-not-add",
                _ => "mail-command-not-added",
            })),
            Err(error) => Err(error),
        }
    }

    async fn take_out(&self, viewer: &Viewer, by: &Commander, people: &[NamedAddress]) -> Result<Done> {
        if by.member.role != Role::Owner {
            return Ok(Done::Not("mail-command-may-not-remove"));
        }
        let mut tx = self.store.read().await?;
        let addresses: Vec<_> = people.iter().map(|person| person.address.clone()).collect();
        let known = store::persons::find_by_written(&mut tx, &addresses).await?;
        let members = store::groups::member_persons(&mut tx, by.group.id).await?;
        drop(tx);
        let mut gone: Vec<PersonId> = known.into_iter().map(|(_, person)| person).collect();
        gone.retain(|person| members.contains(person) && *person != viewer.person_id);
        gone.dedup();
        if gone.is_empty() {
            return Ok(Done::Not("mail-command-not-there"));
        }
        for person in &gone {
            self.remove_member(viewer, by.group.id, *person).await?;
        }
        Ok(Done::Named(self.names_of(&gone).await?))
    }

    async fn names_of(&self, persons: &[PersonId]) -> Result<String> {
        let persons = store::persons::list(&mut self.store.read().await?, persons).await?;
        Ok(persons.iter().map(called).collect::<Vec<_>>().join(", "))
    }

    /// People that a member put into the Cc of what they wrote are to take part. Who may add members adds them so; for
    /// all others the owners are asked, once for each address.
    pub(super) async fn bring_copied(&self, arrived: &Arrived, member: Member) -> Result<()> {
        let people = self.copied(arrived, &member).await?;
        if people.is_empty() {
            return Ok(());
        }
        let by = self.commander(member).await?;
        let viewer = Viewer::by_mail(&by.person, self.clock.new_id());
        match self.bring_in(&viewer, &by, people.clone()).await? {
            Done::Named(names) => {
                let answer = self.answer_with(arrived, &by, Became::Added { people: &names }).await?;
                self.send_now(answer).await
            }
            Done::List { address, name, link } => {
                let became = Became::IsList { address: &address, name: &name, link: &link };
                let answer = self.answer_with(arrived, &by, became).await?;
                self.send_now(answer).await
            }
            Done::Not("mail-command-may-not-add") => self.propose(arrived, &by, people).await,
            Done::Not(why) => {
                let people = written(&people);
                let answer = self.answer_with(arrived, &by, Became::Refused { why, people: &people }).await?;
                self.send_now(answer).await
            }
        }
    }

    /// Who is new in a mail's To and Cc, and surely meant. Not who left or was taken out, nor who was in the thread that the
    /// group began with and not taken along; and nobody at all where the mail answers another one than ours, whose Cc
    /// may be old.
    async fn copied(&self, arrived: &Arrived, member: &Member) -> Result<Vec<NamedAddress>> {
        let mail = &arrived.mail;
        let mut people = self.strangers(mail);
        if people.is_empty() || people.len() > MOST_PEOPLE || mail.handed_on().is_some() {
            return Ok(Vec::new());
        }
        let mut tx = self.store.read().await?;
        let group = member.group_id;
        let answered = answered_mails(&mut tx, mail).await?;
        let answers_ours = match store::deliveries::find_by_message_ids(&mut tx, &answered).await? {
            Some(delivery) => delivery.group_id == Some(group),
            None => mail.in_reply_to.is_empty() && mail.references.is_empty(),
        };
        if !answers_ours {
            return Ok(Vec::new());
        }
        let thread = store::groups::find(&mut tx, group).await?.and_then(|group| group.thread_id);
        let mut known: HashSet<String> = match thread {
            Some(thread) => {
                let participants = store::threads::participants(&mut tx, thread).await?;
                participants.into_iter().map(|one| one.address.key().to_owned()).collect()
            }
            None => HashSet::new(),
        };
        let addresses: Vec<_> = people.iter().map(|person| person.address.clone()).collect();
        // A distribution list is nobody: its people are offered where somebody adds members.
        let lists = store::directory_lists::find_by_addresses(&mut tx, &addresses).await?;
        known.extend(lists.into_iter().map(|(key, _)| key));
        let ever: HashSet<PersonId> = store::members::ever(&mut tx, group).await?.into_iter().collect();
        let persons = store::persons::find_by_written(&mut tx, &addresses).await?;
        let ever = persons.into_iter().filter(|(_, person)| ever.contains(person));
        known.extend(ever.map(|(address, _)| address.key().to_owned()));
        known.extend(store::members::proposed(&mut tx, group, &addresses).await?);
        people.retain(|person| !known.contains(person.address.key()));
        Ok(people)
    }

    /// The addresses that are neither ours nor a program's, each once.
    fn strangers(&self, mail: &IncomingMail) -> Vec<NamedAddress> {
        let mut seen = HashSet::new();
        let own = |named: &&NamedAddress| {
            !self.settings.mail.owns(&named.address)
                && !automatic::is_no_person(&named.address)
                && mail.from.iter().all(|from| from.address != named.address)
        };
        let all = mail.to.iter().chain(&mail.cc).filter(own);
        all.filter(|named| seen.insert(named.address.key().to_owned())).cloned().collect()
    }

    /// Asks the owners, who add by a word in answer, and says so to whoever wanted it.
    async fn propose(&self, arrived: &Arrived, by: &Commander, people: Vec<NamedAddress>) -> Result<()> {
        let addresses = written(&people);
        let mut tx = self.store.read().await?;
        let owners: Vec<Member> = store::groups::members(&mut tx, by.group.id).await?;
        let owners: Vec<Member> = owners.into_iter().filter(|member| member.role == Role::Owner).collect();
        let ids: Vec<PersonId> = owners.iter().map(|owner| owner.person_id).collect();
        let persons = store::persons::list(&mut tx, &ids).await?;
        let languages = store::sessions::languages_of(&mut tx, &ids).await?;
        drop(tx);
        let mut mails = Vec::new();
        mails.extend(self.answer_with(arrived, by, Became::Proposed { people: &addresses }).await?);
        let wanted = Became::Wanted { by: &by.person.full_name, people: &addresses };
        for owner in &owners {
            let Some(person) = persons.iter().find(|person| person.id == owner.person_id) else { continue };
            if person.main_address().is_none() {
                continue;
            }
            let language = languages.get(&person.id).copied().unwrap_or(self.settings.mail.language);
            let receiver = letters::Receiver {
                group: &by.group,
                member: owner,
                person,
                language,
                zone: self.settings.mail.zone,
            };
            mails.push(self.compose(letters::proposal(self, &receiver, arrived.id, wanted)?)?);
        }
        let (actions, group, proposer) = (self.clone(), by.group.id, by.person.id);
        let now = self.clock.now();
        self.store
            .write(async move |tx| {
                let addresses: Vec<_> = people.into_iter().map(|person| person.address).collect();
                store::members::propose(tx, (group, proposer), &addresses, now).await?;
                actions.queue(tx, mails).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    async fn send_now(&self, mail: Option<super::super::outbox::Composed>) -> Result<()> {
        let Some(mail) = mail else { return Ok(()) };
        let actions = self.clone();
        self.store.write(async move |tx| actions.queue(tx, vec![mail]).await).await?;
        self.bell.ring();
        Ok(())
    }
}

fn called(person: &Person) -> String {
    match person.main_address() {
        Some(address) if person.full_name != address.as_str() => format!("{} ({address})", person.full_name),
        _ => person.full_name.clone(),
    }
}

fn written(people: &[NamedAddress]) -> String {
    people.iter().map(|person| person.address.as_str()).collect::<Vec<_>>().join(", ")
}
