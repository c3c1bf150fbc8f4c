//! An internal database that an older program left goes through all changes that came after it, on both engines: no row is lost or
//! altered, and what the rows have got besides is what the changes promise.

use std::sync::Arc;

use jiff::Timestamp;
use mathesar_testkit::Cluster;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use sea_orm_migration::MigratorTrait as _;

use super::Migrator;
use crate::open::{PREPARE_POSTGRES, connect};
use crate::{KeyRing, MetadataAccess, Random, Sharing, Store, StoreConfig};

/// The changes up to m0005_files, the last before explorations and forms had owners.
const CHANGES: u32 = 5;
const ROWS: &str = include_str!("m0005_rows.sql");

struct Zeros;

impl Random for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// A table with its columns.
type Table = (String, Vec<String>);

#[test]
fn on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    run(&StoreConfig::sqlite(directory.path().join("mathesar.sqlite")));
    let names = directory.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.contains(".before-m0006_unsent_files-")).count(), 1, "it is copied before");
}

#[test]
fn on_postgresql() {
    let database = Cluster::shared().database();
    run(&StoreConfig::postgres(database.url().into()));
}

fn run(config: &StoreConfig) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let (tables, before) = leave_as_m0005(config).await;
        let keys = KeyRing::from_strings(&["abcdefgh".repeat(8).into()]).unwrap();
        let store = Store::open(config, keys, Arc::new(Zeros), Timestamp::UNIX_EPOCH).await.unwrap();
        for ((table, columns), old) in tables.iter().zip(&before) {
            let new = rows(&store.db, table, columns).await;
            assert!(old.iter().all(|row| new.contains(row)), "{table}: {old:#?} became {new:#?}");
        }
        check_what_is_new(&store).await;
        store.close().await.unwrap();
    });
}

/// Makes the database as it was, and gives its tables and their rows.
async fn leave_as_m0005(config: &StoreConfig) -> (Vec<Table>, Vec<Vec<String>>) {
    let db = connect(config).await.unwrap();
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(PREPARE_POSTGRES).await.unwrap();
    }
    Migrator::up(&db, Some(CHANGES)).await.unwrap();
    db.execute_unprepared(ROWS).await.unwrap();
    let tables = tables(&db).await;
    let mut all = Vec::new();
    for (table, columns) in &tables {
        let found = rows(&db, table, columns).await;
        assert!(!found.is_empty(), "m0005_rows.sql has no row for {table}");
        all.push(found);
    }
    db.close().await.unwrap();
    (tables, all)
}

async fn tables(db: &DatabaseConnection) -> Vec<Table> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
              WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name <> 'seaql_migrations' ORDER BY 1, c.cid"
        }
        _ => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns
              WHERE table_schema = 'mathesar_internal' AND table_name <> 'seaql_migrations' ORDER BY 1, ordinal_position"
        }
    };
    let mut tables: Vec<Table> = Vec::new();
    for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap() {
        let (table, column): (String, String) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        match tables.last_mut() {
            Some((last, columns)) if *last == table => columns.push(column),
            _ => tables.push((table, vec![column])),
        }
    }
    tables
}

/// Each row of a table as one text of these columns.
async fn rows(db: &DatabaseConnection, table: &str, columns: &[String]) -> Vec<String> {
    let backend = db.get_database_backend();
    let array = if backend == DbBackend::Sqlite { "json_array" } else { "jsonb_build_array" };
    let sql = format!("SELECT CAST({array}({}) AS text) FROM {table} ORDER BY 1", columns.join(", "));
    let found = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    found.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// What was there before there were owners is nobody's, and so everybody's to change; nothing is closed, and nothing is cleared away.
async fn check_what_is_new(store: &Store) {
    let open_to_all = Sharing::default();
    assert_eq!(store.explorations().get(1, 1).await.unwrap().sharing(), open_to_all);
    for (database, form) in [(1, 1), (2, 2)] {
        assert_eq!(store.forms().get(database, form).await.unwrap().sharing(), open_to_all);
    }
    for (id, keeps_last_editors) in [(1, true), (2, false)] {
        let database = store.databases().get(id).await.unwrap();
        assert_eq!(
            (database.metadata_access, database.keeps_last_editors),
            (MetadataAccess::Collaborators, keeps_last_editors)
        );
    }
    assert_eq!(store.files().unsent(Timestamp::MAX).await.unwrap(), []);
    assert!(store.files().by_mash("another mark").await.unwrap().is_some());
}
