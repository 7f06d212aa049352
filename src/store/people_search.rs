//! Finding people while somebody types: among tens of thousands, at each key.

use super::persons::list;
use super::sql::{built, four_words, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::person::Person;

/// The longest word that is looked for, in characters.
const LONGEST_WORD: usize = 200;

/// Where people are looked for, one after the other until enough are found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stretch {
    /// Those that begin with the first word: a few steps along the index.
    Beginning,
    /// The first of the index, in which a word that many have is found soon.
    Front,
    /// All of them.
    Everybody,
}

/// So many are the front of the index: what one in a hundred has is found in it.
const FRONT: usize = 1_000;

/// So many new or changed people make the database's own idea of how they lie wrong.
pub const MANY: usize = 1_000;

/// What is looked for on a database.
struct Wanted {
    words: Vec<String>,
    is_postgres: bool,
}

/// Persons in whose name, addresses, department or position every word of `query` occurs (the first four words count),
/// by name; those whose name begins with the first word first. Those who have departed are not found. Up to five statements,
/// on PostgreSQL six.
pub async fn search(tx: &mut Tx, query: &str, limit: i64) -> Result<Vec<Person>> {
    let wanted = Wanted { words: plain_words(query), is_postgres: tx.is_postgres() };
    let mut ids = Vec::new();
    for stretch in wanted.stretches() {
        let rest = limit - i64::try_from(ids.len()).unwrap_or(limit);
        if rest > 0 {
            let mut found = wanted.look(tx, (*stretch, &ids), rest).await?;
            ids.append(&mut found);
        }
    }
    list(tx, &ids).await
}

fn plain_words(query: &str) -> Vec<String> {
    let words = query.split_whitespace().take(4);
    let clean = |word: &str| {
        word.to_lowercase().chars().filter(|c| *c != '\0').take(LONGEST_WORD).collect::<String>()
    };
    words.map(clean).filter(|word| !word.is_empty()).collect()
}

impl Wanted {
    fn stretches(&self) -> &'static [Stretch] {
        match (self.words.is_empty(), self.is_postgres) {
            (true, _) => &[Stretch::Beginning],
            // SQLite walks along its index until enough are found: it has all that is looked at. PostgreSQL goes from there to
            // each row, which for all of them takes ten times as long as reading them as they lie.
            (false, false) => &[Stretch::Beginning, Stretch::Everybody],
            (false, true) => &[Stretch::Beginning, Stretch::Front, Stretch::Everybody],
        }
    }

    /// Those of a stretch who were not found before. One statement.
    async fn look(
        &self,
        tx: &mut Tx,
        (stretch, before): (Stretch, &[PersonId]),
        limit: i64,
    ) -> Result<Vec<PersonId>> {
        // In the order of bytes on both databases, so that a beginning is a range; as the index has it, whose rows have a limit.
        let text = if self.is_postgres { "left(search_text, 300) COLLATE \"C\"" } else { "search_text" };
        let (begins, holds) =
            self.words.split_at(usize::from(stretch == Stretch::Beginning).min(self.words.len()));
        // No character comes after this one.
        let mut values: Vec<String> =
            begins.iter().flat_map(|begin| [begin.clone(), format!("{begin}\u{10ffff}")]).collect();
        let ranged =
            if begins.is_empty() { String::new() } else { format!(" AND {text} >= $1 AND {text} < $2") };
        let held: String = (values.len() + 1..=values.len() + holds.len()).map(|n| self.holds(n)).collect();
        values.extend(holds.iter().map(|word| if self.is_postgres { word.clone() } else { anywhere(word) }));
        let persons = "SELECT id, search_text, departed_at FROM persons WHERE departed_at IS NULL";
        let among = match (stretch, self.is_postgres) {
            (Stretch::Front, _) => format!("({persons} ORDER BY {text}, id LIMIT {FRONT}) front"),
            // It would guess that many have the word, and walk along the index for the first few of them. From this it has
            // to take all, as they lie.
            (Stretch::Everybody, true) => format!("({persons}{held} OFFSET 0) everybody"),
            (Stretch::Beginning | Stretch::Everybody, _) => "persons".to_owned(),
        };
        let others = match before.len() {
            0 => String::new(),
            count => format!(" AND id NOT IN ({})", places(values.len() + 1, count)),
        };
        let statement = format!(
            "SELECT id FROM {among} WHERE departed_at IS NULL{ranged}{held}{others} ORDER BY {text}, id LIMIT ${}",
            values.len() + before.len() + 1
        );
        let rows: Vec<(PersonId,)> = on!(tx, conn => {
            let query = values.iter().fold(sqlx::query_as(built(statement)), |q, value| q.bind(value));
            before.iter().fold(query, |q, id| q.bind(*id)).bind(limit).fetch_all(conn).await
        })?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// That a word stands in it. Done for each of tens of thousands: with `instr` and `LIKE` it takes longer by a third.
    fn holds(&self, n: usize) -> String {
        match self.is_postgres {
            true => format!(" AND strpos(search_text, ${n}) > 0"),
            false => format!(" AND search_text GLOB ${n}"),
        }
    }
}

/// Lets PostgreSQL look anew at how people lie, as it would do within some minutes by itself; until then it sorts all of them
/// for each key that is typed. SQLite needs no such thing. One statement.
pub async fn settle(tx: &mut Tx) -> Result<()> {
    if tx.is_postgres() {
        on!(tx, conn => sqlx::query("ANALYZE persons").execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// A pattern of SQLite's GLOB for texts in which a word stands.
fn anywhere(word: &str) -> String {
    let mut pattern = "*".to_owned();
    for c in word.chars() {
        match c {
            '*' | '?' | '[' => pattern.extend(['[', c, ']']),
            c => pattern.push(c),
        }
    }
    pattern + "*"
}

/// The same among all, those who have departed too.
pub async fn search_everybody(tx: &mut Tx, query: &str, limit: i64) -> Result<Vec<Person>> {
    search_within(tx, None, query, limit).await
}

/// The same among the members of a group.
pub async fn search_members(tx: &mut Tx, group: GroupId, query: &str, limit: i64) -> Result<Vec<Person>> {
    search_within(tx, Some(group), query, limit).await
}

async fn search_within(tx: &mut Tx, group: Option<GroupId>, query: &str, limit: i64) -> Result<Vec<Person>> {
    let words: Vec<String> = four_words(query).into_iter().filter(|word| word != "%").collect();
    let all = words.len();
    // Each condition more is looked at for everybody, and the address book may have tens of thousands.
    let holds: String = (1..=all).map(|n| format!(" AND search_text LIKE ${n} ESCAPE '\\'")).collect();
    let (group_at, begin_at, limit_at) = (all + 1, all + 2, all + 3);
    let text = format!(
        "SELECT id FROM persons WHERE (${group_at} IS NULL OR id IN (SELECT person_id FROM members WHERE group_id = ${group_at})){holds}
         ORDER BY CASE WHEN search_text LIKE ${begin_at} ESCAPE '\\' THEN 0 ELSE 1 END, search_text, id
         LIMIT ${limit_at}"
    );
    let begin = words.first().map_or("%", |first| first.trim_start_matches('%'));
    let ids: Vec<(PersonId,)> = on!(tx, conn => words
        .iter()
        .fold(sqlx::query_as(built(text)), |q, word| q.bind(word))
        .bind(group)
        .bind(begin)
        .bind(limit)
        .fetch_all(conn)
        .await)?;
    list(tx, &ids.into_iter().map(|(id,)| id).collect::<Vec<_>>()).await
}
