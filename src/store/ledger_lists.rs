//! Lines of the ledger as they are looked for: by address, group, time and outcome, the newest first, paged by key.
//!
//! Each filter has an index that also gives the order, so that a page reads about as many lines as it shows. A part of
//! an address is looked for among the addresses: few of them are read one by one, each along its own index; where very
//! many have the part, their lines lie close together, and the lines are walked along.

use sqlx::FromRow;
use uuid::Uuid;

use super::deliveries::DeliveryRow;
use super::ledger::{MailRow, StoredMail};
use super::sql::{built, containing, places};
use super::{Result, Tx, deliveries, ledger, ledger_addresses, tx::on};
use crate::domain::ids::GroupId;
use crate::domain::ledger::Delivery;
use crate::domain::ledger_query::{LedgerPlace, LedgerQuery};
use crate::domain::time::Timestamp;

/// As many addresses are read one by one.
const FEW: usize = 100;

/// One of the two tables.
#[derive(Clone, Copy)]
struct Table {
    name: &'static str,
    columns: &'static str,
    at: &'static str,
    address: &'static str,
    outcome: &'static str,
}

const MAILS: Table = Table {
    name: "mails",
    columns: ledger::COLUMNS,
    at: "received_at",
    address: "sender",
    outcome: "outcome",
};
const DELIVERIES: Table = Table {
    name: "deliveries",
    columns: deliveries::COLUMNS,
    at: "created_at",
    address: "address_key",
    outcome: "state",
};

enum Value {
    Time(Timestamp),
    Id(Uuid),
    Text(String),
}

/// A statement and what stands in its places.
struct Built {
    text: String,
    values: Vec<Value>,
}

macro_rules! all {
    ($tx:expr, $statement:expr) => {{
        let Built { text, values } = $statement;
        on!($tx, conn => values.iter().fold(sqlx::query_as(built(text)), |q, value| match value {
            Value::Time(at) => q.bind(*at),
            Value::Id(id) => q.bind(*id),
            Value::Text(text) => q.bind(text.as_str()),
        })
        .fetch_all(conn)
        .await)?
    }};
}

/// Mails in, after a line. Two statements at the most.
pub async fn mails(
    tx: &mut Tx,
    query: &LedgerQuery,
    after: Option<LedgerPlace>,
    limit: i64,
) -> Result<Vec<StoredMail>> {
    let Some(statement) = statement(tx, MAILS, (query, after), limit).await? else { return Ok(Vec::new()) };
    let rows: Vec<MailRow> = all!(tx, statement);
    rows.into_iter().map(StoredMail::try_from).collect()
}

/// Mails out, after a line. Two statements at the most.
pub async fn mails_out(
    tx: &mut Tx,
    query: &LedgerQuery,
    after: Option<LedgerPlace>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let Some(statement) = statement(tx, DELIVERIES, (query, after), limit).await? else {
        return Ok(Vec::new());
    };
    let rows: Vec<DeliveryRow> = all!(tx, statement);
    rows.into_iter().map(Delivery::try_from).collect()
}

/// `None` if nobody has such an address.
async fn statement(
    tx: &mut Tx,
    table: Table,
    (query, after): (&LedgerQuery, Option<LedgerPlace>),
    limit: i64,
) -> Result<Option<Built>> {
    let mut conditions = Conditions::default();
    conditions.of(table, query, after);
    if query.address.is_empty() {
        return Ok(Some(conditions.walk(table, limit)));
    }
    let most = i64::try_from(FEW).unwrap_or(i64::MAX) + 1;
    let addresses = ledger_addresses::containing_part(tx, &query.address, most).await?;
    Ok(match addresses.len() {
        0 => None,
        1..=FEW => Some(conditions.of_each(table, addresses, limit)),
        _ => {
            let place = conditions.place(Value::Text(containing(&query.address)));
            conditions.texts.push(format!("{} LIKE {place} ESCAPE '\\'", table.address));
            Some(conditions.walk(table, limit))
        }
    })
}

#[derive(Default)]
struct Conditions {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn of(&mut self, table: Table, query: &LedgerQuery, after: Option<LedgerPlace>) {
        let Table { at, outcome, .. } = table;
        if let Some(group) = query.group {
            let place = self.place(Value::Id(group.uuid()));
            self.texts.push(format!("group_id = {place}"));
        }
        if let Some(name) = query.outcome {
            let place = self.place(Value::Text(name.to_owned()));
            self.texts.push(format!("{outcome} = {place}"));
        }
        if let Some(from) = query.from {
            let place = self.place(Value::Time(from));
            self.texts.push(format!("{at} >= {place}"));
        }
        if let Some(before) = query.before {
            let place = self.place(Value::Time(before));
            self.texts.push(format!("{at} < {place}"));
        }
        if let Some(LedgerPlace { at: time, id }) = after {
            let (time, id) = (self.place(Value::Time(time)), self.place(Value::Id(id)));
            self.texts.push(format!("({at}, id) < ({time}, {id})"));
        }
    }

    fn all(&self) -> String {
        if self.texts.is_empty() { "1 = 1".to_owned() } else { self.texts.join(" AND ") }
    }

    /// Along the index that fits.
    fn walk(self, Table { name, columns, at, .. }: Table, limit: i64) -> Built {
        let all = self.all();
        let text =
            format!("SELECT {columns} FROM {name} WHERE {all} ORDER BY {at} DESC, id DESC LIMIT {limit}");
        Built { text, values: self.values }
    }

    /// The newest of each address, and of these the newest.
    fn of_each(mut self, table: Table, addresses: Vec<String>, limit: i64) -> Built {
        let Table { name, columns, at, address, .. } = table;
        let all = self.all();
        let mut each = Vec::new();
        for (n, one) in addresses.into_iter().enumerate() {
            let place = self.place(Value::Text(one));
            each.push(format!(
                "SELECT id FROM (SELECT id FROM {name} WHERE {address} = {place} AND {all}
                 ORDER BY {at} DESC, id DESC LIMIT {limit}) AS one_{n}"
            ));
        }
        let text = format!(
            "SELECT {columns} FROM {name} WHERE id IN ({}) ORDER BY {at} DESC, id DESC LIMIT {limit}",
            each.join(" UNION ALL ")
        );
        Built { text, values: self.values }
    }
}

#[derive(FromRow)]
struct Topic {
    id: GroupId,
    topic: String,
}

/// The topics of these groups. One statement.
pub async fn topics(tx: &mut Tx, groups: &[GroupId]) -> Result<Vec<(GroupId, String)>> {
    let text = format!("SELECT id, topic FROM groups WHERE id IN ({})", places(1, groups.len()));
    let rows: Vec<Topic> = on!(tx, conn =>
        groups.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| (row.id, row.topic)).collect())
}

/// Up to `limit` groups with this in their topic, in any case, the newest first. One statement, which looks at all: SQLite
/// knows the case of ASCII letters only.
pub async fn groups_about(tx: &mut Tx, part: &str, limit: usize) -> Result<Vec<(GroupId, String)>> {
    let rows: Vec<Topic> = on!(tx, conn =>
        sqlx::query_as("SELECT id, topic FROM groups ORDER BY created_at DESC, id DESC").fetch_all(conn).await)?;
    let part = part.to_lowercase();
    let about = rows.into_iter().filter(|row| row.topic.to_lowercase().contains(&part));
    Ok(about.take(limit).map(|row| (row.id, row.topic)).collect())
}
