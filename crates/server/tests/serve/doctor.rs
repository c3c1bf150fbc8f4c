//! What `doctor` finds.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt as _, path::Path};

use mathesar_testkit::{Certificates, Cluster};
use serde_json::{Value, json};

use crate::server::{Server, run};

/// Every finding, as (level, area, words, what to do), and whether it found no problem.
fn findings(home: &Path, flags: &[&str], variables: &[(&str, &str)]) -> (Vec<[String; 4]>, bool) {
    // Nobody listens there, whatever else runs on this machine.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let bind: &[&str] = if flags.contains(&"--bind") { &[] } else { &["--bind", &free] };
    let all = [&["doctor", "--json", "--managed-postgres", "off"][..], bind, flags].concat();
    let output = run(home, &all, variables);
    let findings: Vec<Value> = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let findings = findings.iter().map(|one| ["level", "area", "what", "next"].map(|key| text(one, key)));
    (findings.collect(), output.status.success())
}

/// What is wrong, in words, with what to do.
fn problems(home: &Path, flags: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
    let (all, good) = findings(home, flags, variables);
    let problems: Vec<String> = all
        .iter()
        .filter(|one| one[0] == "problem")
        .map(|one| format!("{}: {} | {}", one[1], one[2], one[3]))
        .collect();
    assert_eq!(good, problems.is_empty(), "the exit code does not fit: {problems:?}");
    problems
}

fn only(problems: &[String]) -> &str {
    assert_eq!(problems.len(), 1, "{problems:#?}");
    &problems[0]
}

#[test]
fn a_healthy_installation_has_no_problem_and_a_look_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    assert!(problems(home.path(), &[], &[]).is_empty());
    assert!(!home.path().join("data").exists(), "a look made something");

    let server = Server::with_superuser(&[]);
    let (all, good) = findings(server.home(), &["--bind", &server.address()], &[]);
    assert!(good, "{all:#?}");
    for part in
        ["the server runs", "the secret key is strong enough and fits", "MB are free", "the first account exists"]
    {
        assert!(all.iter().any(|one| one[0] == "ok" && one[2].contains(part)), "{part}: {all:#?}");
    }
}

#[test]
fn a_port_that_another_program_holds_is_told_with_its_name() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = tempfile::tempdir().unwrap();
    let found = problems(home.path(), &["--bind", &taken.local_addr().unwrap().to_string()], &[]);
    let itself = format!("(process {})", std::process::id());
    assert!(only(&found).contains(&itself) && found[0].contains("--bind"), "{found:?}");
}

#[test]
fn rights_that_are_too_wide_are_told_with_the_command_that_narrows_them() {
    let (_, home) = Server::with_superuser(&[]).stop();
    let data = home.path().join("data");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let found = problems(home.path(), &[], &[]);
    assert!(only(&found).contains("chmod go-rw"), "{found:?}");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();

    let file = home.path().join("mathesar.toml");
    fs::write(&file, "metrics_token = \"let me read\"\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let found = problems(home.path(), &["--config", file.to_str().unwrap()], &[]);
    assert!(only(&found).contains("holds a secret"), "{found:?}");
}

#[test]
fn a_key_that_does_not_fit_and_settings_that_cannot_be_read_are_told() {
    let (_, home) = Server::with_superuser(&[]).stop();
    let found = problems(home.path(), &[], &[("SECRET_KEY", "another key, long enough, but not the right one")]);
    assert!(only(&found).contains("data: the internal database"), "{found:?}");
    let found = problems(home.path(), &["--bind", "here"], &[]);
    assert!(only(&found).contains("settings: bind (flag --bind)"), "{found:?}");
}

#[test]
fn a_database_that_does_not_answer_is_told_with_why() {
    let database = Cluster::shared().database();
    let role = database.role("patient", "login");
    let server = Server::with_superuser(&["--allow-unix-sockets"]);
    let address = json!({
        "host": database.cluster().socket_directory(), "port": database.cluster().port(),
        "database": database.name(), "role": role,
    });
    server.script(crate::server::ADMIN.0, crate::server::ADMIN.1).call("databases.setup.connect_existing", address);
    let (_, home) = server.stop();
    assert!(problems(home.path(), &[], &[]).is_empty());
    database.execute(&format!("alter role {role} nologin"));
    let found = problems(home.path(), &[], &[]);
    assert!(only(&found).contains("may not log in") && found[0].contains("ALTER ROLE"), "{found:?}");
}

#[test]
fn a_certificate_for_another_name_is_told() {
    let home = tempfile::tempdir().unwrap();
    let made = Certificates::for_names(&["tables.example.org"]);
    let [certificate, key] = ["c.pem", "k.pem"].map(|name| home.path().join(name));
    fs::write(&certificate, made.server_pem).unwrap();
    fs::write(&key, made.server_key_pem).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let flags = ["--tls-cert", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let name = |host: &str| problems(home.path(), &[&flags[..], &["--external-url", host]].concat(), &[]);
    assert!(name("https://tables.example.org").is_empty());
    let found = name("https://other.example.org");
    assert!(only(&found).contains("made out to tables.example.org"), "{found:?}");
}

#[test]
fn what_a_proxy_makes_of_requests_is_asked_of_the_running_server() {
    let proxy = crate::proxy::Proxy::start();
    let external = format!("http://localhost:{}", proxy.port());
    let server = Server::start(&["--external-url", &external], &[]);
    proxy.lead_to(&server.address());
    let look = |proxies: &str| {
        let flags = ["--external-url", &external, "--bind", &server.address(), "--trusted-proxies", proxies];
        problems(server.home(), &flags, &[])
    };
    let found = look("192.0.2.1");
    assert!(
        only(&found).contains("is not believed") && found[0].contains("Set trusted_proxies to 127.0.0.1"),
        "{found:?}"
    );
    server.stop();

    let server = Server::start(&["--external-url", &external, "--trusted-proxies", "127.0.0.1"], &[]);
    proxy.lead_to(&server.address());
    let flags = ["--external-url", &external, "--bind", &server.address(), "--trusted-proxies", "127.0.0.1"];
    let (all, good) = findings(server.home(), &flags, &[]);
    assert!(good && all.iter().any(|one| one[1] == "proxy" && one[2].contains("what arrives is right")), "{all:#?}");
}
