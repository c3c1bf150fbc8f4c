use std::sync::OnceLock;

use mathesar_pg::{Diagnosis, Endpoint, Facts, Host, Problem, ProblemKind, TlsMode, diagnose};
use mathesar_testkit::{Cluster, ClusterOptions, TestDatabase};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{pools, tcp_endpoint};

fn server() -> &'static Cluster {
    static SERVER: OnceLock<Cluster> = OnceLock::new();
    SERVER.get_or_init(|| {
        let hba =
            "local all all trust\nhost all unwelcome 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 scram-sha-256\n";
        Cluster::start_with(&ClusterOptions { tcp: true, hba: Some(hba.to_owned()), ..ClusterOptions::default() })
    })
}

fn endpoint(database: &TestDatabase<'_>, attributes: &str) -> Endpoint {
    tcp_endpoint(server(), database.name(), &database.role("person", attributes))
}

fn elsewhere(name: &str, port: u16) -> Endpoint {
    let endpoint = Endpoint::from_url("postgresql://someone:secret@host/db").unwrap();
    Endpoint { host: Host::Tcp { name: name.to_owned(), port }, ..endpoint }
}

async fn problem_in(endpoint: &Endpoint, in_container: bool) -> Problem {
    match diagnose(&pools(), endpoint, in_container).await {
        Diagnosis::Fails(problem) => {
            assert!(!format!("{problem:?}").contains("secret"), "{problem:?}");
            assert!(problem.what.len() > 15 && problem.next.len() > 15, "{problem:?}");
            *problem
        }
        Diagnosis::Works(facts) => panic!("it works: {facts:?}"),
    }
}

async fn problem(endpoint: &Endpoint) -> ProblemKind {
    problem_in(endpoint, false).await.kind
}

async fn facts(endpoint: &Endpoint) -> Facts {
    match diagnose(&pools(), endpoint, false).await {
        Diagnosis::Works(facts) => *facts,
        Diagnosis::Fails(problem) => panic!("{problem:?}"),
    }
}

#[tokio::test]
async fn a_modest_role_works_and_is_described() {
    let database = server().database();
    let endpoint = endpoint(&database, "login createdb");
    let facts = facts(&endpoint).await;
    assert_eq!(facts.server.role.as_str(), endpoint.role);
    assert_eq!(facts.database.name.as_str(), database.name());
    assert!(facts.role.create_db && !facts.role.superuser && !facts.encrypted && !facts.server.read_only);
    assert!(facts.warnings()[0].contains("may not create schemas"), "{:?}", facts.warnings());
}

#[tokio::test]
async fn a_superuser_and_a_reading_role_are_warned_about() {
    let database = server().database();
    let mut superuser = endpoint(&database, "superuser login");
    assert!(facts(&superuser).await.warnings()[0].contains("superuser"));
    let reader = database.role("reader", "login");
    database.execute(&format!("alter role {reader} set default_transaction_read_only = on"));
    (superuser.role, superuser.password) = (reader.clone(), Some(SecretString::from(reader)));
    assert!(facts(&superuser).await.warnings()[0].contains("only be read"));
}

#[tokio::test]
async fn addresses_that_lead_nowhere() {
    assert_eq!(problem(&elsewhere("no-such-host.invalid", 5432)).await, ProblemKind::NameNotFound);
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(problem(&elsewhere("localhost", free)).await, ProblemKind::Refused);
    let contained = problem_in(&elsewhere("localhost", free), true).await;
    assert_eq!(contained.kind, ProblemKind::LocalhostInContainer);
    assert!(contained.next.contains("host.docker.internal"));
    let unknown = problem_in(&elsewhere("host.docker.internal", free), true).await;
    assert_eq!(unknown.kind, ProblemKind::NameNotFound);
    assert!(unknown.next.contains("--add-host=host.docker.internal:host-gateway"), "{unknown:?}");
    let outside = problem_in(&elsewhere("host.docker.internal", free), false).await;
    assert!(outside.next.contains("is at localhost"), "{outside:?}");
    let mut socket = elsewhere("", 0);
    socket.host = Host::Unix { directory: "/nonexistent".into(), port: 5432 };
    assert_eq!(problem(&socket).await, ProblemKind::Socket);
}

#[tokio::test]
async fn credentials_that_do_not_fit() {
    let database = server().database();
    let good = endpoint(&database, "login");
    let wrong = Endpoint { password: Some("secret".to_owned().into()), ..good.clone() };
    assert_eq!(problem(&wrong).await, ProblemKind::Password);
    assert_eq!(problem(&Endpoint { password: None, ..good.clone() }).await, ProblemKind::Password);
    // PostgreSQL does not tell strangers which roles exist, except where it asks for no password.
    let nobody = Endpoint { role: "nobody_at_all".to_owned(), ..good.clone() };
    assert_eq!(problem(&nobody).await, ProblemKind::Password);
    let socket = Endpoint::from_url(&database.url_as("nobody_at_all")).unwrap();
    assert_eq!(problem(&socket).await, ProblemKind::NoSuchRole);
    let lost = Endpoint { database: "no_such".to_owned(), ..good };
    assert_eq!(problem(&lost).await, ProblemKind::NoSuchDatabase);
    assert_eq!(problem(&endpoint_of_group(&database)).await, ProblemKind::NoSuchRole);
}

fn endpoint_of_group(database: &TestDatabase<'_>) -> Endpoint {
    let group = database.role("group", "nologin");
    tcp_endpoint(server(), database.name(), &group)
}

#[tokio::test]
async fn rights_and_limits_that_are_in_the_way() {
    let database = server().database();
    let good = endpoint(&database, "login connection limit 1");
    database.execute(&format!("revoke connect on database {} from public", database.name()));
    assert_eq!(problem(&good).await, ProblemKind::NoConnect);
    database.execute(&format!("grant connect on database {} to {}", database.name(), good.role));
    let first = pools().session(&good).await.unwrap();
    assert_eq!(problem(&good).await, ProblemKind::TooManyConnections);
    drop(first);

    database.execute("create role unwelcome login password 'unwelcome'");
    let unwelcome = tcp_endpoint(server(), "postgres", "unwelcome");
    assert_eq!(problem(&unwelcome).await, ProblemKind::NotAllowed);
}

#[tokio::test]
async fn a_web_server_is_not_postgresql() {
    let port = answer(|mut stream| async move {
        let mut request = [0; 8];
        stream.read_exact(&mut request).await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    assert_eq!(problem(&elsewhere("127.0.0.1", port.await)).await, ProblemKind::NotPostgres);
}

/// The clock is stopped, so that it jumps to the end of each wait.
#[tokio::test(start_paused = true)]
async fn silence_is_not_waited_for_for_ever() {
    let port = answer(|stream| async move {
        let _held = stream;
        std::future::pending().await
    });
    assert_eq!(problem(&elsewhere("127.0.0.1", port.await)).await, ProblemKind::Timeout);
}

#[tokio::test]
async fn an_old_server_is_refused() {
    let port = answer(|mut stream| async move {
        let mut request = vec![0; 256];
        let _ = stream.read(&mut request).await.unwrap();
        let mut reply = b"R\0\0\0\x08\0\0\0\0".to_vec();
        reply.extend_from_slice(b"S\0\0\0\x18server_version\x0013.4\0");
        reply.extend_from_slice(b"K\0\0\0\x0c\0\0\0\x01\0\0\0\x01Z\0\0\0\x05I");
        stream.write_all(&reply).await.unwrap();
        let _ = stream.read(&mut request).await;
    });
    let old = Endpoint { tls: TlsMode::Disable, ..elsewhere("127.0.0.1", port.await) };
    let problem = problem_in(&old, false).await;
    assert_eq!(problem.kind, ProblemKind::TooOld);
    assert!(problem.what.contains("13"), "{problem:?}");
}

/// A program that is not PostgreSQL (any more) and answers each connection with `reply`.
async fn answer<F: Future<Output = ()> + Send>(reply: impl Fn(TcpStream) -> F + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            reply(stream).await;
        }
    });
    port
}
