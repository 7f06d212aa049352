//! Who writes by mail, and asks there for a receipt (RFC 8098 2.1), asks the group as one does on the page; each member answers
//! as they always do. One mail tells the author of it.

use std::time::Duration;

use super::super::letters;
use super::super::outbox::{Letter, Place};
use super::super::{ActionError, Actions, Result, access};
use crate::domain::group::{Group, Member};
use crate::domain::job::Job;
use crate::domain::ledger::{DeliveryKind, MailEntry};
use crate::domain::message::{Message, MessagePlace};
use crate::domain::person::Person;
use crate::domain::receipt::{ReceiptState, Receipts};
use crate::domain::zone::Zone;
use crate::mail::disposition::Displayed;
use crate::mail::identity;
use crate::mail::letters::ReadersLetter;
use crate::store::receipt_lists::Named;
use crate::store::{self, Tx};
use crate::texts::Texts;

/// When it is looked at who has read it, counted from the message: soon everybody may have, or it is time anyway.
const LOOKS: [Duration; 9] = [
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(3600),
    Duration::from_secs(2 * 3600),
    Duration::from_secs(4 * 3600),
    Duration::from_secs(8 * 3600),
    Duration::from_secs(24 * 3600),
    Duration::from_secs(7 * 24 * 3600),
];
/// After so long nobody waits any longer for those who have not read it.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);
/// How many receivers the mail names.
const NAMED: i64 = 200;

/// A message whose author is to be told, with what their letter needs.
struct Asked {
    group: Group,
    message: Message,
    author: Person,
    member: Member,
    receivers: Vec<Named>,
    /// The Message-ID of the mail that asked, without angle brackets.
    mail_id: String,
    subject: String,
}

impl Actions {
    /// Adds a look at who has read a message that came by a mail which asked for receipts, after `look` others. One
    /// statement; none after the last look.
    pub(in super::super) async fn look_at_readers(
        &self,
        tx: &mut Tx,
        message: &Message,
        look: usize,
    ) -> Result<()> {
        let Some(after) = LOOKS.get(look) else { return Ok(()) };
        let MessagePlace { group, seq } = message.place();
        let job = (self.clock.new_id(), Job::TellReaders { group, seq, look });
        Ok(store::jobs::add(tx, &[job], message.posted_at + *after, self.clock.now()).await?)
    }

    /// Tells the author of a mail that asked for receipts who has read it: when nothing more is expected, or after a day; never
    /// before anybody has, and once. Running twice sends once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn tell_readers(&self, place: MessagePlace, look: usize) -> Result<()> {
        let mut tx = self.store.read().await?;
        let message = store::messages::find(&mut tx, place).await?;
        let Some(message) = message.filter(|message| access::standing(message).is_ok()) else {
            return Ok(());
        };
        if is_time(message.receipts, look) {
            let Some(asked) = asked(&mut tx, message).await? else { return Ok(()) };
            let author = asked.author.id;
            let language = store::sessions::language_of(&mut tx, author).await?;
            let hours = store::cadences::hours_of(&mut tx, &[author], self.settings.mail.zone).await?;
            drop(tx);
            let texts = Texts::of(language.unwrap_or(self.settings.mail.language));
            let zone = hours.get(&author).map_or(self.settings.mail.zone, |hours| hours.zone);
            let mail = self.compose(self.readers_letter((texts, zone), &asked)?)?;
            let actions = self.clone();
            self.store.write(async move |tx| actions.queue(tx, vec![mail]).await).await?;
            self.bell.ring();
            return Ok(());
        }
        drop(tx);
        let actions = self.clone();
        self.store.write(async move |tx| actions.look_at_readers(tx, &message, look + 1).await).await
    }

    fn readers_letter(&self, (texts, zone): (Texts, Zone), asked: &Asked) -> Result<Letter> {
        let Asked { group, message, author, .. } = asked;
        let broken = |error: anyhow::Error| ActionError::Internal(error);
        let in_state = |state: ReceiptState| {
            asked.receivers.iter().filter(move |known| known.receipt.state == Some(state))
        };
        let is_open = |known: &&Named| {
            !known.receipt.state.is_some_and(|state| state.is_final() || state == ReceiptState::Failed)
        };
        let at = |known: &Named| {
            known.receipt.last_step().map(|step| letters::written(zone, step.at)).unwrap_or_default()
        };
        let path = format!("/groups/{}/messages/{}/receipts", group.id, message.seq);
        let letter = ReadersLetter {
            texts,
            name: &author.full_name,
            subject: &asked.subject,
            topic: &group.topic,
            asked: message.receipts.tally.asked,
            read: in_state(ReceiptState::Read).map(|one| (one.name.clone(), at(one))).collect(),
            open: asked.receivers.iter().filter(is_open).map(|one| one.name.clone()).collect(),
            declined: in_state(ReceiptState::Declined).map(|one| one.name.clone()).collect(),
            failed: in_state(ReceiptState::Failed)
                .map(|one| (one.name.clone(), one.receipt.reason.clone()))
                .collect(),
            link: &self.settings.public_url.join(&path),
        };
        let to = letters::address_of(author)?;
        let gateway = self.settings.mail.gateway_for(&to.address);
        let recipient = identity::reply_address(gateway, &self.reply_token(asked.member.id))
            .map_err(|error| broken(error.into()))?;
        let receipt = Displayed { recipient: &recipient, message_id: &asked.mail_id };
        Ok(Letter {
            person_id: Some(author.id),
            place: Place {
                in_reply_to: vec![asked.mail_id.clone()],
                references: vec![asked.mail_id.clone()],
                ..Place::default()
            },
            files: vec![receipt.part()],
            ..Letter::new(
                DeliveryKind::Readers,
                format!("readers:{}", message.id),
                to,
                letter.words().map_err(|error| broken(error.into()))?,
            )
        })
    }
}

fn is_time(Receipts { tally, .. }: Receipts, look: usize) -> bool {
    let is_last = LOOKS.get(look).is_none_or(|after| *after >= LONGEST_WAIT);
    tally.read > 0 && (tally.open() <= 0 || is_last)
}

/// What the letter tells of; nothing if its author has left, or has no address.
async fn asked(tx: &mut Tx, message: Message) -> Result<Option<Asked>> {
    let (Some(author), Some(mail)) = (message.author.person_id, message.mail_id) else { return Ok(None) };
    let Some(mail) = store::ledger::find(tx, mail).await? else { return Ok(None) };
    let Some(member) = store::groups::find_member(tx, message.group_id, author).await? else {
        return Ok(None);
    };
    let Some(group) = store::groups::find(tx, message.group_id).await? else { return Ok(None) };
    let author = store::persons::find(tx, author).await?.filter(|author| author.main_address().is_some());
    let Some(author) = author else { return Ok(None) };
    let receivers = store::receipt_lists::list(tx, message.place(), None, NAMED).await?;
    let MailEntry { message_id: mail_id, subject, .. } = mail.entry;
    Ok(Some(Asked { group, message, author, member, receivers, mail_id, subject }))
}
