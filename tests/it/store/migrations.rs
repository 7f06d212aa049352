//! Both folders of migrations make the same tables, and a database of another version is refused in words.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mailmoot::store::migrations::{self, Status};
use mailmoot::store::{Place, Store, StoreError};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::world::{World, on_both};
use crate::support::databases::Database;
use crate::support::peers::peer_variable;

/// What a database says of itself, told alike for both kinds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shape {
    /// (table, column) and its type, whether it may be NULL, whether it has a default.
    columns: BTreeMap<(String, String), (String, bool, bool)>,
    /// Table, columns in their order, whether they are unique.
    indexes: BTreeSet<(String, String, bool)>,
    /// Table, column, the table it points to, what happens when that row goes.
    references: BTreeSet<(String, String, String, String)>,
}

fn numbers(folder: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    let mut names: Vec<String> =
        std::fs::read_dir(path).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn both_folders_have_the_same_numbers_and_names() {
    let (sqlite, postgres) = (numbers("sqlite"), numbers("postgres"));
    assert_eq!(sqlite, postgres);
    assert_eq!(migrations::list().len(), sqlite.len(), "a migration is not part of the program");
    let counted: Vec<&str> = sqlite.iter().filter_map(|name| name.split('_').next()).collect();
    let expected: Vec<String> = (1..=sqlite.len()).map(|number| format!("{number:04}")).collect();
    assert_eq!(counted, expected, "each number once, without gaps");
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_indexes_and_references() {
    let Some(server) = peer_variable("MAILMOOT_TEST_POSTGRES") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.db");
    migrations::run(&Place::Sqlite(file.clone())).await.unwrap();
    let database = Database::make(&server, true).await;
    let (mut sqlite, mut postgres) = (sqlite_shape(&file).await, postgres_shape(&database.url()).await);
    database.drop().await;
    // An index of PostgreSQL takes no long texts: there `persons_by_text` is of their beginning, which has no name of a column.
    let whole = ("persons".to_owned(), "search_text id departed_at".to_owned(), false);
    let beginning = ("persons".to_owned(), "id".to_owned(), false);
    assert!(sqlite.indexes.remove(&whole) && postgres.indexes.remove(&beginning));
    assert_eq!(sqlite.columns, postgres.columns);
    assert_eq!(sqlite.indexes, postgres.indexes);
    assert_eq!(sqlite.references, postgres.references);
    assert!(sqlite.columns.len() > 100 && sqlite.indexes.len() > 30 && sqlite.references.len() > 20);
}

async fn sqlite_shape(file: &Path) -> Shape {
    let mut db = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let mut shape = Shape::default();
    // Full text is a virtual table with tables of its own here, and a `tsvector` with an inverted index there.
    let tables: Vec<(String,)> = sqlx::query_as(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main'
           AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    for (table,) in tables {
        let columns: Vec<(String, String, bool, Option<String>)> = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT name, type, \"notnull\", dflt_value FROM pragma_table_info('{table}')"
        )))
        .fetch_all(&mut db)
        .await
        .unwrap();
        for (name, kind, not_null, default) in columns {
            shape.columns.insert((table.clone(), name), (kind, !not_null, default.is_some()));
        }
        let indexes: Vec<(String, bool)> = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT name, \"unique\" FROM pragma_index_list('{table}')"
        )))
        .fetch_all(&mut db)
        .await
        .unwrap();
        for (index, unique) in indexes {
            let columns: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(format!(
                "SELECT name FROM pragma_index_info('{index}') ORDER BY seqno"
            )))
            .fetch_all(&mut db)
            .await
            .unwrap();
            let columns: Vec<String> = columns.into_iter().map(|(c,)| c).collect();
            shape.indexes.insert((table.clone(), columns.join(" "), unique));
        }
        let references: Vec<(String, String, String)> = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT \"from\", \"table\", on_delete FROM pragma_foreign_key_list('{table}')"
        )))
        .fetch_all(&mut db)
        .await
        .unwrap();
        shape
            .references
            .extend(references.into_iter().map(|(from, to, gone)| (table.clone(), from, to, gone)));
    }
    shape
}

/// PostgreSQL's types by SQLite's names (design: "Storage").
fn plain(kind: &str, table: &str, column: &str) -> String {
    match kind {
        "uuid" | "bytea" => "BLOB",
        "bigint" | "boolean" => "INTEGER",
        "text" | "jsonb" => "TEXT",
        other => panic!("{table}.{column} has the type {other}"),
    }
    .to_owned()
}

async fn postgres_shape(url: &str) -> Shape {
    let mut db = PgConnection::connect(url).await.unwrap();
    let mut shape = Shape::default();
    let columns: Vec<(String, String, String, String, Option<String>)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text, column_default::text
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'
           AND data_type <> 'tsvector'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    for (table, column, kind, nullable, default) in columns {
        let kind = plain(&kind, &table, &column);
        shape.columns.insert((table, column), (kind, nullable == "YES", default.is_some()));
    }
    let indexes: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT t.relname::text, string_agg(a.attname::text, ' ' ORDER BY k.place), bool_and(i.indisunique)
         FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
         JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am h ON h.oid = x.relam AND h.amname <> 'gin'
         CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
         WHERE n.nspname = 'public' AND t.relname <> '_sqlx_migrations' GROUP BY i.indexrelid, t.relname",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    shape.indexes = indexes.into_iter().collect();
    let references: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT t.relname::text, a.attname::text, o.relname::text, CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1] WHERE c.contype = 'f'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    shape.references = references.into_iter().collect();
    shape
}

pub(super) async fn change(place: &Place, statement: &'static str) {
    match place {
        Place::Sqlite(path) => {
            let mut db = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
            sqlx::raw_sql(statement).execute(&mut db).await.unwrap();
        }
        Place::Postgres(url) => {
            let mut db = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(statement).execute(&mut db).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_in_words() {
    on_both(async |w: World| {
        change(
            &w.place,
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 9000, 'future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
        let error = Store::open(&w.place).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer { version: 9000 }), "{error}");
        assert!(error.to_string().contains("newer mailmoot"));
        assert_eq!(migrations::status(&w.place).await.unwrap().version, 9000);
    })
    .await;
}

#[tokio::test]
async fn a_changed_migration_is_refused_in_words() {
    on_both(async |w: World| {
        change(&w.place, "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 2) WHERE version = 1").await;
        let error = Store::open(&w.place).await.unwrap_err();
        assert!(matches!(error, StoreError::Changed { version: 1 }), "{error}");
    })
    .await;
}

#[tokio::test]
async fn the_status_says_how_far_a_database_is_and_changes_nothing() {
    let newest = migrations::list().last().unwrap().0;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.db");
    let place = Place::Sqlite(file.clone());
    assert_eq!(migrations::status(&place).await.unwrap(), Status { version: 0, newest });
    assert!(!file.exists());
    if let Some(server) = peer_variable("MAILMOOT_TEST_POSTGRES") {
        let database = Database::make(&server, false).await;
        assert_eq!(migrations::status(&database.place()).await.unwrap(), Status { version: 0, newest });
        database.drop().await;
    }
    on_both(async |w: World| {
        assert_eq!(migrations::status(&w.place).await.unwrap(), Status { version: newest, newest });
        migrations::run(&w.place).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_row_goes_with_what_it_belongs_to() {
    on_both(async |w: World| {
        use mailmoot::store::{drafts, persons};
        let anna = w.person("Anna", "anna@x.example").await;
        change(&w.place, "DELETE FROM persons").await;
        let mut tx = w.read().await;
        assert_eq!(persons::find(&mut tx, anna).await.unwrap(), None);
        assert_eq!(
            persons::find_by_addresses(&mut tx, &["anna@x.example".parse().unwrap()]).await.unwrap(),
            []
        );
        assert_eq!(drafts::list_for(&mut tx, anna, 1).await.unwrap(), []);
    })
    .await;
}
