//! The tables of persons, their addresses and phones.

use sqlx::FromRow;

use super::sql::{ROWS, built, held, places, tuples};
use super::{
    Result, StoreError, Tx, photos,
    tx::{affected, on},
};
use crate::domain::address::EmailAddress;
use crate::domain::ids::PersonId;
use crate::domain::person::{Entry, Origin, Person};
use crate::domain::time::Timestamp;

/// A person to be written.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub id: PersonId,
    pub entry: Entry,
    pub origin: Origin,
}

#[derive(FromRow)]
struct PersonRow {
    id: PersonId,
    full_name: String,
    department: String,
    position: String,
    origin: Origin,
    departed_at: Option<Timestamp>,
    photo: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct AddressRow {
    person_id: PersonId,
    address: String,
}

#[derive(FromRow)]
struct PhoneRow {
    person_id: PersonId,
    phone: String,
}

/// Whose addresses these are; addresses nobody has are left out. Those that people have said are theirs count where the
/// address book says nothing of them. One statement.
pub async fn find_by_addresses(
    tx: &mut Tx,
    addresses: &[EmailAddress],
) -> Result<Vec<(EmailAddress, PersonId)>> {
    let mut found = Vec::new();
    for part in addresses.chunks(ROWS) {
        let text = format!(
            "SELECT person_id, address FROM person_addresses WHERE address_key IN ({among})
             UNION ALL
             SELECT person_id, address FROM address_claims c WHERE state = 'accepted' AND address_key IN ({among})
               AND NOT EXISTS (SELECT 1 FROM person_addresses p WHERE p.address_key = c.address_key)",
            among = places(1, part.len())
        );
        let rows: Vec<AddressRow> = on!(tx, conn => {
            let mut query = sqlx::query_as(built(text));
            for address in part {
                query = query.bind(address.key());
            }
            query.fetch_all(conn).await
        })?;
        for row in rows {
            found.push((parsed(&row.address)?, row.person_id));
        }
    }
    Ok(found)
}

/// The same of addresses that mails bring: with a detail after a `+` (RFC 5233) it is theirs who has it without, unless
/// somebody has just that one. Nobody is let in by it, and nothing goes there: some systems know no details, and another
/// person may have that address. One statement.
pub async fn find_by_written(
    tx: &mut Tx,
    addresses: &[EmailAddress],
) -> Result<Vec<(EmailAddress, PersonId)>> {
    let mut asked = addresses.to_vec();
    asked.extend(addresses.iter().filter_map(EmailAddress::without_detail));
    let found = find_by_addresses(tx, &asked).await?;
    let whose = |address: &EmailAddress| {
        let has =
            |one: &EmailAddress| found.iter().filter(|(known, _)| known == one).map(|(_, id)| *id).collect();
        let exact: Vec<PersonId> = has(address);
        match address.without_detail().filter(|_| exact.is_empty()) {
            Some(plain) => has(&plain),
            None => exact,
        }
    };
    let owned = |address: &EmailAddress| {
        whose(address).into_iter().map(|id| (address.clone(), id)).collect::<Vec<_>>()
    };
    Ok(addresses.iter().flat_map(owned).collect())
}

/// The person who has an address.
pub async fn find_by_address(tx: &mut Tx, address: &EmailAddress) -> Result<Option<Person>> {
    let found = find_by_addresses(tx, std::slice::from_ref(address)).await?;
    match found.first() {
        Some((_, id)) => find(tx, *id).await,
        None => Ok(None),
    }
}

/// Lets others wait who would do the same for this person, until this transaction ends; see [`super::groups::hold`].
pub async fn hold(tx: &mut Tx, id: PersonId) -> Result<()> {
    if tx.is_postgres() {
        let text = format!("SELECT 1 FROM persons WHERE id = $1{}", held(tx));
        on!(tx, conn => sqlx::query(built(text)).bind(id).execute(conn).await.map(affected))?;
    }
    Ok(())
}

pub async fn find(tx: &mut Tx, id: PersonId) -> Result<Option<Person>> {
    Ok(list(tx, &[id]).await?.pop())
}

/// The persons with these ids, in the order asked for; unknown ids are left out. Three statements.
pub async fn list(tx: &mut Tx, ids: &[PersonId]) -> Result<Vec<Person>> {
    let mut persons = Vec::with_capacity(ids.len());
    for part in ids.chunks(ROWS) {
        persons.append(&mut list_part(tx, part).await?);
    }
    Ok(persons)
}

async fn list_part(tx: &mut Tx, ids: &[PersonId]) -> Result<Vec<Person>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let among = places(1, ids.len());
    let rows: Vec<PersonRow> = on!(tx, conn => {
        let text = format!("SELECT id, full_name, department, position, origin, departed_at, photo FROM persons WHERE id IN ({among})");
        ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(id)).fetch_all(conn).await
    })?;
    let addresses: Vec<AddressRow> = on!(tx, conn => {
        let text = format!("SELECT person_id, address FROM person_addresses WHERE person_id IN ({among}) ORDER BY rank, address_key");
        ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(id)).fetch_all(conn).await
    })?;
    let phones: Vec<PhoneRow> = on!(tx, conn => {
        let text = format!("SELECT person_id, phone FROM person_phones WHERE person_id IN ({among}) ORDER BY rank");
        ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(id)).fetch_all(conn).await
    })?;
    put_together(ids, rows, &addresses, &phones)
}

fn put_together(
    ids: &[PersonId],
    rows: Vec<PersonRow>,
    addresses: &[AddressRow],
    phones: &[PhoneRow],
) -> Result<Vec<Person>> {
    let mut persons: std::collections::HashMap<PersonId, Person> =
        rows.into_iter().map(|r| (r.id, r.into())).collect();
    for row in addresses {
        if let Some(person) = persons.get_mut(&row.person_id) {
            person.addresses.push(parsed(&row.address)?);
        }
    }
    for row in phones {
        if let Some(person) = persons.get_mut(&row.person_id) {
            person.phones.push(row.phone.clone());
        }
    }
    Ok(ids.iter().filter_map(|id| persons.remove(id)).collect())
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self {
            id: row.id,
            full_name: row.full_name,
            addresses: Vec::new(),
            phones: Vec::new(),
            department: row.department,
            position: row.position,
            origin: row.origin,
            departed_at: row.departed_at,
            photo: photos::mark(row.photo),
        }
    }
}

fn parsed(address: &str) -> Result<EmailAddress> {
    address.parse().map_err(|_| StoreError::Corrupt { table: "person_addresses", column: "address" })
}

/// Writes new persons; an address that somebody has already stays theirs. Three statements.
pub async fn insert(tx: &mut Tx, persons: &[NewPerson], now: Timestamp) -> Result<()> {
    for part in persons.chunks(ROWS) {
        if part.is_empty() {
            continue;
        }
        on!(tx, conn => {
            let text = format!(
                "INSERT INTO persons (id, full_name, department, position, origin, search_text, created_at, updated_at, photo) VALUES {}",
                tuples(part.len(), 9)
            );
            part.iter().fold(sqlx::query(built(text)), |q, p| {
                q.bind(p.id)
                    .bind(&p.entry.full_name)
                    .bind(&p.entry.department)
                    .bind(&p.entry.position)
                    .bind(p.origin)
                    .bind(search_text(&p.entry))
                    .bind(now)
                    .bind(now)
                    .bind(photos::written(p.entry.photo.as_ref()))
            })
            .execute(conn)
            .await.map(affected)
        })?;
        insert_addresses(tx, part).await?;
        insert_phones(tx, part).await?;
    }
    Ok(())
}

async fn insert_addresses(tx: &mut Tx, persons: &[NewPerson]) -> Result<()> {
    let rows: Vec<(PersonId, usize, &EmailAddress)> = persons
        .iter()
        .flat_map(|p| p.entry.addresses.iter().enumerate().map(move |(rank, a)| (p.id, rank, a)))
        .collect();
    for part in rows.chunks(ROWS) {
        on!(tx, conn => {
            let text = format!(
                "INSERT INTO person_addresses (address_key, address, person_id, rank) VALUES {} ON CONFLICT (address_key) DO NOTHING",
                tuples(part.len(), 4)
            );
            part.iter().fold(sqlx::query(built(text)), |q, (id, rank, a)| {
                q.bind(a.key()).bind(a.as_str()).bind(*id).bind(*rank as i64)
            })
            .execute(conn)
            .await.map(affected)
        })?;
    }
    Ok(())
}

async fn insert_phones(tx: &mut Tx, persons: &[NewPerson]) -> Result<()> {
    let rows: Vec<(PersonId, usize, &String)> = persons
        .iter()
        .flat_map(|p| p.entry.phones.iter().enumerate().map(move |(rank, phone)| (p.id, rank, phone)))
        .collect();
    for part in rows.chunks(ROWS) {
        on!(tx, conn => {
            let text = format!("INSERT INTO person_phones (person_id, rank, phone) VALUES {}", tuples(part.len(), 3));
            part.iter().fold(sqlx::query(built(text)), |q, (id, rank, phone)| {
                q.bind(*id).bind(*rank as i64).bind(phone.as_str())
            })
            .execute(conn)
            .await.map(affected)
        })?;
    }
    Ok(())
}

/// Replaces an entry by what the address book says now. Addresses it no longer names are dropped, except that of a
/// person nobody else could be found by. Five statements.
pub async fn replace(tx: &mut Tx, person: &NewPerson, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE persons SET full_name = $2, department = $3, position = $4, origin = $5, search_text = $6, updated_at = $7,
           photo = $8
         WHERE id = $1",
    )
    .bind(person.id)
    .bind(&person.entry.full_name)
    .bind(&person.entry.department)
    .bind(&person.entry.position)
    .bind(person.origin)
    .bind(search_text(&person.entry))
    .bind(now)
    .bind(photos::written(person.entry.photo.as_ref()))
    .execute(conn)
    .await.map(affected))?;
    on!(tx, conn => sqlx::query("DELETE FROM person_addresses WHERE person_id = $1").bind(person.id).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query("DELETE FROM person_phones WHERE person_id = $1").bind(person.id).execute(conn).await.map(affected))?;
    insert_addresses(tx, std::slice::from_ref(person)).await?;
    insert_phones(tx, std::slice::from_ref(person)).await
}

/// No directory has these people any more, since `at`; or one has them again, if there is none.
pub async fn set_departed(tx: &mut Tx, ids: &[PersonId], at: Option<Timestamp>) -> Result<()> {
    for part in ids.chunks(ROWS) {
        let text = format!("UPDATE persons SET departed_at = $1 WHERE id IN ({})", places(2, part.len()));
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)).bind(at), |q, id| q.bind(*id))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// Those of some people whom no directory has any more.
pub async fn list_departed(tx: &mut Tx, ids: &[PersonId]) -> Result<Vec<PersonId>> {
    let mut departed = Vec::new();
    for part in ids.chunks(ROWS) {
        let text = format!(
            "SELECT id FROM persons WHERE departed_at IS NOT NULL AND id IN ({})",
            places(1, part.len())
        );
        let rows: Vec<(PersonId,)> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
        departed.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(departed)
}

/// Takes a person out again whom nothing names.
pub async fn delete(tx: &mut Tx, id: PersonId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM persons WHERE id = $1").bind(id).execute(conn).await.map(affected))?;
    Ok(())
}

fn search_text(entry: &Entry) -> String {
    let mut text = entry.full_name.to_lowercase();
    // A Chinese name is written with and without a space between family and given name.
    let without_spaces: String = text.split_whitespace().collect();
    if without_spaces != text {
        text.push('\n');
        text.push_str(&without_spaces);
    }
    for part in entry
        .addresses
        .iter()
        .map(EmailAddress::key)
        .chain([entry.department.as_str(), entry.position.as_str()])
    {
        text.push('\n');
        text.push_str(&part.to_lowercase());
    }
    text
}
