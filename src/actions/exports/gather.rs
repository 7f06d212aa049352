//! What goes into an export, read from the database piece by piece.

use std::collections::HashMap;

use super::{Actions, Result};
use crate::actions::ActionError;
use crate::domain::address::EmailAddress;
use crate::domain::digest::Digest;
use crate::domain::export::Export;
use crate::domain::group::{Group, Member};
use crate::domain::ids::{FileId, GroupId, MarkId, MessageId, PersonId};
use crate::domain::language::Language;
use crate::domain::mark::{Mark, Piece};
use crate::domain::message::Message;
use crate::domain::person::Person;
use crate::domain::receipt::Tally;
use crate::domain::safe_html::SafeHtml;
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;
use crate::mail::compose::can_go_to;
use crate::mail::export::mark_record::{MarkRecord, TagRecord};
use crate::mail::export::page::Voice;
use crate::mail::export::read::digest_of_text;
use crate::mail::export::record::{
    FileRecord, GroupRecord, MemberRecord, MessageRecord, PersonRecord, PinRecord, ReactionRecord,
    RemovedRecord, TakenRecord, VERSION, VersionRecord,
};
use crate::store::{self, Tx};
use crate::texts::Texts;

/// Which messages of a group are written, and in which language what we say of them.
#[derive(Clone, Copy, Debug)]
pub(in crate::actions) struct Span {
    pub group: GroupId,
    pub first: i64,
    pub last: i64,
    pub language: Language,
}

impl Span {
    pub fn of(export: &Export) -> Self {
        let Export { group_id, first_seq, last_seq, language, .. } = *export;
        Self { group: group_id, first: first_seq, last: last_seq, language }
    }
}

/// What an export says before its messages.
#[derive(Debug)]
pub(in crate::actions) struct Head {
    pub group: GroupRecord,
    pub people: Vec<PersonRecord>,
    pub voice: Voice,
    /// Where the author of a message is reached.
    addresses: HashMap<PersonId, EmailAddress>,
    pub gateway: EmailAddress,
}

/// A message with all that is to be said of it.
#[derive(Debug)]
pub(in crate::actions) struct Gathered {
    pub record: MessageRecord,
    /// As it was typed; the words of a notice, or that it was removed.
    pub text: String,
    pub html: SafeHtml,
    /// The sentence of a notice.
    pub notice: Option<String>,
    /// The message it answers: its number, who wrote it and how it begins.
    pub answers: Option<(i64, String, String)>,
    pub tally: Tally,
}

impl Head {
    pub fn address_of(&self, author: Option<PersonId>) -> &EmailAddress {
        author.and_then(|author| self.addresses.get(&author)).unwrap_or(&self.gateway)
    }
}

impl Actions {
    /// # Errors
    /// [`ActionError::NotFound`] when whoever asked is no member any more.
    pub(super) async fn export_head(&self, export: &Export) -> Result<Head> {
        let mut tx = self.store.read().await?;
        let member = store::groups::find_member(&mut tx, export.group_id, export.person_id).await?;
        let member = member.ok_or(ActionError::NotFound)?;
        let zone = store::notices::settings(&mut tx, member.person_id).await?.zone;
        self.head_of(&mut tx, Span::of(export), zone.unwrap_or(Zone::UTC)).await
    }

    /// # Errors
    /// [`ActionError::NotFound`] when there is no such group.
    pub(in crate::actions) async fn head_of(&self, tx: &mut Tx, span: Span, zone: Zone) -> Result<Head> {
        let group = store::groups::find(tx, span.group).await?.ok_or(ActionError::NotFound)?;
        let members = store::groups::members(tx, group.id).await?;
        let ids = store::exports::people(tx, group.id, span.first).await?;
        let persons = store::persons::list(tx, &ids).await?;
        let tags = store::tags::list(tx, group.id, span.first).await?;
        let addresses = persons.iter().filter_map(|person| {
            let address = person.addresses.iter().find(|address| can_go_to(address))?;
            Some((person.id, address.clone()))
        });
        Ok(Head {
            addresses: addresses.collect(),
            group: GroupRecord {
                tags: tags.into_iter().map(|(tag, _)| TagRecord::of(tag)).collect(),
                ..group_record(&group, span, self.clock.now())
            },
            people: people(persons, &members, span.first),
            voice: Voice { t: Texts::of(span.language), zone },
            gateway: self.settings.mail.gateway.address.clone(),
        })
    }

    /// Up to `limit` messages after a number. Twelve statements at the most.
    pub(in crate::actions) async fn gather(
        &self,
        span: Span,
        head: &Head,
        (after, limit): (i64, i64),
    ) -> Result<Vec<Gathered>> {
        let mut messages =
            store::messages::list_after(&mut self.store.read().await?, span.group, after, limit).await?;
        messages.retain(|message| message.seq <= span.last);
        self.gather_these(span, head, messages).await
    }

    /// What is to be said of these. Six statements at the most.
    pub(in crate::actions) async fn gather_these(
        &self,
        span: Span,
        head: &Head,
        messages: Vec<Message>,
    ) -> Result<Vec<Gathered>> {
        let mut tx = self.store.read().await?;
        let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
        let mut more = More::read(&mut tx, &ids).await?;
        drop(tx);
        let mut gathered = Vec::with_capacity(messages.len());
        for message in messages {
            let message = message.seen_from(span.first);
            let files = self.file_records(&message, &more.digests).await?;
            gathered.push(gather_one(message, files, head, &mut more));
        }
        Ok(gathered)
    }

    /// Contents that the folder has lost stand in the export as lost: the rest is worth having all the same.
    async fn file_records(
        &self,
        message: &Message,
        digests: &HashMap<FileId, Digest>,
    ) -> Result<Vec<FileRecord>> {
        let mut records = Vec::with_capacity(message.files.len());
        for file in &message.files {
            let Some(digest) = digests.get(&file.id) else { continue };
            records.push(FileRecord {
                name: file.name.as_str().to_owned(),
                media_type: file.media_type.clone(),
                size: file.size,
                digest: *digest,
                lost: !self.files.has(digest).await?,
            });
        }
        Ok(records)
    }
}

/// What stands in other tables about some messages.
struct More {
    reactions: HashMap<MessageId, Vec<ReactionRecord>>,
    versions: HashMap<MessageId, Vec<VersionRecord>>,
    mentions: HashMap<MessageId, Vec<PersonId>>,
    pins: HashMap<MessageId, Option<PersonId>>,
    /// What marked content said that nothing else tells.
    said: HashMap<MarkId, String>,
    digests: HashMap<FileId, Digest>,
}

impl More {
    /// Six statements.
    async fn read(tx: &mut Tx, ids: &[MessageId]) -> Result<Self> {
        let mut more = Self {
            reactions: HashMap::new(),
            versions: HashMap::new(),
            mentions: HashMap::new(),
            pins: store::exports::pins(tx, ids).await?.into_iter().collect(),
            said: store::exports::said(tx, ids).await?.into_iter().collect(),
            digests: store::exports::digests(tx, ids).await?.into_iter().collect(),
        };
        for row in store::exports::reactions(tx, ids).await? {
            let reaction = ReactionRecord { by: row.person_id, emoji: row.emoji, at: row.reacted_at };
            more.reactions.entry(row.message_id).or_default().push(reaction);
        }
        for row in store::exports::versions(tx, ids).await? {
            let version = VersionRecord { text: row.markdown, at: row.written_at };
            more.versions.entry(row.message_id).or_default().push(version);
        }
        for (message, person) in store::exports::mentions(tx, ids).await? {
            more.mentions.entry(message).or_default().push(person);
        }
        Ok(more)
    }
}

fn group_record(group: &Group, span: Span, now: Timestamp) -> GroupRecord {
    GroupRecord {
        version: VERSION,
        id: group.id,
        topic: group.topic.clone(),
        subject: group.subject.clone(),
        created_by: group.created_by,
        created_at: group.created_at,
        adding: group.adding,
        receipt_request: group.receipt_request,
        outside_sharing: group.outside_sharing,
        tags: Vec::new(),
        first: span.first,
        last: span.last,
        exported_at: now,
    }
}

fn people(persons: Vec<Person>, members: &[Member], first_seq: i64) -> Vec<PersonRecord> {
    let member_of = |person: PersonId| members.iter().find(|member| member.person_id == person);
    let mut people: Vec<PersonRecord> = persons
        .into_iter()
        .map(|person| PersonRecord {
            member: member_of(person.id).map(|member| MemberRecord {
                role: member.role,
                joined_at: member.joined_at,
                sees_from: member.first_seq.max(first_seq),
            }),
            id: person.id,
            name: person.full_name,
            addresses: person.addresses.iter().map(ToString::to_string).collect(),
        })
        .collect();
    // Members first, in the order of the group.
    let place = |person: &PersonRecord| members.iter().position(|member| member.person_id == person.id);
    people.sort_by_key(|person| place(person).unwrap_or(usize::MAX));
    people
}

fn gather_one(message: Message, files: Vec<FileRecord>, head: &Head, more: &mut More) -> Gathered {
    let t = head.voice.t;
    let notice = message.notice.as_ref().map(|notice| t.notice(&message.author.name, notice, str::to_owned));
    let removed = message.trace.removed.as_ref().map(|removed| {
        let values = [("name", removed.name.clone()), ("at", head.voice.when(&removed.at))];
        t.with("export-page-removed", &values).into_owned()
    });
    let glance = message.answers.as_ref().and_then(|answered| {
        let line = answered.line.as_ref()?;
        Some((answered.seq, line.author.clone(), line.words.clone()))
    });
    let text = notice.clone().or(removed).unwrap_or_else(|| message.body.markdown.clone());
    Gathered {
        record: record_of(&message, files, &text, more),
        html: message.body.html,
        answers: glance,
        tally: message.receipts.tally,
        notice,
        text,
    }
}

fn marks_of(message: &Message, more: &mut More) -> Vec<MarkRecord> {
    let kept = message.files.iter().filter(|file| more.digests.contains_key(&file.id));
    let files: Vec<FileId> = kept.map(|file| file.id).collect();
    let said = |mark: &Mark, said: Option<String>| said.filter(|said| *said != told_by(mark, message));
    let record = |mark: &Mark| MarkRecord::of(mark, said(mark, more.said.remove(&mark.id)), &files);
    message.marks.iter().filter_map(record).collect()
}

/// What a marked piece itself says of what it said.
fn told_by(mark: &Mark, message: &Message) -> String {
    match &mark.piece {
        Piece::Message => message.file_names(),
        Piece::Passage(passage) => passage.quote.clone(),
        Piece::File(id) => message
            .files
            .iter()
            .find(|file| file.id == *id)
            .map_or(String::new(), |file| file.name.to_string()),
        Piece::Link(url) => url.clone(),
    }
}

fn record_of(message: &Message, files: Vec<FileRecord>, text: &str, more: &mut More) -> MessageRecord {
    let id = message.id;
    // What answers a message that its reader does not see answers none for them.
    let answers = message.answers.as_ref().filter(|answered| answered.line.is_some());
    // Where a message came from that was moved is not for all who read it.
    let taken = message.taken_from.as_ref().filter(|from| from.moved_by.is_none());
    MessageRecord {
        id,
        number: message.seq,
        author: message.author.person_id,
        author_name: message.author.name.clone(),
        grade: message.author.grade,
        source: message.source,
        at: message.posted_at,
        answers: answers.map(|answered| answered.seq),
        quotation: message.quotation.clone(),
        signature: message.signature.clone(),
        receipt_request: message.receipts.request,
        mentions: more.mentions.remove(&id).unwrap_or_default(),
        edited_at: message.trace.edited_at,
        versions: more.versions.remove(&id).unwrap_or_default(),
        removed: message.trace.removed.as_ref().map(|removed| RemovedRecord {
            by: removed.by,
            name: removed.name.clone(),
            at: removed.at,
        }),
        pinned: message.trace.pinned_at.map(|at| PinRecord { by: more.pins.remove(&id).flatten(), at }),
        reactions: more.reactions.remove(&id).unwrap_or_default(),
        marks: marks_of(message, more),
        notice: message.notice.clone(),
        taken_from: taken.map(|from| TakenRecord {
            group: from.place.group,
            topic: from.topic.clone(),
            number: from.place.seq,
            at: from.at,
        }),
        files,
        text_digest: digest_of_text(text),
    }
}
