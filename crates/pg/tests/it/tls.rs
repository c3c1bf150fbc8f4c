use std::sync::OnceLock;

use mathesar_pg::{ConnectErrorKind, Endpoint, Error, Host, TlsMode};
use mathesar_testkit::{Certificates, Cluster, ClusterOptions, TestDatabase};

use crate::{pools, tcp_endpoint};

struct Server {
    cluster: Cluster,
    certificates: Certificates,
}

impl Server {
    fn start(certificates: Certificates) -> Self {
        let options = ClusterOptions { tcp: true, tls: Some(certificates.clone()), ..ClusterOptions::default() };
        Self { cluster: Cluster::start_with(&options), certificates }
    }

    /// A server whose certificate is made out to `localhost` by an authority.
    fn signed() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| Self::start(Certificates::for_names(&["localhost"])))
    }

    /// A server whose certificate signed itself.
    fn self_signed() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| Self::start(Certificates::self_signed(&["localhost"])))
    }

    /// A server without TLS.
    fn plain() -> &'static Cluster {
        static SERVER: OnceLock<Cluster> = OnceLock::new();
        SERVER.get_or_init(|| Cluster::start_with(&ClusterOptions { tcp: true, ..ClusterOptions::default() }))
    }
}

fn to(database: &TestDatabase<'_>, host: &str, tls: TlsMode, ca_pem: Option<&str>) -> Endpoint {
    let role = database.role("tls", "login");
    let mut endpoint = tcp_endpoint(database.cluster(), database.name(), &role);
    endpoint.host = Host::Tcp { name: host.to_owned(), port: database.cluster().port() };
    Endpoint { tls, ca_pem: ca_pem.map(str::to_owned), ..endpoint }
}

/// Whether the connection is encrypted, or why there is none.
async fn attempt(cluster: &Cluster, host: &str, tls: TlsMode, ca_pem: Option<&str>) -> Result<bool, ConnectErrorKind> {
    let database = cluster.database();
    match pools().session(&to(&database, host, tls, ca_pem)).await {
        Ok(session) => {
            let ssl = database.scalar(
                "select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid)
                  where datname = current_database() and application_name = 'Mathesar'",
            );
            assert_eq!(ssl.as_deref() == Some("t"), session.is_encrypted(), "PostgreSQL and we disagree");
            Ok(session.is_encrypted())
        }
        Err(Error::Connect(error)) => Err(error.kind),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn modes_that_do_not_verify() {
    let Server { cluster, .. } = Server::signed();
    assert!(!attempt(cluster, "localhost", TlsMode::Disable, None).await.unwrap());
    assert!(attempt(cluster, "127.0.0.1", TlsMode::Prefer, None).await.unwrap());
    assert!(attempt(cluster, "127.0.0.1", TlsMode::Require, None).await.unwrap());
}

#[tokio::test]
async fn a_server_without_tls() {
    let cluster = Server::plain();
    assert!(!attempt(cluster, "localhost", TlsMode::Prefer, None).await.unwrap());
    for mode in [TlsMode::Require, TlsMode::VerifyCa, TlsMode::VerifyFull] {
        let refused = attempt(cluster, "localhost", mode, None).await;
        assert!(matches!(refused, Err(ConnectErrorKind::TlsUnsupported)), "{refused:?}");
    }
}

#[tokio::test]
async fn verify_ca_looks_at_the_authority_only() {
    let Server { cluster, certificates } = Server::signed();
    let ca = Some(certificates.authority_pem.as_str());
    assert!(attempt(cluster, "127.0.0.1", TlsMode::VerifyCa, ca).await.unwrap());
    let other = Certificates::for_names(&["localhost"]).authority_pem;
    for mode in [TlsMode::Require, TlsMode::VerifyCa, TlsMode::VerifyFull] {
        let refused = attempt(cluster, "localhost", mode, Some(&other)).await;
        assert!(matches!(refused, Err(ConnectErrorKind::BadCertificate(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn verify_full_looks_at_the_name_too() {
    let Server { cluster, certificates } = Server::signed();
    let ca = Some(certificates.authority_pem.as_str());
    assert!(attempt(cluster, "localhost", TlsMode::VerifyFull, ca).await.unwrap());
    let refused = attempt(cluster, "127.0.0.1", TlsMode::VerifyFull, ca).await;
    assert!(matches!(refused, Err(ConnectErrorKind::WrongName)), "{refused:?}");
}

#[tokio::test]
async fn without_an_authority_the_systems_are_asked() {
    let Server { cluster, .. } = Server::signed();
    let refused = attempt(cluster, "localhost", TlsMode::VerifyFull, None).await;
    assert!(matches!(refused, Err(ConnectErrorKind::BadCertificate(_))), "{refused:?}");
}

#[tokio::test]
async fn a_self_signed_certificate_is_its_own_authority() {
    let Server { cluster, certificates } = Server::self_signed();
    let own = Some(certificates.server_pem.as_str());
    assert!(attempt(cluster, "localhost", TlsMode::VerifyFull, own).await.unwrap());
    assert!(attempt(cluster, "127.0.0.1", TlsMode::VerifyCa, own).await.unwrap());
    let refused = attempt(cluster, "127.0.0.1", TlsMode::VerifyFull, own).await;
    assert!(matches!(refused, Err(ConnectErrorKind::WrongName)), "{refused:?}");
}

#[tokio::test]
async fn an_unreadable_authority_is_said() {
    let refused = attempt(Server::plain(), "localhost", TlsMode::VerifyCa, Some("MIIB…")).await;
    assert!(matches!(refused, Err(ConnectErrorKind::BadAuthority(_))), "{refused:?}");
}
