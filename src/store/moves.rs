//! Messages that move from one group into another, back again, and what their mails teach of where answers belong.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::types::Json;

use super::sql::{built, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, MailId, MessageId, PersonId};
use crate::domain::message::{Message, MessagePlace, Mover};
use crate::domain::time::Timestamp;
use crate::mail::aliases::canonical;

/// A group that a message can be moved into.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Target {
    pub id: GroupId,
    pub topic: String,
    /// How many would read it.
    pub members: i64,
    pub last_at: Timestamp,
}

/// What the way back of a moved message needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Whom it mentioned where it stood.
    pub mentions: Vec<PersonId>,
    pub learnt: Learnt,
    /// What its mail quoted, which is for those alone who were there.
    #[serde(default)]
    pub quotation: String,
}

/// The Message-IDs that belong to another group since a message was moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learnt {
    /// That belonged to none before.
    pub added: Vec<String>,
    /// That belonged to the group it stood in.
    pub moved: Vec<String>,
}

/// Where a message goes, and who takes it there.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    pub id: MessageId,
    pub to: MessagePlace,
    pub mover: &'a Mover,
    pub at: Timestamp,
}

/// The other groups of a person, the one with the newest message first. One statement.
pub async fn targets(tx: &mut Tx, person: PersonId, except: GroupId) -> Result<Vec<Target>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT g.id, g.topic, (SELECT count(*) FROM members n WHERE n.group_id = g.id) AS members, g.last_at
         FROM members m JOIN groups g ON g.id = m.group_id
         WHERE m.person_id = $1 AND g.id <> $2 ORDER BY g.last_at DESC, g.id DESC")
        .bind(person).bind(except).fetch_all(conn).await)?)
}

/// Puts a message at its place in another group, with its files and what it said before it was edited. What its mail quoted
/// stays behind: it is of others, who said it in the group where it stood. Its mail follows
/// by [`give_mail`], when the old place has let it go. Three statements.
pub async fn copy(tx: &mut Tx, message: &Message, step: &Step<'_>) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO messages (id, group_id, seq, author_id, author_name, grade, disowned_at, source, posted_at, markdown,
             html, quotation, signature, mail_notes, reply_rules, receipt_request, share_id, edits, edited_at,
             from_group, from_seq, from_at, moved_by, mover_name)
         SELECT $2, $3, $4, author_id, author_name, grade, disowned_at, source, $5, markdown,
             html, '', signature, mail_notes, reply_rules, receipt_request, share_id, edits, edited_at,
             group_id, seq, $6, $7, $8
         FROM messages WHERE id = $1")
        .bind(message.id)
        .bind(step.id)
        .bind(step.to.group)
        .bind(step.to.seq)
        .bind(step.at)
        .bind(*message.said_at())
        .bind(step.mover.id)
        .bind(&step.mover.name)
        .execute(conn).await.map(affected))?;
    take_parts(tx, message.id, step.id).await
}

/// Fills the trace of a moved message with what it says now at its other place. Three statements.
pub async fn restore(tx: &mut Tx, (trace, from): (MessageId, MessageId), quotation: &str) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE messages SET author_id = n.author_id, author_name = n.author_name, grade = n.grade,
             disowned_at = n.disowned_at, markdown = n.markdown, html = n.html, quotation = $3,
             signature = n.signature, mail_notes = n.mail_notes, reply_rules = n.reply_rules, edits = n.edits,
             edited_at = n.edited_at, removed_by = NULL, remover_name = '', removed_at = NULL, moved_to_group = NULL,
             moved_to_seq = NULL
         FROM (SELECT author_id, author_name, grade, disowned_at, markdown, html, signature, mail_notes,
                   reply_rules, edits, edited_at FROM messages WHERE id = $2) AS n
         WHERE messages.id = $1")
        .bind(trace).bind(from).bind(quotation).execute(conn).await.map(affected))?;
    take_parts(tx, from, trace).await
}

async fn take_parts(tx: &mut Tx, from: MessageId, to: MessageId) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE message_versions SET message_id = $2 WHERE message_id = $1")
        .bind(from).bind(to).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query(
        "INSERT INTO message_files (message_id, group_id, seq, file_id, rank)
         SELECT m.id, m.group_id, m.seq, f.file_id, f.rank
         FROM message_files f JOIN messages m ON m.id = $2 WHERE f.message_id = $1")
        .bind(from).bind(to).execute(conn).await.map(affected))?;
    Ok(())
}

/// Makes a removed message the trace of one that stands elsewhere now, where its mail is, too.
pub async fn leave_trace(tx: &mut Tx, message: MessageId, to: MessagePlace) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE messages SET moved_to_group = $2, moved_to_seq = $3, mail_id = NULL WHERE id = $1")
        .bind(message).bind(to.group).bind(to.seq).execute(conn).await.map(affected))?;
    Ok(())
}

/// The mail that a message came by, after it left its old place.
pub async fn give_mail(tx: &mut Tx, message: MessageId, mail: Option<MailId>) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE messages SET mail_id = $2 WHERE id = $1")
        .bind(message).bind(mail).execute(conn).await.map(affected))?;
    Ok(())
}

/// Keeps what the way back needs.
pub async fn keep(tx: &mut Tx, message: MessageId, kept: &Kept) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE messages SET moved_kept = $2 WHERE id = $1")
        .bind(message).bind(Json(kept)).execute(conn).await.map(affected))?;
    Ok(())
}

pub async fn kept(tx: &mut Tx, message: MessageId) -> Result<Kept> {
    let row: Option<(Option<Json<Kept>>,)> = on!(tx, conn => sqlx::query_as(
        "SELECT moved_kept FROM messages WHERE id = $1").bind(message).fetch_optional(conn).await)?;
    Ok(row.and_then(|(kept,)| kept).map(|kept| kept.0).unwrap_or_default())
}

/// Of these ids, a mail's own and those it answers, which nothing else holds in the group that its message leaves: they are
/// not of mails of ours (by other names, unless `even_aliases`), nor of other mails whose messages stay there, nor of the
/// thread it began with. Which belonged to it, and which to none. Two statements; none for no ids.
pub async fn free_ids(
    tx: &mut Tx,
    (group, mail): (GroupId, MailId),
    (ids, even_aliases): (&[String], bool),
) -> Result<Learnt> {
    if ids.is_empty() {
        return Ok(Learnt::default());
    }
    let text = format!(
        "SELECT message_id FROM mails WHERE message_id IN ({}) AND id <> $2
           AND (EXISTS (SELECT 1 FROM messages m WHERE m.mail_id = mails.id AND m.group_id = $1)
                OR thread_id = (SELECT thread_id FROM groups WHERE id = $1))",
        places(3, ids.len())
    );
    let staying: Vec<(String,)> = on!(tx, conn => ids.iter()
        .fold(sqlx::query_as(built(text)).bind(group).bind(mail), |q, id| q.bind(id)).fetch_all(conn).await)?;
    let text = format!(
        "SELECT message_id, group_id, alias_of FROM group_message_ids WHERE message_id IN ({})",
        places(1, ids.len())
    );
    let known: Vec<(String, GroupId, Option<String>)> = on!(tx, conn => ids.iter()
        .fold(sqlx::query_as(built(text)), |q, id| q.bind(canonical(id))).fetch_all(conn).await)?;
    let mut learnt = Learnt::default();
    for id in ids.iter().filter(|id| staying.iter().all(|(staying,)| staying != *id)) {
        let id = canonical(id).into_owned();
        match known.iter().find(|(known, ..)| *known == id) {
            None => learnt.added.push(id),
            Some((_, of, alias)) if *of == group && (alias.is_none() || even_aliases) => {
                learnt.moved.push(id)
            }
            Some(_) => {}
        }
    }
    Ok(learnt)
}

/// Mails with these Message-IDs, and answers to them, belong to another group from now on. Two statements at the most.
pub async fn learn(tx: &mut Tx, (from, to): (GroupId, GroupId), learnt: &Learnt) -> Result<()> {
    if !learnt.moved.is_empty() {
        // One that is moved on had come to the first group's address all the same.
        let text = format!(
            "UPDATE group_message_ids SET group_id = $2, moved_from = coalesce(moved_from, $1)
             WHERE group_id = $1 AND message_id IN ({})",
            places(3, learnt.moved.len())
        );
        on!(tx, conn => learnt.moved.iter().fold(sqlx::query(built(text)).bind(from).bind(to), |q, id| q.bind(id))
            .execute(conn).await.map(affected))?;
    }
    if !learnt.added.is_empty() {
        let text = format!(
            "INSERT INTO group_message_ids (message_id, group_id, moved_from) VALUES {}
             ON CONFLICT (message_id) DO NOTHING",
            tuples(learnt.added.len(), 3)
        );
        on!(tx, conn => learnt.added.iter()
            .fold(sqlx::query(built(text)), |q, id| q.bind(id).bind(to).bind(from))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// Takes back what was learnt when a message went from one group to the other. Two statements at the most.
pub async fn unlearn(tx: &mut Tx, (from, to): (GroupId, GroupId), learnt: &Learnt) -> Result<()> {
    if !learnt.moved.is_empty() {
        let text = format!(
            "UPDATE group_message_ids SET group_id = $1,
                 moved_from = CASE WHEN moved_from = $1 THEN NULL ELSE moved_from END
             WHERE group_id = $2 AND message_id IN ({})",
            places(3, learnt.moved.len())
        );
        on!(tx, conn => learnt.moved.iter().fold(sqlx::query(built(text)).bind(from).bind(to), |q, id| q.bind(id))
            .execute(conn).await.map(affected))?;
    }
    if !learnt.added.is_empty() {
        let text = format!(
            "DELETE FROM group_message_ids WHERE group_id = $1 AND message_id IN ({})",
            places(2, learnt.added.len())
        );
        on!(tx, conn => learnt.added.iter().fold(sqlx::query(built(text)).bind(to), |q, id| q.bind(id))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// From which group to which the first of these Message-IDs was moved by hand, if any was. One statement.
pub async fn moved_id(tx: &mut Tx, message_ids: &[String]) -> Result<Option<(GroupId, GroupId)>> {
    if message_ids.is_empty() {
        return Ok(None);
    }
    let text = format!(
        "SELECT moved_from, group_id FROM group_message_ids
         WHERE moved_from IS NOT NULL AND message_id IN ({}) LIMIT 1",
        places(1, message_ids.len())
    );
    Ok(on!(tx, conn => message_ids.iter()
        .fold(sqlx::query_as(built(text)), |q, id| q.bind(canonical(id))).fetch_optional(conn).await)?)
}
