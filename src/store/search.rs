//! The index of messages: words in SQLite's FTS5 or in a `tsvector` of PostgreSQL.
//!
//! Both are given words that were made in Rust and keep them as they are. So the texts of the statements differ, and
//! what is found does not.

use std::collections::BTreeSet;

use sqlx::FromRow;

use super::sql::{ROWS, built, places, tuples};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, MessageId, PersonId};
use crate::domain::message::{Message, Source};
use crate::domain::search::{Entry, Phrase, SIGN, Wanted};
use crate::domain::time::Timestamp;
use crate::mail::markdown::text_of;

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Found {
    /// The later, the greater: see [`crate::domain::search::entry::number`].
    pub number: i64,
    pub id: MessageId,
    pub group_id: GroupId,
    pub seq: i64,
    pub author_id: Option<PersonId>,
    pub author_name: String,
    pub author_photo: Option<Vec<u8>>,
    pub source: Source,
    pub posted_at: Timestamp,
    pub markdown: String,
}

/// What messages must have that are found by their marks.
#[derive(Clone, Debug)]
pub struct Tagged {
    pub wanted: Wanted,
    /// The names by which groups know the tags: a mark of each must be on the message, or on something in it.
    pub tags: BTreeSet<String>,
    /// In one of these, or in any.
    pub groups: Option<Vec<GroupId>>,
}

/// Two messages of one millisecond rarely have one number.
const TRIES: i64 = 8;

/// Brings the index up to date with what has become of a message. None to three statements.
///
/// # Errors
/// As [`index`].
pub async fn index_change(tx: &mut Tx, before: &Message, now: &Message) -> Result<()> {
    if now.trace.removed.is_some() {
        return remove(tx, now.id).await;
    }
    if before.body == now.body && before.files == now.files {
        return Ok(());
    }
    index(tx, now).await
}

/// Puts a message with its files into the index, or what it has become. Two statements at most, unless another
/// message has its number.
///
/// # Errors
/// [`StoreError::Taken`] when its number and those after it are another's.
pub async fn index(tx: &mut Tx, message: &Message) -> Result<()> {
    index_all(tx, std::slice::from_ref(message)).await
}

/// Puts messages with their files into the index, or what they have become. Two statements for up to 2,000, unless
/// others have their numbers; none for none.
///
/// # Errors
/// As [`index`].
pub async fn index_all(tx: &mut Tx, messages: &[Message]) -> Result<()> {
    for part in messages.chunks(ROWS) {
        let entry = |message: &Message| Entry::of(message, &text_of(message.source, &message.body.markdown));
        put(tx, part.iter().map(entry).collect()).await?;
    }
    Ok(())
}

async fn put(tx: &mut Tx, mut entries: Vec<Entry>) -> Result<()> {
    for _ in 0..TRIES {
        let put = if tx.is_postgres() {
            put_postgres(tx, &entries).await?
        } else {
            put_sqlite(tx, &entries).await?
        };
        if put == entries.len() as u64 {
            return Ok(());
        }
        // An entry that is there keeps its number; the others try the next.
        entries.iter_mut().for_each(|entry| entry.number += 1);
    }
    Err(StoreError::Taken)
}

/// How many of the entries are there now; the numbers of the others are other messages'.
async fn put_sqlite(tx: &mut Tx, entries: &[Entry]) -> Result<u64> {
    let text = format!(
        "INSERT INTO search_entries (message_id, number, group_id, seq) VALUES {} ON CONFLICT DO NOTHING",
        tuples(entries.len(), 4)
    );
    on!(tx, conn => entries.iter().fold(sqlx::query(built(text)), |q, entry| {
        q.bind(entry.message).bind(entry.number).bind(entry.group).bind(entry.seq)
    }).execute(conn).await.map(affected))?;
    let text = format!(
        "INSERT OR REPLACE INTO search_words (rowid, words)
         SELECT e.number, v.column2 FROM (VALUES {}) AS v JOIN search_entries e ON e.message_id = v.column1",
        tuples(entries.len(), 2)
    );
    Ok(on!(tx, conn => entries.iter().fold(sqlx::query(built(text)), |q, entry| {
        q.bind(entry.message).bind(fts5_text(entry))
    }).execute(conn).await.map(affected))?)
}

async fn put_postgres(tx: &mut Tx, entries: &[Entry]) -> Result<u64> {
    let text = format!(
        "INSERT INTO search_entries (message_id, number, group_id, seq, words)
         SELECT v.column1, v.column2, v.column3, v.column4, CAST(v.column5 AS tsvector) FROM (VALUES {}) AS v
         ON CONFLICT DO NOTHING",
        tuples(entries.len(), 5)
    );
    let put = on!(tx, conn => entries.iter().fold(sqlx::query(built(text)), |q, entry| {
        q.bind(entry.message).bind(entry.number).bind(entry.group).bind(entry.seq).bind(tsvector(entry))
    }).execute(conn).await.map(affected))?;
    if put == entries.len() as u64 {
        return Ok(put);
    }
    let text = format!(
        "UPDATE search_entries SET words = CAST(v.column2 AS tsvector) FROM (VALUES {}) AS v
         WHERE message_id = v.column1",
        tuples(entries.len(), 2)
    );
    Ok(on!(tx, conn => entries.iter().fold(sqlx::query(built(text)), |q, entry| {
        q.bind(entry.message).bind(tsvector(entry))
    }).execute(conn).await.map(affected))?)
}

/// Takes a message out of the index. Two statements.
pub async fn remove(tx: &mut Tx, message: MessageId) -> Result<()> {
    if !tx.is_postgres() {
        on!(tx, conn => sqlx::query(
            "DELETE FROM search_words WHERE rowid IN (SELECT number FROM search_entries WHERE message_id = $1)")
            .bind(message).execute(conn).await.map(affected))?;
    }
    on!(tx, conn => sqlx::query("DELETE FROM search_entries WHERE message_id = $1")
        .bind(message).execute(conn).await.map(affected))?;
    Ok(())
}

/// Messages that have what is wanted, in groups of this person and not before what they may see, the newest first: up
/// to `limit` with numbers from the first to before the second. One statement.
pub async fn find(
    tx: &mut Tx,
    person: PersonId,
    wanted: &Wanted,
    (from, before): (i64, i64),
    limit: i64,
) -> Result<Vec<Found>> {
    if wanted.is_hopeless() {
        return Ok(Vec::new());
    }
    let is_postgres = tx.is_postgres();
    let wanted = if is_postgres { tsquery(wanted) } else { fts5_query(wanted) };
    let text = if is_postgres { FIND_POSTGRES } else { FIND_SQLITE };
    Ok(on!(tx, conn => sqlx::query_as(text)
        // Not kept as a plan for all queries: the best one depends on how often the words are there.
        .persistent(!is_postgres)
        .bind(wanted).bind(person).bind(from).bind(before).bind(limit)
        .fetch_all(conn).await)?)
}

/// Goes through the words' lists from the newest entry on, and stops when there are enough.
const FIND_SQLITE: &str = "
    SELECT e.number, m.id, m.group_id, m.seq, m.author_id, m.author_name,
        (SELECT p.photo FROM persons p WHERE p.id = m.author_id) AS author_photo, m.source, m.posted_at, m.markdown
    FROM search_words w
    CROSS JOIN search_entries e ON e.number = w.rowid
    CROSS JOIN members r ON r.group_id = e.group_id AND r.person_id = $2 AND r.first_seq <= e.seq
    CROSS JOIN messages m ON m.id = e.message_id
    WHERE w.search_words MATCH $1 AND w.rowid >= $3 AND w.rowid < $4
    ORDER BY w.rowid DESC LIMIT $5";

/// Chooses by how often the words are there: their lists, or all entries from the newest on.
const FIND_POSTGRES: &str = "
    SELECT f.number, m.id, m.group_id, m.seq, m.author_id, m.author_name,
        (SELECT p.photo FROM persons p WHERE p.id = m.author_id) AS author_photo, m.source, m.posted_at, m.markdown
    FROM (SELECT e.number, e.message_id FROM search_entries e
          JOIN members r ON r.group_id = e.group_id AND r.person_id = $2 AND r.first_seq <= e.seq
          WHERE e.words @@ CAST($1 AS tsquery) AND e.number >= $3 AND e.number < $4
          ORDER BY e.number DESC LIMIT $5) f
    JOIN messages m ON m.id = f.message_id ORDER BY f.number DESC";

/// As [`find`], of the messages that are marked so now. One statement.
///
/// Marks are no words of the index: they come and go more often than texts, and a tag that is merged would write anew
/// every message that had it. They are looked up from the person's groups on, and what they lead to is few.
pub async fn find_tagged(
    tx: &mut Tx,
    person: PersonId,
    tagged: &Tagged,
    (from, before): (i64, i64),
    limit: i64,
) -> Result<Vec<Found>> {
    if tagged.wanted.is_hopeless() {
        return Ok(Vec::new());
    }
    let is_postgres = tx.is_postgres();
    let text = format!("{} {}", with_tagged(tagged, is_postgres), found_among(tagged, is_postgres));
    let wanted = if is_postgres { tsquery(&tagged.wanted) } else { fts5_query(&tagged.wanted) };
    let groups = tagged.groups.as_deref().unwrap_or_default();
    Ok(on!(tx, conn => {
        let query = sqlx::query_as(built(text)).persistent(!is_postgres)
            .bind(person).bind(from).bind(before).bind(limit).bind(tagged.tags.len() as i64);
        let query = tagged.tags.iter().fold(query, |q, tag| q.bind(tag));
        let query = groups.iter().fold(query, |q, group| q.bind(*group));
        let query = if tagged.wanted.is_empty() { query } else { query.bind(wanted) };
        query.fetch_all(conn).await
    })?)
}

/// The numbers of all messages that are marked so. SQLite is told in which order: it can't know that a person is in few
/// groups, and a group has few of these tags.
fn with_tagged(tagged: &Tagged, is_postgres: bool) -> String {
    let join = if is_postgres { "JOIN" } else { "CROSS JOIN" };
    let tags = places(6, tagged.tags.len());
    let groups = match &tagged.groups {
        Some(groups) => format!("AND r.group_id IN ({})", places(6 + tagged.tags.len(), groups.len())),
        None => String::new(),
    };
    format!(
        "WITH tagged (number) AS MATERIALIZED (
            SELECT e.number FROM members r
            {join} tags t ON t.group_id = r.group_id AND t.folded IN ({tags})
            {join} marks k ON k.tag_id = t.id AND k.seq >= r.first_seq
            {join} search_entries e ON e.message_id = k.message_id
            WHERE r.person_id = $1 {groups} AND e.number >= $2 AND e.number < $3
            GROUP BY e.number HAVING count(DISTINCT t.folded) = $5)"
    )
}

/// Those of them that have what is wanted besides, which is bound last. SQLite goes through the words' lists between the
/// first and the last of them: to match one entry alone costs as much as to begin all of these lists.
fn found_among(tagged: &Tagged, is_postgres: bool) -> String {
    let wanted = 6 + tagged.tags.len() + tagged.groups.as_ref().map_or(0, Vec::len);
    let numbers = match (tagged.wanted.is_empty(), is_postgres) {
        (true, _) => "SELECT number FROM tagged ORDER BY number DESC LIMIT $4".to_owned(),
        (false, true) => format!(
            "SELECT f.number FROM tagged f JOIN search_entries e ON e.number = f.number
             WHERE e.words @@ CAST(${wanted} AS tsquery) ORDER BY f.number DESC LIMIT $4"
        ),
        (false, false) => format!(
            "SELECT w.rowid AS number FROM search_words w
             WHERE w.search_words MATCH ${wanted}
                AND w.rowid >= coalesce((SELECT min(number) FROM tagged), 1)
                AND w.rowid <= coalesce((SELECT max(number) FROM tagged), 0)
                AND +w.rowid IN (SELECT number FROM tagged)
             ORDER BY w.rowid DESC LIMIT $4"
        ),
    };
    format!(
        "SELECT e.number, m.id, m.group_id, m.seq, m.author_id, m.author_name,
        (SELECT p.photo FROM persons p WHERE p.id = m.author_id) AS author_photo, m.source, m.posted_at, m.markdown
         FROM ({numbers}) n
         JOIN search_entries e ON e.number = n.number
         JOIN messages m ON m.id = e.message_id ORDER BY e.number DESC"
    )
}

/// The words one after the other. Where one was left out stands a word that no phrase has.
fn fts5_text(entry: &Entry) -> String {
    let sign = SIGN.to_string();
    let words: Vec<&str> = entry.words.iter().map(|word| word.as_deref().unwrap_or(&sign)).collect();
    words.join(" ")
}

/// `("second round" OR "budg" *) AND ("会议")`
fn fts5_query(wanted: &Wanted) -> String {
    joined(wanted, [" AND ", " OR "], |phrase| {
        format!("\"{}\"{}", phrase.words().join(" "), if phrase.is_open() { " *" } else { "" })
    })
}

/// `'budget':1 'round':3`
fn tsvector(entry: &Entry) -> String {
    let placed = entry.words.iter().enumerate().filter_map(|(at, word)| Some((at + 1, word.as_ref()?)));
    placed.map(|(place, word)| format!("'{word}':{place} ")).collect()
}

/// `('second' <-> 'round' | 'budg':*) & ('会议')`
fn tsquery(wanted: &Wanted) -> String {
    joined(wanted, [" & ", " | "], |phrase| {
        let words: Vec<String> = phrase.words().iter().map(|word| format!("'{word}'")).collect();
        words.join(" <-> ") + if phrase.is_open() { ":*" } else { "" }
    })
}

/// Words hold letters and digits only, so that none of them can be taken for an operator.
fn joined(wanted: &Wanted, [and, or]: [&str; 2], written: impl Fn(&Phrase) -> String) -> String {
    let line = |phrases: &Vec<Phrase>| {
        let written: Vec<String> = phrases.iter().map(&written).collect();
        format!("({})", written.join(or))
    };
    wanted.lines().iter().map(line).collect::<Vec<_>>().join(and)
}
