//! Commands beside the server.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    time::Instant,
};

use serde_json::json;

use crate::server::{PATIENCE, Server, command, run};

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn config_show_tells_where_each_value_comes_from_and_no_secret() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("mathesar.toml");
    fs::write(&file, "log_format = \"json\"\nport = 1\n").unwrap();
    let variables = [
        ("MATHESAR_CONFIG", file.to_str().unwrap()),
        ("PORT", "2"),
        ("SECRET_KEY", "abcdefghijklmnopqrstuvwxyz012345"),
    ];
    let shown = said(&run(home.path(), &["--log-level", "debug", "config", "show"], &variables));
    let line = |name: &str| {
        let line = shown.lines().find(|line| line.split_whitespace().next() == Some(name)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("log_level"), "log_level debug flag --log-level");
    assert_eq!(line("port"), "port 2 environment variable PORT");
    assert_eq!(line("log_format"), format!("log_format json {}, line 1", file.display()));
    assert_eq!(line("secret_key"), "secret_key (secret) environment variable SECRET_KEY");
    assert!(!shown.contains("abcdefgh"));
}

#[test]
fn config_check_names_every_problem() {
    let home = tempfile::tempdir().unwrap();
    let good = run(home.path(), &["config", "check"], &[("REQUIRE_SSO_LOGIN", "true")]);
    assert!(good.status.success() && said(&good).contains("REQUIRE_SSO_LOGIN has no effect"), "{}", said(&good));
    let bad = run(home.path(), &["config", "check", "--bind", "x"], &[("PORT", "y")]);
    assert_eq!(bad.status.code(), Some(1));
    for part in ["flag --bind", "environment variable PORT", "expected a port number"] {
        assert!(said(&bad).contains(part), "{}", said(&bad));
    }
}

#[test]
fn a_generated_file_is_accepted() {
    let home = tempfile::tempdir().unwrap();
    let generated = run(home.path(), &["config", "generate"], &[]);
    let file = home.path().join("m.toml");
    fs::write(&file, generated.stdout).unwrap();
    assert!(run(home.path(), &["config", "check", "--config", file.to_str().unwrap()], &[]).status.success());
}

#[test]
fn users_are_managed_without_a_browser() {
    let home = tempfile::tempdir().unwrap();
    let refused = run(home.path(), &["users", "create", "ann"], &[]);
    assert!(said(&refused).contains("--superuser"), "{}", said(&refused));
    let created = run(home.path(), &["users", "create", "ann", "--superuser"], &[]);
    assert!(created.status.success(), "{}", said(&created));
    let first = String::from_utf8(created.stdout).unwrap();
    let first = first.lines().find_map(|line| line.strip_prefix("Password: ")).unwrap().to_owned();

    let password = home.path().join("password");
    fs::write(&password, "bob rides a horse\n").unwrap();
    let arguments = ["users", "create", "bob", "--password-file", password.to_str().unwrap()];
    assert!(run(home.path(), &arguments, &[]).status.success());
    let listed = said(&run(home.path(), &["users", "list"], &[]));
    assert!(listed.contains("ann\tsuperuser") && listed.contains("bob\tuser"), "{listed}");

    let server = Server::start_in(home, &[], &[]);
    server.script("ann", &first).call("users.list", json!({}));
    assert_eq!(
        server.script("bob", "bob rides a horse").call("session.get", json!({}))["password_change_needed"],
        true
    );

    let reset = run(server.home(), &["users", "reset-password", "ann"], &[]);
    assert!(reset.status.success(), "{}", said(&reset));
    assert_eq!(server.script("ann", &first).refused("users.list", json!({})), -32603);
}

#[test]
fn doctor_and_healthcheck_tell_the_state() {
    let server = Server::with_superuser(&[]);
    let healthy = run(server.home(), &["healthcheck", "--bind", &server.address()], &[]);
    assert!(healthy.status.success(), "{}", said(&healthy));
    let examined = run(server.home(), &["doctor", "--managed-postgres", "off", "--bind", &server.address()], &[]);
    assert!(examined.status.success() && said(&examined).contains("strong enough and fits"), "{}", said(&examined));
    let address = server.address();
    let (_, home) = server.stop();
    let gone = run(home.path(), &["healthcheck", "--bind", &address], &[]);
    assert!(!gone.status.success() && said(&gone).contains("Is the server running?"), "{}", said(&gone));
}

#[test]
fn commands_find_a_server_whose_port_nobody_chose() {
    let home = tempfile::tempdir().unwrap();
    let mut server =
        command(home.path(), &["--managed-postgres", "off"], &[]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let printed = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
    let link = printed.map(|line| line.trim().to_owned()).find(|line| line.starts_with("http")).unwrap();
    let begun = Instant::now();
    while !run(home.path(), &["healthcheck"], &[]).status.success() {
        assert!(begun.elapsed() < PATIENCE, "the server is not found");
    }
    let again = String::from_utf8(run(home.path(), &["setup-link"], &[]).stdout).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    let place = |link: &str| link.split_once("#token=").unwrap().0.to_owned();
    assert_eq!(place(&again), place(&link));
}

#[test]
fn everything_that_is_carried_is_listed_with_its_licence() {
    let gathered =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../client/packages/app/dist/licences.json.zst");
    let home = tempfile::tempdir().unwrap();
    let listed = said(&run(home.path(), &["licenses"], &[]));
    let page = Server::start(&[], &[]).visitor().get("/licenses");
    if !gathered.exists() {
        assert!(listed.contains("cargo xtask build") && page.status() == 404, "{listed}");
        println!("skipped: `cargo xtask test` gathers the licences before the tests");
        return;
    }
    for part in [
        "postgres\tPostgreSQL (server)",
        "postgres\tICU",
        "postgres\tOpenSSL",
        "crate\ttokio\t",
        "npm\tsvelte\t5",
        "OFL-1.1",
    ] {
        assert!(listed.contains(part), "{part} is missing: {listed}");
    }
    let full = said(&run(home.path(), &["licenses", "--full"], &[]));
    for text in ["SIL OPEN FONT LICENSE", "Portions Copyright (c)", "Apache License", "Permission is hereby granted"] {
        assert!(full.contains(text), "{text} is missing");
        assert!(page.body().contains(text), "{text} is missing on the page");
    }
}

#[test]
fn wrong_commands_are_told_apart_from_failed_ones() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(run(home.path(), &["srve"], &[]).status.code(), Some(2));
    assert_eq!(run(home.path(), &["users", "reset-password", "nobody"], &[]).status.code(), Some(1));
    assert!(said(&run(home.path(), &["--version"], &[])).starts_with("mathesar "));
    assert!(
        !said(&run(home.path(), &["--help"], &[])).contains("--secret-key"),
        "secrets do not belong on command lines"
    );
}
