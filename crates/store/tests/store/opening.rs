//! Opening: schema, key, files, locks.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use mathesar_store::{Error, KeyRing, ServeLock, Store, StoreConfig};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;

use crate::fixture::{Engine, Repeatable, at, both, key, ring, secret};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

both! {
    async fn what_was_stored_is_there_after_reopening(engine: &Engine) {
        assert!(!Store::holds_key(&engine.config()).await.unwrap());
        let store = engine.open().await;
        store.settings().set("fact", json!({"a": [1, null, "ü"]}), at(0)).await.unwrap();
        store.settings().set("fact", json!({"a": [2, null, "ü"]}), at(1)).await.unwrap();
        store.close().await.unwrap();
        assert!(Store::holds_key(&engine.config()).await.unwrap());
        let store = engine.open().await;
        assert_eq!(store.settings().get("fact").await.unwrap(), Some(json!({"a": [2, null, "ü"]})));
        store.settings().remove("fact").await.unwrap();
        assert_eq!(store.settings().get("fact").await.unwrap(), None);
    }

    async fn another_key_is_refused(engine: &Engine) {
        engine.open().await.close().await.unwrap();
        let other = KeyRing::from_strings(&[key("ijklmnop")]).unwrap();
        let refused = Store::open(&engine.config(), other, Repeatable::new(), at(1)).await.err().unwrap();
        assert!(matches!(refused, Error::KeyDoesNotFit), "{refused}");
        let both = KeyRing::from_strings(&[key("ijklmnop"), key("abcdefgh")]).unwrap();
        Store::open(&engine.config(), both, Repeatable::new(), at(2)).await.unwrap();
    }

    async fn later_data_is_refused_and_left_alone(engine: &Engine) {
        engine.open().await.close().await.unwrap();
        let insert = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)";
        match engine {
            Engine::Sqlite(directory) => {
                let url = format!("sqlite://{}", directory.path().join("mathesar.sqlite").display());
                let db = sea_orm::Database::connect(url).await.unwrap();
                db.execute_unprepared(insert).await.unwrap();
                db.close().await.unwrap();
            }
            Engine::Postgres(database) => {
                let sql = format!("SET search_path = mathesar_internal; {insert}");
                tokio::task::block_in_place(|| database.execute(&sql));
            }
        }
        let refused = Store::open(&engine.config(), ring(), Repeatable::new(), at(1)).await.err().unwrap();
        assert!(matches!(&refused, Error::NewerSchema { version } if version == "m9999_future"), "{refused}");
    }

    async fn a_nul_is_refused_or_kept(engine: &Engine) {
        let store = engine.open().await;
        let nul = json!({"text": "a\u{0}b"});
        match store.settings().set("fact", nul.clone(), at(0)).await {
            Ok(()) => assert_eq!(store.settings().get("fact").await.unwrap(), Some(nul)),
            Err(error) => assert!(matches!(error, Error::Conflict { .. }), "{error:?}"),
        }
    }

    async fn two_processes_may_start_at_once(engine: &Engine) {
        let (one, other) = tokio::join!(engine.open(), engine.open());
        one.settings().set("from", json!("one"), at(0)).await.unwrap();
        assert_eq!(other.settings().get("from").await.unwrap(), Some(json!("one")));
    }
}

#[test]
fn a_sqlite_file_and_its_companions_are_private() {
    let engine = Engine::sqlite();
    let Engine::Sqlite(directory) = &engine else { unreachable!() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let _store = engine.open().await;
        let mut seen = 0;
        for entry in directory.path().read_dir().unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            seen += 1;
        }
        assert!(seen >= 2, "the file and its write-ahead log are there");
    });
}

/// Otherwise a statement whose `LIMIT` is a parameter, as all that look for one row, is planned anew each time that it runs.
#[test]
fn sqlite_keeps_the_plans_of_its_statements() {
    let question = Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_compileoption_used('ENABLE_QPSG')");
    let kept: i64 = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = sea_orm::Database::connect("sqlite::memory:").await.unwrap();
        db.query_one_raw(question).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    });
    assert_eq!(kept, 1, "set LIBSQLITE3_FLAGS as .cargo/config.toml does");
}

#[test]
fn one_server_at_a_time_works_with_a_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mathesar.sqlite");
    let held = ServeLock::acquire(&file).unwrap();
    assert!(matches!(ServeLock::acquire(&file), Err(Error::Locked { .. })));
    drop(held);
    ServeLock::acquire(&file).unwrap();
}

#[test]
fn postgresql_tables_live_in_their_own_schema_and_others_are_kept_out() {
    let engine = Engine::postgres();
    let Engine::Postgres(database) = &engine else { unreachable!() };
    tokio::runtime::Runtime::new().unwrap().block_on(async { engine.open().await.close().await.unwrap() });
    let elsewhere = database.scalar(
        "select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace
         where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'mathesar_internal')",
    );
    assert_eq!(elsewhere.as_deref(), Some("0"));
    let tables = database.scalar("select count(*) > 10 from pg_tables where schemaname = 'mathesar_internal'");
    assert_eq!(tables.as_deref(), Some("t"));
    let stranger = database.role("stranger", "login");
    let refused = database.try_execute_as(&stranger, "select 1").unwrap_err();
    assert!(refused.contains("permission denied for database"), "{refused}");
}

#[test]
fn a_postgresql_with_other_tables_stays_open_to_others() {
    let engine = Engine::postgres();
    let Engine::Postgres(database) = &engine else { unreachable!() };
    database.execute("create table theirs (id int)");
    tokio::runtime::Runtime::new().unwrap().block_on(async { engine.open().await.close().await.unwrap() });
    let stranger = database.role("neighbour", "login");
    database.try_execute_as(&stranger, "select 1").unwrap();
}

#[test]
fn an_address_is_understood_and_never_repeated() {
    let url = "postgres://app:s3cret@db.example.org:6432/internal?sslmode=verify-full";
    let internal = StoreConfig::postgres(secret(url)).internal_postgres().unwrap().unwrap();
    assert_eq!((internal.host.as_str(), internal.port), ("db.example.org", 6432));
    assert_eq!((internal.database.as_str(), internal.role.as_str(), internal.verified), ("internal", "app", true));
    for bad in ["mysql://app:s3cret@db/internal", "postgres://app:s3cret@db:port/internal"] {
        let error = StoreConfig::postgres(secret(bad)).internal_postgres().unwrap_err();
        assert!(matches!(error, Error::BadAddress { .. }));
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}

#[test]
fn a_postgresql_that_is_not_there_is_unavailable() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().to_str().unwrap().replace('/', "%2F");
    let config = StoreConfig::postgres(secret(&format!("postgres://app@{socket}/internal")));
    let error = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(Store::open(&config, ring(), Repeatable::new(), at(0)))
        .err()
        .unwrap();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
}

#[test]
fn a_role_with_an_awkward_name_opens_its_own_database() {
    let engine = Engine::postgres();
    let Engine::Postgres(database) = &engine else { unreachable!() };
    let name = database.name();
    database.execute(&format!(
        r#"create role "My ""App"" {name}" login; alter database {name} owner to "My ""App"" {name}""#
    ));
    let config = StoreConfig::postgres(secret(&database.url_as(&format!("My%20%22App%22%20{name}"))));
    let opened =
        tokio::runtime::Runtime::new().unwrap().block_on(Store::open(&config, ring(), Repeatable::new(), at(0)));
    opened.unwrap();
}

#[test]
fn a_role_without_the_right_to_create_is_told_so() {
    let engine = Engine::postgres();
    let Engine::Postgres(database) = &engine else { unreachable!() };
    let role = database.role("powerless", "login");
    let config = StoreConfig::postgres(secret(&database.url_as(&role)));
    let opened =
        tokio::runtime::Runtime::new().unwrap().block_on(Store::open(&config, ring(), Repeatable::new(), at(0)));
    let error = opened.err().unwrap();
    assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
    assert!(error.to_string().contains("permission denied for database"), "{error}");
}

#[test]
fn a_postgresql_that_stops_is_unavailable() {
    let mut cluster = mathesar_testkit::Cluster::start();
    let socket = cluster.socket_directory().to_str().unwrap().replace('/', "%2F");
    let url = format!("postgres://postgres@{socket}:{}/postgres", cluster.port());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = StoreConfig::postgres(secret(&url));
    let store = runtime.block_on(Store::open(&config, ring(), Repeatable::new(), at(0))).unwrap();
    runtime.block_on(store.ping()).unwrap();
    cluster.kill();
    for _ in 0..3 {
        let error = runtime.block_on(store.users().list()).unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
    assert!(matches!(runtime.block_on(store.ping()), Err(Error::Unavailable(_))));
}
