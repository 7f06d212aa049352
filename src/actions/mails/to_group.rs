//! A mail that answers a group becomes a message: of the member, if the member's own token and one of the member's
//! own addresses come together; otherwise nobody's, with its grade shown. A forwarded token lets no stranger speak as
//! the member.

use super::super::messages::{Contribution, Posted};
use super::super::{ActionError, Actions, Result, access};
use super::repeated::Said;
use super::{Arrived, facts, own_files, pictures, still_waits};
use crate::domain::address::EmailAddress;
use crate::domain::group::Member;
use crate::domain::ids::GroupId;
use crate::domain::ledger::{Ignored, Outcome};
use crate::domain::message::{Author, Grade, MessagePlace, Source};
use crate::mail::commands;
use crate::mail::own_letters;
use crate::store::{self, Tx};

impl Actions {
    /// A mail to a member's reply address.
    pub(super) async fn sort_to_member(&self, arrived: Arrived, member: Member) -> Result<()> {
        let mut tx = self.store.read().await?;
        let is_own = self.senders(&mut tx, &arrived).await?.contains(&member.person_id);
        let name = match store::persons::find(&mut tx, member.person_id).await? {
            Some(person) if is_own => person.full_name,
            _ => sender_name(&arrived),
        };
        drop(tx);
        let author = Author {
            person_id: is_own.then_some(member.person_id),
            name,
            grade: if is_own { Grade::Confirmed } else { Grade::ByLink },
        };
        self.contribute_mail(arrived, member.group_id, author, is_own.then_some(member)).await
    }

    /// A mail that names a group's messages, but came to no member's address: some programs ignore Reply-To. Anybody
    /// can write such a From, so it is shown as not confirmed.
    pub(super) async fn sort_to_group(&self, arrived: Arrived, group: GroupId) -> Result<()> {
        let mut tx = self.store.read().await?;
        let senders = self.senders(&mut tx, &arrived).await?;
        let members = store::groups::members(&mut tx, group).await?;
        drop(tx);
        if !members.iter().any(|m| senders.contains(&m.person_id)) {
            return self.ignore(&arrived, Ignored::NotAMember).await;
        }
        let author = Author { person_id: None, name: sender_name(&arrived), grade: Grade::ByLink };
        self.contribute_mail(arrived, group, author, None).await
    }

    async fn senders(&self, tx: &mut Tx, arrived: &Arrived) -> Result<Vec<crate::domain::ids::PersonId>> {
        let from: Vec<EmailAddress> = arrived.mail.from.iter().map(|f| f.address.clone()).collect();
        Ok(store::persons::find_by_addresses(tx, &from).await?.into_iter().map(|(_, id)| id).collect())
    }

    async fn contribute_mail(
        &self,
        arrived: Arrived,
        group: GroupId,
        author: Author,
        member: Option<Member>,
    ) -> Result<()> {
        if let Some(command) = commands::command_of(&arrived.mail) {
            return match member {
                Some(member) => self.obey(arrived, member, command).await,
                None => self.ignore(&arrived, Ignored::NotConfirmed).await,
            };
        }
        if let Some(member) = &member
            && self.change_by_mail(&arrived, member).await?
        {
            return Ok(());
        }
        let mut contribution = self.mail_contribution(&arrived, group, author).await?;
        contribution.answers = self.answered_by_mail(&arrived, member.as_ref()).await?;
        let (text, new_files) = (contribution.body.markdown.clone(), &contribution.new_files);
        if text.is_empty() && new_files.is_empty() {
            let own = own_letters::hands_on_own(&arrived.mail, &self.settings);
            return self.ignore(&arrived, if own { Ignored::OwnLetter } else { Ignored::Empty }).await;
        }
        let said = Said { group, text: &text, files: new_files };
        if let Some(why) = self.too_often(&arrived, &said).await? {
            return self.ignore(&arrived, why).await;
        }
        let actions = self.clone();
        let posted = self
            .store
            .write(async move |tx| {
                if !still_waits(tx, arrived.id).await? {
                    return Ok::<_, ActionError>(None);
                }
                if let Some(member) = &member {
                    // Removed meanwhile: the job runs again, and its next run tells the author.
                    access::member_for_change(tx, member.person_id, group).await?;
                }
                let posted = actions.contribute(tx, group, contribution).await?;
                let read = actions.note_answer(tx, &arrived, &posted, member).await?;
                Ok(Some((posted, read)))
            })
            .await?;
        if let Some((posted, read)) = posted {
            self.receipts.note_changed(read);
            self.tell(posted).await;
        }
        Ok(())
    }

    /// The message that a mail becomes.
    pub(super) async fn mail_contribution(
        &self,
        arrived: &Arrived,
        group: GroupId,
        author: Author,
    ) -> Result<Contribution> {
        let words = self.words_of(&arrived.mail);
        let parts = own_files(&arrived.mail);
        let new_files = self.store_mail_files(&parts).await?;
        let names = self.names_in(group, &words.text, Vec::new()).await?;
        let read = words.read(names, pictures(&parts, new_files.iter().map(|stored| &stored.file))).await?;
        Ok(Contribution {
            author,
            source: Source::Mail,
            body: read.body,
            mentions: read.mentions,
            quotation: words.quotation,
            signature: words.signature,
            notes: words.notes,
            mail_id: Some(arrived.id),
            client_id: None,
            new_files,
            uploads: Vec::new(),
            answers: None,
            receipt: None,
            share: None,
        })
    }

    /// The ledger's line; the mail's own id for answers to it; and that who answers has read what was mailed. The
    /// messages whose receipts that changes.
    async fn note_answer(
        &self,
        tx: &mut Tx,
        arrived: &Arrived,
        posted: &Posted,
        member: Option<Member>,
    ) -> Result<Vec<MessagePlace>> {
        let (group, message) = (posted.group.id, posted.message.id);
        store::ledger::set_facts(tx, arrived.id, &facts(arrived, None)).await?;
        store::ledger::set_outcome(tx, arrived.id, &Outcome::Message { group, message }).await?;
        if let Some(id) = &arrived.mail.message_id {
            store::groups::add_message_id(tx, group, id).await?;
        }
        if let Some(member) = member {
            self.note_program(tx, &member, arrived.mail.chat.by_messenger).await?;
            let own = posted.message.seq;
            let read = if member.mailed_seq + 1 >= own { own } else { member.mailed_seq };
            // Whoever does not want all was sent what is meant for them, and knows nothing of what lies between.
            if member.cadence.brings_all() {
                store::groups::mark_read(tx, group, member.person_id, read).await?;
            }
            let who = (group, member.person_id);
            // The mail that is answered says best what was read; some relays give it another Message-ID.
            let answered = &arrived.mail.in_reply_to;
            let carried = store::deliveries::newest_carried(tx, who, answered).await?;
            let up_to = carried.unwrap_or(read);
            return Ok(store::receipts::record_answer(tx, who, up_to, self.clock.now()).await?);
        }
        Ok(Vec::new())
    }
}

pub(super) fn sender_name(arrived: &Arrived) -> String {
    arrived.mail.from.first().map_or("?", |from| from.display_name()).chars().take(100).collect()
}
