//! Rows without a house around them, in a fresh database of each kind for each test.

use mailmoot::clock::Clock;
use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::digest::Digest;
use mailmoot::domain::group::{Adding, Group, Member, Muting, Role};
use mailmoot::domain::ids::{GroupId, PersonId};
use mailmoot::domain::person::{Entry, Origin};
use mailmoot::domain::quoted::Quoted;
use mailmoot::domain::receipt::ReceiptRequest;
use mailmoot::domain::time::Timestamp;
use mailmoot::store::persons::NewPerson;
use mailmoot::store::{self, Place, Store, StoreError, Tx};
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::support::databases::at_each_place;
pub use crate::support::house::NOW;

/// A database with nothing in it but its tables.
pub struct World {
    pub store: Store,
    pub place: Place,
    /// Stands still.
    pub clock: Clock,
}

/// Runs a test on SQLite, and on PostgreSQL where there is one.
pub async fn on_both(test: impl AsyncFn(World)) {
    at_each_place(async |place| test(World::open(place).await).await).await;
}

impl World {
    pub async fn open(place: Place) -> Self {
        let store = Store::open(&place).await.unwrap();
        Self { store, place, clock: Clock::standing_at(NOW) }
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl AsyncFnOnce(&mut Tx) -> store::Result<T> + Send + 'static,
    ) -> T {
        self.store.write(work).await.unwrap()
    }

    pub async fn read(&self) -> Tx {
        self.store.read().await.unwrap()
    }

    /// What no function of the store does.
    pub async fn run(&self, statement: &'static str) {
        match &self.place {
            Place::Sqlite(file) => {
                let mut connection = SqliteConnection::connect(file.to_str().unwrap()).await.unwrap();
                sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
            }
            Place::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
            }
        }
    }

    /// Somebody of the address book.
    pub async fn person(&self, name: &str, address: &str) -> PersonId {
        let person = new_person(&self.clock, entry(name, &[address]));
        let id = person.id;
        self.write(async move |tx| store::persons::insert(tx, &[person], NOW).await).await;
        id
    }

    /// A group of these people; the first one owns it.
    pub async fn group(&self, topic: &str, people: &[PersonId]) -> GroupId {
        let group = Group {
            id: self.clock.new_id(),
            topic: topic.to_owned(),
            thread_id: None,
            parent_id: None,
            created_by: people[0],
            created_at: NOW,
            last_seq: 0,
            last_change: 0,
            said_seq: 0,
            notices: 0,
            subject: topic.to_owned(),
            adding: Adding::default(),
            receipt_request: ReceiptRequest::None,
            outside_sharing: true,
        };
        let role = |at| if at == 0 { Role::Owner } else { Role::Member };
        let members: Vec<(Member, Digest)> = people
            .iter()
            .enumerate()
            .map(|(at, person_id)| {
                let id = self.clock.new_id();
                let member = Member {
                    id,
                    group_id: group.id,
                    person_id: *person_id,
                    role: role(at),
                    first_seq: 1,
                    read_seq: 0,
                    mailed_seq: 0,
                    joined_at: NOW,
                    muting: Muting::default(),
                    cadence: Cadence::default(),
                    chats: false,
                    quoted: Quoted::NONE,
                    told_change: 0,
                };
                (member, Digest::of(id.uuid().as_bytes()))
            })
            .collect();
        let id = group.id;
        self.write(async move |tx| {
            store::groups::insert(tx, &group).await?;
            store::groups::insert_members(tx, &members).await
        })
        .await;
        id
    }
}

pub fn entry(name: &str, addresses: &[&str]) -> Entry {
    Entry {
        full_name: name.to_owned(),
        addresses: addresses.iter().map(|a| a.parse().unwrap()).collect(),
        ..Entry::default()
    }
}

pub fn new_person(clock: &Clock, entry: Entry) -> NewPerson {
    NewPerson { id: clock.new_id(), entry, origin: Origin::Imported }
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOW.millis() + 1000 * seconds)
}

pub fn is_taken<T>(result: &store::Result<T>) -> bool {
    matches!(result, Err(StoreError::Taken))
}
