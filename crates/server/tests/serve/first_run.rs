//! From an empty directory to a superuser.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::server::{ADMIN, Server, run};

fn token(link: &str) -> String {
    link.split_once("/setup#token=").unwrap_or_else(|| panic!("no setup link: {link}")).1.to_owned()
}

#[test]
fn the_printed_link_creates_the_superuser_once() {
    let server = Server::start(&[], &[]);
    let visitor = server.visitor().on_own_page();
    assert_eq!(visitor.call("setup.status", json!({}))["complete"], false);
    assert_eq!(visitor.call("session.get", json!({}))["setup_needed"], true);

    let account = |token: &str| json!({ "token": token, "username": "ann", "password": "a horse in a park" });
    assert_eq!(visitor.refused("setup.complete", account("wrong")), -24006);
    let weak = json!({ "token": token(&server.link), "username": "ann", "password": "12345678" });
    assert_eq!(visitor.refused("setup.complete", weak), -29107);

    let info = visitor.call("setup.complete", account(&token(&server.link)));
    assert_eq!(info["user"]["username"], "ann");
    assert_eq!(info["user"]["is_superuser"], true);
    assert_ne!(visitor.refused("setup.complete", account(&token(&server.link))), 0);
    assert_eq!(server.script("ann", "a horse in a park").call("users.list", json!({})).as_array().unwrap().len(), 1);
}

#[test]
fn a_new_link_voids_the_old_one() {
    let server = Server::start(&[], &[]);
    let printed = run(server.home(), &["setup-link"], &[]);
    assert!(printed.status.success());
    let new = String::from_utf8(printed.stdout).unwrap();
    let account = |token: &str| json!({ "token": token, "username": "ann", "password": "a horse in a park" });
    let visitor = server.visitor().on_own_page();
    assert_eq!(visitor.refused("setup.complete", account(&token(&server.link))), -24006);
    visitor.call("setup.complete", account(&token(new.trim())));

    let again = run(server.home(), &["setup-link"], &[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8(again.stderr).unwrap().contains("reset-password"));
}

#[test]
fn settings_create_the_superuser_and_are_ignored_later() {
    let server = Server::with_superuser(&[]);
    assert!(!server.printed.contains("token"), "{}", server.printed);
    assert_eq!(server.script(ADMIN.0, ADMIN.1).call("users.list", json!({}))[0]["username"], ADMIN.0);
    let (_, data) = server.stop();
    let again = Server::start_in(data, &[], &[("MATHESAR_SUPERUSER_PASSWORD", "another horse battery")]);
    assert_eq!(again.script(ADMIN.0, "another horse battery").refused("users.list", json!({})), -32603);
    again.script(ADMIN.0, ADMIN.1).call("users.list", json!({}));
}

#[test]
fn a_weak_password_from_the_settings_stops_the_start() {
    let home = tempfile::tempdir().unwrap();
    let flags = ["--bind", "127.0.0.1:0", "--managed-postgres", "off"];
    let ended = run(home.path(), &flags, &[("MATHESAR_SUPERUSER_PASSWORD", "123")]);
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("too short") && !said.contains("123\""), "{said}");
}

#[test]
fn what_it_writes_is_its_owners_only_and_the_key_is_not_made_anew() {
    let server = Server::with_superuser(&[]);
    let data = server.home().join("data");
    for (name, mode) in [("", 0o700), ("secret_key", 0o600), ("mathesar.sqlite3", 0o600)] {
        let found = std::fs::metadata(data.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{name}");
    }
    let (_, home) = server.stop();
    std::fs::remove_file(home.path().join("data/secret_key")).unwrap();
    let ended = run(home.path(), &["--bind", "127.0.0.1:0"], &[]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success() && said.contains("The secret key is missing"), "{said}");

    let other_key = [("SECRET_KEY", "zyxwvutsrqponmlkjihgfedcba9876543210")];
    let ended = run(home.path(), &["--bind", "127.0.0.1:0"], &other_key);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("does not fit") && !said.contains("zyxwvu"), "{said}");
}
