//! The internal database on a PostgreSQL that speaks TLS.

use std::path::PathBuf;

use mathesar_store::{Error, Store, StoreConfig};
use mathesar_testkit::{Certificates, Cluster, ClusterOptions, TestDatabase};
use tempfile::TempDir;

use crate::fixture::{Repeatable, at, ring};

/// A server whose certificate is made out to `localhost`, and files with the authority that signed it and with another one.
struct Place {
    cluster: Cluster,
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let certificates = Certificates::for_names(&["localhost"]);
        let place = Self {
            cluster: Cluster::start_with(&ClusterOptions {
                tcp: true,
                tls: Some(certificates.clone()),
                ..ClusterOptions::default()
            }),
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::write(place.file("known.pem"), certificates.authority_pem).unwrap();
        std::fs::write(place.file("other.pem"), Certificates::for_names(&["localhost"]).authority_pem).unwrap();
        place
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

async fn open(database: &TestDatabase<'_>, role: &str, host: &str, rest: &str) -> Result<Store, Error> {
    let (port, name) = (database.cluster().port(), database.name());
    let url = format!("postgres://{role}:{role}@{host}:{port}/{name}?{rest}");
    Store::open(&StoreConfig::postgres(url.into()), ring(), Repeatable::new(), at(0)).await
}

#[test]
fn tls_is_as_strict_as_the_address_says() {
    let place = Place::new();
    let database = place.cluster.database();
    let role = database.role("keeper", "login");
    database.execute(&format!("grant create on database {} to {role}", database.name()));
    let authority = |name: &str| format!("sslrootcert={}", place.file(name).display());
    let (known, other) = (authority("known.pem"), authority("other.pem"));
    let encrypted = || {
        let question = "select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid)
             where application_name = 'mathesar internal'";
        tokio::task::block_in_place(|| database.scalar(question)).unwrap() == "t"
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for (host, rest) in [
            ("localhost", format!("sslmode=verify-full&{known}")),
            ("127.0.0.1", format!("sslmode=verify-ca&{known}")),
            ("127.0.0.1", "sslmode=require".to_owned()),
        ] {
            let store =
                open(&database, &role, host, &rest).await.unwrap_or_else(|error| panic!("{host} {rest}: {error}"));
            assert!(encrypted(), "{rest}");
            store.close().await.unwrap();
        }
        for (host, rest, words) in [
            ("127.0.0.1", format!("sslmode=verify-full&{known}"), "not valid for name"),
            ("localhost", format!("sslmode=verify-full&{other}"), "invalid peer certificate"),
            ("localhost", format!("sslmode=verify-ca&{other}"), "invalid peer certificate"),
            ("localhost", "sslmode=verify-full".to_owned(), "UnknownIssuer"),
        ] {
            let refused = open(&database, &role, host, &rest).await.err().unwrap();
            let said = refused.to_string();
            assert!(matches!(refused, Error::Untrusted(_)) && said.contains(words), "{host} {rest}: {said}");
            assert!(said.contains("sslrootcert="), "it says what to do: {said}");
        }
    });
}

#[test]
fn a_server_without_tls_is_not_trusted_where_tls_is_asked_for() {
    let cluster = Cluster::start_with(&ClusterOptions { tcp: true, ..ClusterOptions::default() });
    let database = cluster.database();
    let role = database.role("keeper", "login");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for mode in ["require", "verify-full"] {
        let refused = runtime.block_on(open(&database, &role, "localhost", &format!("sslmode={mode}"))).err().unwrap();
        assert!(matches!(refused, Error::Untrusted(_)), "{refused}");
    }
}
