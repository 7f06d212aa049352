//! A fresh database of each kind for each test.

use std::sync::atomic::{AtomicU32, Ordering};

use mailmoot::store::{Place, migrations};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio::sync::{Mutex, OnceCell};

use super::peers::peer_variable;

/// Runs a test with a new SQLite database, and with one on PostgreSQL where `MAILMOOT_TEST_POSTGRES` names a server.
pub async fn at_each_place(test: impl AsyncFn(Place)) {
    let folder = tempfile::tempdir().unwrap();
    test(Place::Sqlite(folder.path().join("moot.db"))).await;
    if let Some(server) = peer_variable("MAILMOOT_TEST_POSTGRES") {
        let database = Database::make(&server, true).await;
        test(database.place()).await;
        database.drop().await;
    }
}

/// A database of its own on a PostgreSQL server.
pub struct Database {
    server: String,
    name: String,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);
/// The name of a database with all tables, to make the others from.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();
/// A template may be copied by one at a time.
static COPYING: Mutex<()> = Mutex::const_new(());

impl Database {
    pub async fn make(server: &str, with_tables: bool) -> Self {
        let template = if with_tables {
            TEMPLATE.get_or_init(|| Self::template(server)).await.clone()
        } else {
            "template0".to_owned()
        };
        let _guard = COPYING.lock().await;
        Self::new(server, &template).await
    }

    async fn new(server: &str, template: &str) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("mailmoot_test_{}_{number}", std::process::id());
        run(server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { server: server.to_owned(), name }
    }

    async fn template(server: &str) -> String {
        let database = Self::new(server, "template0").await;
        migrations::run(&database.place()).await.unwrap();
        database.name
    }

    pub fn url(&self) -> String {
        let (before, _) = self.server.rsplit_once('/').unwrap();
        format!("{before}/{}", self.name)
    }

    pub fn place(&self) -> Place {
        Place::Postgres(self.url())
    }

    pub async fn drop(self) {
        run(&self.server, format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

/// Runs a statement behind a house's back. `make` writes it, and is told how an id is written.
pub async fn execute(place: &Place, make: impl Fn(&dyn Fn(uuid::Uuid) -> String) -> String) {
    match place {
        Place::Sqlite(path) => {
            let mut connection =
                SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
            let text = make(&|id| format!("X'{}'", id.simple()));
            sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
        }
        Place::Postgres(url) => run(url, make(&|id| format!("'{id}'"))).await,
    }
}

/// What stands in the one column that a query asks for.
pub async fn texts(place: &Place, query: &'static str) -> Vec<String> {
    match place {
        Place::Sqlite(path) => {
            let mut connection =
                SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
            sqlx::query_scalar(query).fetch_all(&mut connection).await.unwrap()
        }
        Place::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::query_scalar(query).fetch_all(&mut connection).await.unwrap()
        }
    }
}

async fn run(server: &str, statement: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
