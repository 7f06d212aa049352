//! The table of messages.

use std::collections::HashMap;
use std::ops::Range;

use sqlx::FromRow;
use sqlx::types::Json;

use super::sql::{built, places};
use super::{
    Result, Tx, answers, files, marks, photos, reactions, receipt_lists,
    tx::{affected, on},
};
use crate::domain::file::File;
use crate::domain::ids::{ClientMessageId, DraftId, GroupId, MailId, MessageId, PersonId, ShareId};
use crate::domain::mail_notes::MailNotes;
use crate::domain::mark::Mark;
use crate::domain::message::{
    Answered, Author, Body, Grade, Message, MessagePlace, Mover, Removed, Source, TakenFrom, Trace,
};
use crate::domain::notice::Notice;
use crate::domain::reaction::Reaction;
use crate::domain::receipt::{ReceiptRequest, Receipts, Tally};
use crate::domain::safe_html::SafeHtml;
use crate::domain::time::Timestamp;
use crate::mail::reply;

#[derive(FromRow)]
struct MessageRow {
    id: MessageId,
    group_id: GroupId,
    seq: i64,
    author_id: Option<PersonId>,
    author_name: String,
    grade: Grade,
    source: Source,
    posted_at: Timestamp,
    markdown: String,
    html: SafeHtml,
    quotation: String,
    signature: String,
    mail_notes: Option<Json<MailNotes>>,
    mail_id: Option<MailId>,
    client_id: Option<ClientMessageId>,
    answers: Option<MessageId>,
    changed: i64,
    edits: i64,
    edited_at: Option<Timestamp>,
    removed_by: Option<PersonId>,
    remover_name: String,
    removed_at: Option<Timestamp>,
    pinned_at: Option<Timestamp>,
    notice: Option<Json<Notice>>,
    from_group: Option<GroupId>,
    from_topic: String,
    from_seq: Option<i64>,
    from_at: Option<Timestamp>,
    moved_by: Option<PersonId>,
    mover_name: String,
    moved_to_group: Option<GroupId>,
    moved_to_seq: Option<i64>,
    receipt_request: ReceiptRequest,
    share_id: Option<ShareId>,
    disowned_at: Option<Timestamp>,
    author_photo: Option<Vec<u8>>,
}

/// What a message is posted with.
const POSTED: &str = "id, group_id, seq, author_id, author_name, grade, source, posted_at, markdown, html, \
     quotation, signature, mail_id, client_id, answers, notice, receipt_request, share_id, mail_notes, reply_rules";
/// All of it.
pub(super) const COLUMNS: &str = "id, group_id, seq, author_id, author_name, grade, source, posted_at, markdown, html, \
     quotation, signature, mail_id, client_id, answers, notice, changed, edits, edited_at, removed_by, remover_name, \
     removed_at, pinned_at, from_group, from_topic, from_seq, from_at, receipt_request, share_id, mail_notes, disowned_at, \
     moved_by, mover_name, moved_to_group, moved_to_seq, \
     (SELECT p.photo FROM persons p WHERE p.id = author_id) AS author_photo";

impl MessageRow {
    fn with(self, files: Vec<File>, answers: Option<Answered>) -> Message {
        let taken_from = match (self.from_group, self.from_seq, self.from_at) {
            (Some(group), Some(seq), Some(at)) => {
                let moved_by = self.moved_by.map(|id| Mover { id, name: self.mover_name });
                Some(TakenFrom { place: MessagePlace { group, seq }, topic: self.from_topic, at, moved_by })
            }
            _ => None,
        };
        let moved_to = self.moved_to_group.zip(self.moved_to_seq);
        let moved_to = moved_to.map(|(group, seq)| MessagePlace { group, seq });
        Message {
            taken_from,
            share: self.share_id,
            id: self.id,
            group_id: self.group_id,
            seq: self.seq,
            author: Author {
                person_id: self.author_id,
                name: self.author_name,
                grade: self.disowned_at.map_or(self.grade, |_| Grade::Disowned),
                photo: photos::mark(self.author_photo),
            },
            source: self.source,
            posted_at: self.posted_at,
            body: Body { markdown: self.markdown, html: self.html },
            quotation: self.quotation,
            signature: self.signature,
            notes: self.mail_notes.map(|notes| notes.0).unwrap_or_default(),
            mail_id: self.mail_id,
            client_id: self.client_id,
            files,
            reactions: Vec::new(),
            marks: Vec::new(),
            answers,
            trace: Trace {
                changed: self.changed,
                edits: self.edits,
                edited_at: self.edited_at,
                removed: removed((self.removed_by, self.remover_name), self.removed_at, moved_to),
                pinned_at: self.pinned_at,
            },
            notice: self.notice.map(|notice| notice.0),
            receipts: Receipts { request: self.receipt_request, tally: Tally::default() },
        }
    }
}

fn removed(
    (by, name): (Option<PersonId>, String),
    at: Option<Timestamp>,
    moved_to: Option<MessagePlace>,
) -> Option<Removed> {
    Some(Removed { by: by?, name, at: at?, moved_to })
}

/// Adds a message; its files are attached apart.
///
/// # Errors
/// [`super::StoreError::Taken`] when the same browser or the same mail has added it before.
pub async fn insert(tx: &mut Tx, message: &Message) -> Result<()> {
    insert_all(tx, std::slice::from_ref(message)).await
}

/// Adds up to 1,000 messages; their files are attached apart. One statement.
///
/// # Errors
/// As [`insert`].
pub async fn insert_all(tx: &mut Tx, messages: &[Message]) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let text = format!("INSERT INTO messages ({POSTED}) VALUES {}", super::sql::tuples(messages.len(), 20));
    on!(tx, conn => messages.iter().fold(sqlx::query(built(text)), |q, message| {
        q.bind(message.id)
        .bind(message.group_id)
        .bind(message.seq)
        .bind(message.author.person_id)
        .bind(&message.author.name)
        .bind(if message.author.grade == Grade::Disowned { Grade::ByLink } else { message.author.grade })
        .bind(message.source)
        .bind(message.posted_at)
        .bind(&message.body.markdown)
        .bind(&message.body.html)
        .bind(&message.quotation)
        .bind(&message.signature)
        .bind(message.mail_id)
        .bind(message.client_id)
        .bind(message.answers.as_ref().map(|answered| answered.id))
        .bind(message.notice.as_ref().map(Json))
        .bind(message.receipts.request)
        .bind(message.share)
        .bind(Some(&message.notes).filter(|notes| !notes.is_empty()).map(Json))
        // A message of a mail was read by the rules of today.
        .bind(message.mail_id.map(|_| reply::VERSION))
    })
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// What this browser has sent under this id already.
pub async fn find_by_client_id(
    tx: &mut Tx,
    group: GroupId,
    author: PersonId,
    client_id: ClientMessageId,
) -> Result<Option<Message>> {
    let text =
        format!("SELECT {COLUMNS} FROM messages WHERE group_id = $1 AND author_id = $2 AND client_id = $3");
    let rows = on!(tx, conn => sqlx::query_as(built(text)).bind(group).bind(author).bind(client_id).fetch_all(conn).await)?;
    Ok(with_parts(tx, rows).await?.pop())
}

/// What this mail became.
pub async fn find_by_mail(tx: &mut Tx, mail: MailId) -> Result<Option<Message>> {
    let text = format!("SELECT {COLUMNS} FROM messages WHERE mail_id = $1");
    let rows = on!(tx, conn => sqlx::query_as(built(text)).bind(mail).fetch_all(conn).await)?;
    Ok(with_parts(tx, rows).await?.pop())
}

/// Where the message of a mail stands, and since when. One statement.
pub async fn place_of_mail(tx: &mut Tx, mail: MailId) -> Result<Option<(MessagePlace, Timestamp)>> {
    let found: Option<(GroupId, i64, Timestamp)> = on!(tx, conn => sqlx::query_as("SELECT group_id, seq, posted_at FROM messages WHERE mail_id = $1")
            .bind(mail).fetch_optional(conn).await)?;
    Ok(found.map(|(group, seq, at)| (MessagePlace { group, seq }, at)))
}

/// The message at a place. Six statements at the most.
pub async fn find(tx: &mut Tx, place: MessagePlace) -> Result<Option<Message>> {
    let text = format!("SELECT {COLUMNS} FROM messages WHERE group_id = $1 AND seq = $2");
    let rows =
        on!(tx, conn => sqlx::query_as(built(text)).bind(place.group).bind(place.seq).fetch_all(conn).await)?;
    Ok(with_parts(tx, rows).await?.pop())
}

/// The last messages, up to `limit`, whose sequence number is in a range; in their order. Six statements at the most.
pub async fn list_before(
    tx: &mut Tx,
    group: GroupId,
    within: Range<i64>,
    limit: i64,
) -> Result<Vec<Message>> {
    let text = format!(
        "SELECT {COLUMNS} FROM messages WHERE group_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq DESC LIMIT $4"
    );
    let mut rows: Vec<MessageRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(group).bind(within.start).bind(within.end).bind(limit).fetch_all(conn).await)?;
    rows.reverse();
    with_parts(tx, rows).await
}

/// Up to `limit` messages of all groups made before another one, the newest first. Five statements at the
/// most.
pub async fn list_older(tx: &mut Tx, before: Option<MessageId>, limit: i64) -> Result<Vec<Message>> {
    let text = format!("SELECT {COLUMNS} FROM messages WHERE id < $1 ORDER BY id DESC LIMIT $2");
    let before = before.unwrap_or(MessageId::from(uuid::Uuid::max()));
    let rows: Vec<MessageRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(before).bind(limit).fetch_all(conn).await)?;
    with_parts(tx, rows).await
}

/// Some messages in their order, without reactions and receipts. Three statements at the most.
pub async fn list_of_ids(tx: &mut Tx, ids: &[MessageId]) -> Result<Vec<Message>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("SELECT {COLUMNS} FROM messages WHERE id IN ({}) ORDER BY seq", places(1, ids.len()));
    let rows: Vec<MessageRow> = on!(tx, conn => ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    with_words(tx, rows).await
}

/// Up to `limit` messages after a sequence number, in their order. Six statements at the most.
pub async fn list_after(tx: &mut Tx, group: GroupId, after: i64, limit: i64) -> Result<Vec<Message>> {
    let text =
        format!("SELECT {COLUMNS} FROM messages WHERE group_id = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    let rows: Vec<MessageRow> = on!(tx, conn => sqlx::query_as(built(text)).bind(group).bind(after).bind(limit).fetch_all(conn).await)?;
    with_parts(tx, rows).await
}

/// Up to `limit` messages from a sequence number on that were changed after change number `after`, in the order of
/// their last changes. Six statements at the most.
pub async fn list_changed_after(
    tx: &mut Tx,
    (group, first_seq): (GroupId, i64),
    after: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    // `changed > 0` is what the index holds; PostgreSQL wants it said.
    let text = format!(
        "SELECT {COLUMNS} FROM messages WHERE group_id = $1 AND changed > $2 AND changed > 0 AND seq >= $3
         ORDER BY changed LIMIT $4"
    );
    let rows: Vec<MessageRow> = on!(tx, conn => sqlx::query_as(built(text)).bind(group).bind(after).bind(first_seq).bind(limit).fetch_all(conn).await)?;
    with_parts(tx, rows).await
}

/// Up to `limit` messages after a sequence number that mention somebody, in their order. Six statements at the most.
pub async fn list_mentioning(
    tx: &mut Tx,
    (group, person): (GroupId, PersonId),
    after: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    let text = format!(
        "SELECT {COLUMNS} FROM messages WHERE group_id = $1 AND seq > $3
           AND id IN (SELECT message_id FROM message_mentions WHERE person_id = $2)
         ORDER BY seq LIMIT $4"
    );
    let rows: Vec<MessageRow> = on!(tx, conn => sqlx::query_as(built(text)).bind(group).bind(person).bind(after).bind(limit).fetch_all(conn).await)?;
    with_parts(tx, rows).await
}

/// The number of the first message since a time.
pub async fn first_since(tx: &mut Tx, group: GroupId, time: Timestamp) -> Result<Option<i64>> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "SELECT seq FROM messages WHERE group_id = $1 AND posted_at >= $2 ORDER BY posted_at, seq LIMIT 1")
        .bind(group).bind(time).fetch_optional(conn).await)?;
    Ok(row.map(|(seq,)| seq))
}

/// The messages of some numbers, in their order. Six statements at the most.
pub async fn list_at(tx: &mut Tx, group: GroupId, seqs: &[i64]) -> Result<Vec<Message>> {
    let text = format!(
        "SELECT {COLUMNS} FROM messages WHERE group_id = $1 AND seq IN ({}) ORDER BY seq",
        places(2, seqs.len())
    );
    let rows: Vec<MessageRow> = on!(tx, conn => seqs.iter()
        .fold(sqlx::query_as(built(text)).bind(group), |q, seq| q.bind(*seq)).fetch_all(conn).await)?;
    with_parts(tx, rows).await
}

/// What a draft takes along from the group it is spun off from, as far as its owner may still see it there. In their
/// order, without reactions, marks and receipts, which stay behind. Three statements at the most.
pub async fn list_chosen(tx: &mut Tx, draft: DraftId) -> Result<Vec<Message>> {
    let text = format!(
        "SELECT {COLUMNS} FROM messages WHERE removed_at IS NULL AND notice IS NULL AND id IN (
            SELECT c.message_id FROM draft_messages c JOIN drafts d ON d.id = c.draft_id
            JOIN messages o ON o.id = c.message_id
            JOIN members m ON m.group_id = o.group_id AND m.person_id = d.owner_id AND m.first_seq <= o.seq
            WHERE c.draft_id = $1)
         ORDER BY seq"
    );
    let rows: Vec<MessageRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(draft).fetch_all(conn).await)?;
    with_words(tx, rows).await
}

/// The messages with their files, what they answer, their reactions, their marks and how their receipts stand. Five
/// statements; four if none of them answers another.
async fn with_parts(tx: &mut Tx, rows: Vec<MessageRow>) -> Result<Vec<Message>> {
    let mut messages = with_words(tx, rows).await?;
    let ids: Vec<MessageId> = messages.iter().map(|m| m.id).collect();
    let mut reactions: HashMap<MessageId, Vec<Reaction>> = HashMap::new();
    for (message, reaction) in reactions::list_of_messages(tx, &ids).await? {
        reactions.entry(message).or_default().push(reaction);
    }
    let mut marks: HashMap<MessageId, Vec<Mark>> = HashMap::new();
    for mark in marks::list_of_messages(tx, &ids).await? {
        marks.entry(mark.message_id).or_default().push(mark);
    }
    let places: Vec<MessagePlace> = messages.iter().map(Message::place).collect();
    let mut receipts: HashMap<MessagePlace, Receipts> =
        receipt_lists::tallies(tx, &places).await?.into_iter().collect();
    for message in &mut messages {
        message.reactions = reactions.remove(&message.id).unwrap_or_default();
        message.marks = marks.remove(&message.id).unwrap_or_default();
        if let Some(told) = receipts.remove(&message.place()) {
            message.receipts = told;
        }
    }
    Ok(messages)
}

/// The same without what others said to them by reactions, marks and receipts. Two statements; one if none of them answers another.
async fn with_words(tx: &mut Tx, rows: Vec<MessageRow>) -> Result<Vec<Message>> {
    let ids: Vec<MessageId> = rows.iter().map(|r| r.id).collect();
    let mut used: HashMap<MessageId, Vec<File>> = HashMap::new();
    for (message, file) in files::list_of_messages(tx, &ids).await? {
        used.entry(message).or_default().push(file);
    }
    let answered: Vec<MessageId> = rows.iter().filter_map(|r| r.answers).collect();
    let answered = answers::list(tx, &answered).await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let files = used.remove(&r.id).unwrap_or_default();
            let answers = r.answers.and_then(|id| answered.iter().find(|a| a.id == id).cloned());
            r.with(files, answers)
        })
        .collect())
}

/// Makes a message this person's, surely.
pub async fn set_author(tx: &mut Tx, message: MessageId, (person, name): (PersonId, &str)) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE messages SET author_id = $2, author_name = $3, grade = 'confirmed', disowned_at = NULL WHERE id = $1")
        .bind(message).bind(person).bind(name).execute(conn).await.map(affected))?;
    Ok(())
}

/// A message that came by mail.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Mailed {
    pub message: MessageId,
    pub seq: i64,
    /// The mail's Date header, or when it came.
    pub dated_at: Timestamp,
    pub markdown: String,
}

/// What a sender's mails brought to a group since a time.
pub async fn mailed_since(
    tx: &mut Tx,
    group: GroupId,
    sender: &str,
    since: Timestamp,
) -> Result<Vec<Mailed>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT m.id AS message, m.seq, l.dated_at, m.markdown FROM mails l JOIN messages m ON m.mail_id = l.id
         WHERE l.sender = $1 AND l.received_at > $2 AND m.group_id = $3 ORDER BY m.seq")
        .bind(sender).bind(since).bind(group).fetch_all(conn).await)?)
}
