//! The internal database of the original as something to read. The one in `testdata` is of an installation that ran.

use mathesar_store::original::{Original, OriginalError, Unsealer};
use mathesar_store::password::{Verdict, verify};
use mathesar_store::{Address, PasswordHash, Store};
use mathesar_testkit::{Cluster, TestDatabase};
use secrecy::ExposeSecret as _;

use crate::fixture::{Repeatable, at, ring, secret};

const SCRIPT: &str = include_str!("../../../../testdata/original/internal-database.sql");

/// Runs a test on an installation of the original after these statements.
fn original(changes: &str, work: impl AsyncFnOnce(&TestDatabase<'static>, Result<Original, OriginalError>)) {
    let database = Cluster::shared().database();
    database.execute(SCRIPT);
    database.execute(changes);
    on_a_runtime(async {
        let read = Original::read(&database.url().into()).await;
        work(&database, read).await;
    });
}

fn on_a_runtime(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work);
}

#[test]
fn everything_is_read_and_the_passwords_open() {
    original("", async |_, read| {
        let original = read.unwrap();
        let users: Vec<_> = original.users.iter().map(|user| (user.username.as_str(), user.is_superuser)).collect();
        assert_eq!(users, [("admin", true), ("ana", false)]);
        assert_eq!((original.servers[0].host.as_str(), original.servers[0].port), ("127.0.0.1", Some(55432)));
        assert_eq!(original.databases.len(), 2);
        assert_eq!(original.collaborators.len(), 3);
        assert_eq!((original.tables.len(), original.columns.len()), (9, 1));
        assert_eq!(original.columns[0].settings["display_width"], 240);
        assert_eq!(original.explorations[0].name, "Requests per mechanic");
        assert_eq!((original.forms.len(), original.form_fields.len()), (1, 1));

        let unsealer = Unsealer::new(&secret("bench-secret-key-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEF"));
        let opened = original.roles.iter().map(|role| {
            let password = unsealer.open(role.password.as_ref().unwrap()).unwrap();
            (role.name.clone(), password.expose_secret().to_owned())
        });
        let expected = [("mathesar", "mathesar"), ("reader", r#"re'ad"er \ pä$$"#)];
        assert_eq!(opened.collect::<Vec<_>>(), expected.map(|(name, word)| (name.to_owned(), word.to_owned())));

        let hash = PasswordHash::of_the_original(&original.users[0].password).unwrap();
        assert_eq!(verify(&secret("Horse-battery-9"), &hash), Verdict::RightButOld);
        assert_eq!(verify(&secret("horse-battery-9"), &hash), Verdict::Wrong);
        assert!(!format!("{original:?}").contains("pbkdf2") && !format!("{original:?}").contains("gAAAAAB"));
    });
}

#[test]
fn numbers_in_an_exploration_keep_their_digits() {
    let step = r#"[{"type": "filter", "spec": {"equal": [{"column_name": ["rid"]}, {"literal": [12345678901234567890.10]}]}}]"#;
    original(&format!("update public.mathesar_explorations set transformations = '{step}'"), async |_, read| {
        let kept = read.unwrap().explorations[0].transformations.as_ref().unwrap().get().to_owned();
        assert!(kept.contains("12345678901234567890.10"), "{kept}");
    });
}

#[test]
fn a_version_without_forms_is_read_and_one_without_collaborators_refused() {
    original("drop table public.mathesar_formfield, public.mathesar_form", async |_, read| {
        assert!(read.unwrap().forms.is_empty());
    });
    original("alter table public.mathesar_server drop column sslmode", async |_, read| {
        assert_eq!(read.unwrap().servers[0].sslmode, None);
    });
    original("drop table public.mathesar_userdatabaserolemap", async |_, read| {
        let words = read.unwrap_err().to_string();
        assert!(words.contains("mathesar_userdatabaserolemap is not there"), "{words}");
    });
    original("alter table public.mathesar_configuredrole rename column password to secret", async |_, read| {
        let words = read.unwrap_err().to_string();
        assert!(words.contains("mathesar_configuredrole.password is not there"), "{words}");
    });
}

#[test]
fn other_databases_and_unreachable_ones_are_refused_with_words_that_hide_the_address() {
    let database = Cluster::shared().database();
    let own = Cluster::shared().database();
    on_a_runtime(async {
        let read = async |url: &str| Original::read(&url.into()).await.unwrap_err();
        assert!(matches!(read(&database.url()).await, OriginalError::NotTheOriginal));
        let config = mathesar_store::StoreConfig { address: Address::Postgres(own.url().into()), max_connections: 1 };
        Store::open(&config, ring(), Repeatable::new(), at(0)).await.unwrap();
        assert!(matches!(read(&own.url()).await, OriginalError::NotTheOriginal));
        for bad in ["mysql://ann:hush@127.0.0.1/x", "postgres://ann:hush@127.0.0.1:99999/x"] {
            let error = read(bad).await;
            assert!(
                matches!(error, OriginalError::BadAddress { .. }) && !error.to_string().contains("hush"),
                "{error}"
            );
        }
        let nobody = read("postgres://ann:hush@127.0.0.1:9/x").await;
        assert!(matches!(nobody, OriginalError::Unreachable(_)) && !nobody.to_string().contains("hush"), "{nobody}");
        assert!(nobody.to_string().contains("refused"), "{nobody}");
    });
}
