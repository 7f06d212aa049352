//! Mails that come in: stored first, then sorted into exactly one outcome.

mod absence;
mod answer;
mod author;
mod chat;
mod commands;
mod copies;
mod invitation;
mod people;
mod receive;
mod release;
mod repeated;
mod reread;
mod route;
mod sharing;
mod sort;
mod to_claim;
mod to_draft;
mod to_group;
mod to_share;
mod unfetched;
mod words;

pub use receive::{Incoming, Position};
pub use release::Release;
pub use reread::Rereading;
pub(super) use words::{own_files, pictures};

use super::{Actions, Result, off_thread};
use crate::domain::digest::Digest;
use crate::domain::ids::{MailId, ThreadId};
use crate::domain::ledger::{Outcome, Proof, Routed};
use crate::domain::time::Timestamp;
use crate::mail::incoming::{IncomingMail, ReplyText};
use crate::mail::parse::{NotAMail, head_of, parse};
use crate::mail::redact::Redaction;
use crate::store::ledger::{MailFacts, NewMail};
use crate::store::{self, Tx};

/// A mail that was stored and understood.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    pub id: MailId,
    pub mail: IncomingMail,
    pub digest: Digest,
    /// In bytes.
    pub size: u64,
    /// The Date header, or when it came.
    pub at: Timestamp,
    pub routed: Routed,
    pub proof: Option<Proof>,
}

impl Arrived {
    /// Who wrote to whom, and what it answers, without its files: these may be large.
    fn without_contents(&self) -> Self {
        let mail = &self.mail;
        let mail = IncomingMail {
            message_id: mail.message_id.clone(),
            in_reply_to: mail.in_reply_to.clone(),
            references: mail.references.clone(),
            subject: mail.subject.clone(),
            from: mail.from.clone(),
            to: mail.to.clone(),
            cc: mail.cc.clone(),
            text: ReplyText { new_text: mail.text.new_text.clone(), ..ReplyText::default() },
            chat: mail.chat.clone(),
            ..IncomingMail::default()
        };
        Self {
            id: self.id,
            mail,
            digest: self.digest,
            size: self.size,
            at: self.at,
            routed: self.routed,
            proof: self.proof.clone(),
        }
    }
}

/// A mail that can't be opened.
#[derive(Debug)]
pub(super) struct Unopened {
    pub why: NotAMail,
    /// What its header tells, if it can be read.
    pub head: Option<Box<IncomingMail>>,
}

pub(super) async fn parse_off_thread(raw: Vec<u8>) -> Result<std::result::Result<IncomingMail, Unopened>> {
    off_thread(move || parse(&raw).map_err(|why| Unopened { why, head: head_of(&raw).map(Box::new) })).await
}

impl Actions {
    /// A text of a mail without the personal links and reply addresses in it, since others will read it.
    pub(super) fn redacted(&self, text: &str) -> String {
        Redaction::of(&self.settings).apply(text)
    }

    /// Gives a mail its line in the ledger. `false` if the same bytes have one.
    pub(super) async fn enter(&self, tx: &mut Tx, arrived: &Arrived, source: &str) -> Result<bool> {
        let new = NewMail {
            id: arrived.id,
            received_at: self.clock.now(),
            source: source.to_owned(),
            digest: arrived.digest,
            size: i64::try_from(arrived.size).unwrap_or(i64::MAX),
        };
        Ok(store::ledger::insert(tx, &new).await?)
    }

    /// Notes what a mail is and that it went into a thread.
    pub(super) async fn note_thread(&self, tx: &mut Tx, arrived: &Arrived, thread: ThreadId) -> Result<()> {
        store::ledger::set_facts(tx, arrived.id, &facts(arrived, Some(thread))).await?;
        let outcome = crate::domain::ledger::Outcome::ThreadOnly { thread };
        Ok(store::ledger::set_outcome(tx, arrived.id, &outcome).await?)
    }
}

/// Whether a mail has no outcome yet; if it has one, another run of its job was faster.
async fn still_waits(tx: &mut Tx, id: MailId) -> Result<bool> {
    Ok(store::ledger::find(tx, id).await?.is_some_and(|mail| mail.entry.outcome == Outcome::Waiting))
}

/// What the ledger's line says of a mail.
fn facts(arrived: &Arrived, thread: Option<ThreadId>) -> MailFacts {
    let mail = &arrived.mail;
    MailFacts {
        message_id: mail.message_id.clone().unwrap_or_default(),
        sender: mail.from.first().map(|from| from.address.key().to_owned()).unwrap_or_default(),
        subject: mail.subject.chars().take(500).collect(),
        dated_at: arrived.at,
        thread,
        routed: arrived.routed,
        proof: arrived.proof.clone(),
    }
}
