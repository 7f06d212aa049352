//! The tables of distribution lists that directories have.

use sqlx::FromRow;
use sqlx::types::Json;

use super::sql::{ROWS, built, four_words, places, tuples};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::address::EmailAddress;
use crate::domain::digest::Digest;
use crate::domain::ids::{DraftId, ListId, PersonId};
use crate::domain::people_set::{Listed, PeopleSet, SetOffer, SourceList, place_key};

/// A list as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptList {
    pub id: ListId,
    pub source: String,
    pub locator_key: String,
    pub name: String,
    pub members: Vec<Listed>,
    /// How many it has, beyond those that are kept too.
    pub total: i64,
}

#[derive(FromRow)]
struct ListRow {
    id: ListId,
    source: String,
    locator_key: String,
    name: String,
    members: Json<Vec<Listed>>,
    total: i64,
}

impl From<ListRow> for KeptList {
    fn from(row: ListRow) -> Self {
        let ListRow { id, source, locator_key, name, members, total } = row;
        Self { id, source, locator_key, name, members: members.0, total }
    }
}

const SELECT: &str = "SELECT id, source, locator_key, name, members, total FROM directory_lists";

/// What a source is known to have said of each of its lists, short.
pub async fn stamps(tx: &mut Tx, source: &str) -> Result<Vec<(String, Digest)>> {
    let rows: Vec<(String, Vec<u8>)> = on!(tx, conn => sqlx::query_as(
        "SELECT uid, digest FROM directory_lists WHERE source = $1").bind(source).fetch_all(conn).await)?;
    let corrupt = || StoreError::Corrupt { table: "directory_lists", column: "digest" };
    let stamp =
        |(uid, digest): (String, Vec<u8>)| Ok((uid, Digest::from_bytes(&digest).ok_or_else(corrupt)?));
    rows.into_iter().map(stamp).collect()
}

/// Keeps what a source says of some lists now; one that was kept before keeps its id. Each list once. Four statements.
pub async fn keep(tx: &mut Tx, source: &str, lists: &[(ListId, SourceList)]) -> Result<()> {
    for part in lists.chunks(ROWS) {
        let text = format!(
            "INSERT INTO directory_lists (id, source, uid, locator_key, name, search_text, members, total, digest) VALUES {}
             ON CONFLICT (source, uid) DO UPDATE SET locator_key = excluded.locator_key, name = excluded.name,
               search_text = excluded.search_text, members = excluded.members, total = excluded.total,
               digest = excluded.digest",
            tuples(part.len(), 9)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, (id, list)| {
            q.bind(*id)
                .bind(source)
                .bind(&list.uid)
                .bind(place_key(&list.locator))
                .bind(&list.name)
                .bind(search_text(list))
                .bind(Json(&list.members))
                .bind(i64::try_from(list.total).unwrap_or(i64::MAX))
                .bind(list.digest().as_bytes().to_vec())
        })
        .execute(conn)
        .await.map(affected))?;
        keep_addresses(tx, source, part).await?;
    }
    Ok(())
}

async fn keep_addresses(tx: &mut Tx, source: &str, lists: &[(ListId, SourceList)]) -> Result<()> {
    let text = format!(
        "SELECT uid, id FROM directory_lists WHERE source = $1 AND uid IN ({})",
        places(2, lists.len())
    );
    let ids: Vec<(String, ListId)> = on!(tx, conn => lists.iter()
        .fold(sqlx::query_as(built(text)).bind(source), |q, (_, list)| q.bind(&list.uid)).fetch_all(conn).await)?;
    let text = format!("DELETE FROM directory_list_addresses WHERE list_id IN ({})", places(1, ids.len()));
    on!(tx, conn => ids.iter().fold(sqlx::query(built(text)), |q, (_, id)| q.bind(*id))
        .execute(conn).await.map(affected))?;
    let id_of = |uid: &str| ids.iter().find(|(known, _)| known == uid).map(|(_, id)| *id);
    let rows: Vec<(ListId, &EmailAddress)> = lists
        .iter()
        .filter_map(|(_, list)| Some((id_of(&list.uid)?, &list.addresses)))
        .flat_map(|(id, addresses)| addresses.iter().map(move |address| (id, address)))
        .collect();
    for part in rows.chunks(ROWS) {
        let text = format!(
            "INSERT INTO directory_list_addresses (address_key, list_id) VALUES {} ON CONFLICT DO NOTHING",
            tuples(part.len(), 2)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, (id, address)| q.bind(address.key()).bind(*id))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

fn search_text(list: &SourceList) -> String {
    let mut text = list.name.to_lowercase();
    for address in &list.addresses {
        text.push('\n');
        text.push_str(address.key());
    }
    text
}

/// These lists are gone from their source.
pub async fn forget(tx: &mut Tx, source: &str, uids: &[String]) -> Result<()> {
    for part in uids.chunks(ROWS) {
        let text =
            format!("DELETE FROM directory_lists WHERE source = $1 AND uid IN ({})", places(2, part.len()));
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)).bind(source), |q, uid| q.bind(uid))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// Lists in whose name or addresses every word of a query stands (the first four count), by name.
pub async fn search(tx: &mut Tx, query: &str, limit: i64) -> Result<Vec<SetOffer>> {
    let [first, second, third, fourth] = four_words(query);
    let rows: Vec<(ListId, String, i64)> = on!(tx, conn => sqlx::query_as(
        "SELECT id, name, total FROM directory_lists
         WHERE search_text LIKE $1 ESCAPE '\\' AND search_text LIKE $2 ESCAPE '\\'
           AND search_text LIKE $3 ESCAPE '\\' AND search_text LIKE $4 ESCAPE '\\'
         ORDER BY search_text, id LIMIT $5")
        .bind(&first).bind(&second).bind(&third).bind(&fourth).bind(limit).fetch_all(conn).await)?;
    let offer = |(id, name, count)| SetOffer { set: PeopleSet::List(id), name, count };
    Ok(rows.into_iter().map(offer).collect())
}

/// The lists with these ids.
pub async fn list(tx: &mut Tx, ids: &[ListId]) -> Result<Vec<KeptList>> {
    let mut found = Vec::new();
    for part in ids.chunks(ROWS) {
        let text = format!("{SELECT} WHERE id IN ({})", places(1, part.len()));
        let rows: Vec<ListRow> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
        found.extend(rows.into_iter().map(KeptList::from));
    }
    Ok(found)
}

/// The lists of a source at some places.
pub async fn list_at(tx: &mut Tx, source: &str, keys: &[String]) -> Result<Vec<KeptList>> {
    let mut found = Vec::new();
    for part in keys.chunks(ROWS) {
        let text = format!("{SELECT} WHERE source = $1 AND locator_key IN ({})", places(2, part.len()));
        let rows: Vec<ListRow> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)).bind(source), |q, key| q.bind(key)).fetch_all(conn).await)?;
        found.extend(rows.into_iter().map(KeptList::from));
    }
    Ok(found)
}

/// Which of some addresses are those of lists; an address can be that of several.
pub async fn find_by_addresses(tx: &mut Tx, addresses: &[EmailAddress]) -> Result<Vec<(String, ListId)>> {
    let mut found = Vec::new();
    for part in addresses.chunks(ROWS) {
        let text = format!(
            "SELECT address_key, list_id FROM directory_list_addresses WHERE address_key IN ({})
             ORDER BY address_key, list_id",
            places(1, part.len())
        );
        let mut rows: Vec<(String, ListId)> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)), |q, address| q.bind(address.key())).fetch_all(conn).await)?;
        found.append(&mut rows);
    }
    Ok(found)
}

/// The people of a source at some places.
pub async fn persons_at(tx: &mut Tx, source: &str, keys: &[String]) -> Result<Vec<(String, PersonId)>> {
    let mut found = Vec::new();
    for part in keys.chunks(ROWS) {
        let text = format!(
            "SELECT locator_key, person_id FROM directory_entries WHERE source = $1 AND locator_key IN ({})",
            places(2, part.len())
        );
        let mut rows: Vec<(String, PersonId)> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)).bind(source), |q, key| q.bind(key)).fetch_all(conn).await)?;
        found.append(&mut rows);
    }
    Ok(found)
}

/// The mails of a draft went to these lists.
pub async fn add_to_draft(tx: &mut Tx, draft: DraftId, lists: &[ListId]) -> Result<()> {
    for part in lists.chunks(ROWS) {
        let text = format!(
            "INSERT INTO draft_lists (draft_id, list_id) VALUES {} ON CONFLICT DO NOTHING",
            tuples(part.len(), 2)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, id| q.bind(draft).bind(*id))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// The lists to which the mails of a draft went, by name.
pub async fn list_of_draft(tx: &mut Tx, draft: DraftId) -> Result<Vec<SetOffer>> {
    let rows: Vec<(ListId, String, i64)> = on!(tx, conn => sqlx::query_as(
        "SELECT l.id, l.name, l.total FROM draft_lists d JOIN directory_lists l ON l.id = d.list_id
         WHERE d.draft_id = $1 ORDER BY l.search_text, l.id")
        .bind(draft).fetch_all(conn).await)?;
    let offer = |(id, name, count)| SetOffer { set: PeopleSet::List(id), name, count };
    Ok(rows.into_iter().map(offer).collect())
}
