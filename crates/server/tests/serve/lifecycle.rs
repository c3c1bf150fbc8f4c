//! Beginning and ending.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    time::Duration,
};

use mathesar_testkit::{Cluster, ClusterOptions};
use serde_json::json;

use crate::server::{ADMIN, PATIENCE, Server, run};

#[test]
fn a_chosen_port_that_is_taken_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let home = tempfile::tempdir().unwrap();
    let ended = run(home.path(), &["--bind", &address, "--managed-postgres", "off"], &[]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success() && said.contains(&address) && said.contains("--bind"), "{said}");
}

#[test]
fn a_second_server_keeps_its_hands_off_the_file() {
    let server = Server::with_superuser(&[]);
    let ended = run(server.home(), &["--bind", "127.0.0.1:0", "--managed-postgres", "off"], &[]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success() && said.contains("Another server already works"), "{said}");
}

#[test]
fn it_stops_soon_and_keeps_sessions() {
    let server = Server::with_superuser(&[]);
    server.script(ADMIN.0, ADMIN.1).call("users.list", json!({}));
    let (took, data) = server.stop();
    assert!(took < Duration::from_secs(10), "it took {took:?}");
    let again = Server::start_in(data, &[], &[]);
    again.script(ADMIN.0, ADMIN.1).call("users.list", json!({}));
}

#[test]
fn an_idle_connection_does_not_hold_up_the_end() {
    let server = Server::start(&[], &[]);
    let mut idle = std::net::TcpStream::connect(server.address()).unwrap();
    idle.set_read_timeout(Some(PATIENCE)).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = [0; 64];
    assert!(idle.read(&mut answer).unwrap() > 0);
    let (took, _) = server.stop();
    assert!(took < Duration::from_secs(5), "it took {took:?}");
}

#[test]
fn metrics_are_elsewhere_and_only_for_who_has_the_token() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let server = Server::start(&["--metrics-bind", &free], &[("MATHESAR_METRICS_TOKEN", "let me read")]);
    server.visitor().call("setup.status", json!({}));
    assert!(!server.visitor().get("/metrics").body().contains("mathesar_calls_total"));
    let read = |token: &str| {
        let mut request = ureq::get(format!("http://{free}/metrics")).config().http_status_as_error(false).build();
        request = request.header("authorization", format!("Bearer {token}"));
        let mut response = request.call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    };
    assert_eq!(read("guess").0, 401);
    let (status, text) = read("let me read");
    assert_eq!(status, 200);
    assert!(text.contains("mathesar_calls_total{method=\"setup.status\",outcome=\"ok\"} 1"), "{text}");
}

#[test]
fn our_own_data_can_live_in_postgresql_which_is_then_no_user_database() {
    let database = Cluster::shared().database();
    let url = database.url();
    let variables = [
        ("DATABASE_URL", url.as_str()),
        ("SECRET_KEY", "a key for the tests, long enough to pass"),
        ("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1),
        // What a shell may have for psql changes nothing.
        ("PGOPTIONS", "-c default_transaction_read_only=on"),
        ("PGSSLCERT", "/nowhere"),
    ];
    let server = Server::start(&["--allow-unix-sockets"], &variables);
    let admin = server.script(ADMIN.0, ADMIN.1);
    assert_eq!(admin.call("users.list", json!({}))[0]["username"], ADMIN.0);
    assert_eq!(database.scalar("select username from mathesar_internal.users").as_deref(), Some(ADMIN.0));
    assert!(!server.home().join("data/mathesar.sqlite3").exists() && !server.home().join("data/secret_key").exists());
    assert_eq!(admin.refused("databases.setup.connect_existing", json!({ "url": url })), -28002);
}

#[test]
fn a_password_that_is_kept_for_psql_is_not_ours_to_use() {
    let cluster = Cluster::start_with(&ClusterOptions { tcp: true, ..ClusterOptions::default() });
    let database = cluster.database();
    let role = database.role("keeper", "login");
    database.execute(&format!("grant create on database {} to {role}", database.name()));
    let address = |who: &str| format!("postgres://{who}@127.0.0.1:{}/{}", cluster.port(), database.name());
    let key = ("SECRET_KEY", "a key for the tests, long enough to pass");
    let server = Server::start(&[], &[("DATABASE_URL", &address(&format!("{role}:{role}"))), key]);
    let kept = server.home().join(".pgpass");
    fs::write(&kept, format!("*:*:*:*:{role}\n")).unwrap();
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o600)).unwrap();
    let refused = run(server.home(), &["setup-link"], &[("DATABASE_URL", &address(&role)), key]);
    let words = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && words.contains("password authentication failed"), "{words}");
}

#[test]
fn nothing_secret_reaches_the_log_however_much_is_logged() {
    let database = Cluster::shared().database();
    database.execute("create table t (id int primary key, word text)");
    let role = database.role("logged", "login");
    let server = Server::start(
        &["--allow-unix-sockets", "--log-level", "trace"],
        &[("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1), ("SECRET_KEY", "this key must stay between the two of us")],
    );
    let admin = server.script(ADMIN.0, ADMIN.1);
    let id = admin.call("databases.setup.connect_existing", json!({ "url": database.url() }))["database"]["id"].clone();
    let server_id = admin.call("servers.configured.list", json!({}))[0]["id"].clone();
    let stored = json!({ "server_id": server_id, "name": role, "password": "pebble under water" });
    admin.call("roles.configured.add", stored);
    let table: u32 = database.scalar("select 't'::regclass::oid").unwrap().parse().unwrap();
    for word in ["hedgehog", "hedgehog"] {
        // The second is refused: PostgreSQL's message names the key.
        admin.answer(
            "records.add",
            json!({ "database_id": id, "table_oid": table, "record_def": { "1": 424_242, "2": word } }),
        );
    }
    assert_eq!(database.scalar("select count(*) from t").as_deref(), Some("1"));
    let session = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let token = session.call("session.get", json!({}))["csrf_token"].as_str().unwrap().to_owned();
    let log = server.log();
    assert!(log.contains("records.add"), "the log has nothing to judge by");
    for secret in [ADMIN.1, "this key must", "pebble under water", "hedgehog", "424242", token.as_str()] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}
