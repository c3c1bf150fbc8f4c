//! An installation of the original is brought over by the command, beside a running server.

use std::{fs, path::Path};

use mathesar_testkit::{Cluster, TestDatabase};
use serde_json::{Value, json};

use crate::server::{Server, run};

const SCRIPT: &str = include_str!("../../../../testdata/original/internal-database.sql");
const KEY: &str = "bench-secret-key-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEF";
const COMMAND: &str = "migrate-from-mathesar";

fn original() -> TestDatabase<'static> {
    let database = Cluster::shared().database();
    database.execute(SCRIPT);
    // Where nobody listens, whatever runs beside this test.
    database.execute("update public.mathesar_server set port = 9");
    database
}

/// What the command prints when it succeeds.
fn said(home: &Path, flags: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(home, &[&[COMMAND], flags].concat(), variables);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What it says when it fails.
fn refused(home: &Path, flags: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(home, &[&[COMMAND], flags].concat(), variables);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn who_used_the_original_signs_in_here_and_finds_everything() {
    let (original, server) = (original(), Server::start(&[], &[]));
    let home = server.home();
    let [url, key] = ["url", "key"].map(|name| home.join(name).display().to_string());
    fs::write(&url, original.url() + "\n").unwrap();
    fs::write(&key, KEY).unwrap();
    let files = ["--url-file", &url, "--secret-key-file", &key];

    let rehearsed = said(home, &[&files[..], &["--dry-run"]].concat(), &[]);
    assert!(rehearsed.contains("Users: 2 brought over\n  + admin, superuser\n  + ana\n"), "{rehearsed}");
    assert!(rehearsed.contains("Nothing was changed"), "{rehearsed}");
    assert_eq!(server.visitor().call("setup.status", json!({}))["complete"], json!(false));

    let report = said(home, &files, &[]);
    assert!(report.contains("+ starter_db on 127.0.0.1:9\n      cannot be reached from here: "), "{report}");
    assert!(report.contains("change host and port"), "{report}");
    assert_eq!(server.visitor().call("setup.status", json!({}))["complete"], json!(true));

    let admin = server.signed_in("admin", "Horse-battery-9").on_own_page();
    let databases = admin.call("databases.configured.list", json!({}));
    let id =
        databases.as_array().unwrap().iter().find(|database| database["name"] == "starter_db").unwrap()["id"].clone();
    assert_eq!(admin.call("explorations.list", json!({ "database_id": id }))[0]["name"], "Requests per mechanic");
    let form = admin.call("forms.list", json!({ "database_id": id }))[0].clone();
    assert_eq!(
        (&form["name"], &form["token"]),
        (&json!("Book a repair"), &json!("59d3760a-6aef-45ed-9e7f-a295de00d2b2"))
    );
    let columns = admin.call("columns.metadata.list", json!({ "database_id": id, "table_oid": 18233 }));
    assert_eq!(columns[0]["display_width"], json!(240));
    admin.call("forms.set_publish_public", json!({ "database_id": id, "form_id": form["id"], "publish_public": true }));
    let address = "/shares/forms/59d3760a-6aef-45ed-9e7f-a295de00d2b2/";
    assert_eq!(server.visitor().get(address).status(), 200);
    let shared = server.visitor().call("forms.get", json!({ "form_token": form["token"] }));
    assert_eq!(shared["header_title"]["text"], "Book a repair");

    let again = said(home, &files, &[]);
    assert!(
        again.contains("Users: 2 here already\n  = admin, superuser: is here already, and stays as it is\n"),
        "{again}"
    );
    assert!(!again.contains("brought over"), "{again}");
    assert!(!server.log().contains("re'ad") && !server.log().contains(KEY));
}

#[test]
fn secrets_come_from_flags_and_variables_and_never_replace_our_own() {
    let (original, home) = (original(), tempfile::tempdir().unwrap());
    let url = original.url();
    let ours = ("MATHESAR_SECRET_KEY", "0123456789abcdefghijklmnopqrstuvwxyz");
    let flags = ["--url", &url, "--secret-key", KEY];
    assert!(said(home.path(), &flags, &[ours]).contains("Users: 2 brought over"));
    let variables = [ours, ("MATHESAR_ORIGINAL_URL", url.as_str()), ("MATHESAR_ORIGINAL_SECRET_KEY", KEY)];
    assert!(said(home.path(), &[], &variables).contains("Users: 2 here already"));
    let server = Server::start_in(home, &[], &[ours]);
    let list: Value = server.script("admin", "Horse-battery-9").call("users.list", json!({}));
    assert_eq!(list.as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_brought_over_is_told_in_words() {
    let (original, home) = (original(), tempfile::tempdir().unwrap());
    let (url, other) = (original.url(), Cluster::shared().database());
    assert!(refused(home.path(), &[], &[]).contains("--url-file"));
    let words = refused(home.path(), &["--url", &url, "--secret-key", "another"], &[]);
    assert!(words.contains("does not open 2 of 2 stored passwords: mathesar on 127.0.0.1:9"), "{words}");
    let words = refused(home.path(), &["--url", &url], &[]);
    assert!(words.contains("--without-passwords") && !words.contains("gAAAA"), "{words}");
    let words = refused(home.path(), &["--url", &other.url(), "--secret-key", KEY], &[]);
    assert!(words.contains("no internal database of the original"), "{words}");
    let words = refused(home.path(), &["--url", "postgres://ann:hush@127.0.0.1:9/x"], &[]);
    assert!(words.contains("cannot be reached") && words.contains("refused") && !words.contains("hush"), "{words}");
    let words = refused(home.path(), &["--url-file", "/nowhere/url"], &[]);
    assert!(words.contains("/nowhere/url"), "{words}");
    assert!(said(home.path(), &["--url", &url, "--without-passwords"], &[]).contains("enter it anew"));
}
