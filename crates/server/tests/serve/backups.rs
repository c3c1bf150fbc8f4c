//! Backups: made while the server works, tried, brought back elsewhere, and refused when anything is wrong with them.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use mathesar_testkit::Cluster;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{ADMIN, Browser, FORM, PATIENCE, Server, command, run};

const PASS_PHRASE: &str = "pebble under water";
const MANAGED: [&str; 2] = ["--managed-postgres", "on"];
const NOT_MANAGED: [&str; 2] = ["--managed-postgres", "off"];

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A place for data that PostgreSQL's user can reach, with a file that holds the pass phrase.
fn home() -> TempDir {
    let home = tempfile::Builder::new().prefix("mathesar-test-").tempdir_in("/tmp").unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(home.path().join("phrase"), format!("{PASS_PHRASE}\n")).unwrap();
    home
}

/// Runs `mathesar backup` or `restore` with the pass phrase.
fn with_phrase(home: &Path, words: &[&str], flags: &[&str], variables: &[(&str, &str)]) -> Output {
    let phrase = home.join("phrase");
    let mut all = words.to_vec();
    all.extend(["--passphrase-file", phrase.to_str().unwrap()]);
    all.extend(flags);
    run(home, &all, variables)
}

fn backup(home: &Path, file: &Path, flags: &[&str]) -> String {
    let made = with_phrase(home, &["backup", file.to_str().unwrap()], flags, &[]);
    assert!(made.status.success(), "{}", said(&made));
    said(&made)
}

fn restore(home: &Path, file: &Path, flags: &[&str]) -> Output {
    with_phrase(home, &["restore", file.to_str().unwrap()], flags, &[])
}

fn superuser() -> [(&'static str, &'static str); 1] {
    [("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1)]
}

/// A small installation without a PostgreSQL of its own, stopped, and a backup of it.
fn small() -> (TempDir, PathBuf) {
    let server = Server::start_in(home(), &NOT_MANAGED, &superuser());
    let file = server.home().join("small.tar.zst");
    backup(server.home(), &file, &NOT_MANAGED);
    (server.stop().1, file)
}

/// Every row of every table of a database, by schema and table.
fn content(admin: &Browser<'_>, id: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for schema in admin.call("schemas.list", json!({ "database_id": id })).as_array().unwrap() {
        let tables = admin.call("tables.list", json!({ "database_id": id, "schema_oid": schema["oid"] }));
        for table in tables.as_array().unwrap() {
            let rows =
                admin.call("records.list", json!({ "database_id": id, "table_oid": table["oid"], "limit": 10_000 }));
            found.push((format!("{}.{}", schema["name"], table["name"]), rows["results"].clone()));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn table_named(admin: &Browser<'_>, id: &Value, name: &str) -> Value {
    let schemas = admin.call("schemas.list", json!({ "database_id": id }));
    let tables = schemas.as_array().unwrap().iter().flat_map(|schema| {
        let tables = admin.call("tables.list", json!({ "database_id": id, "schema_oid": schema["oid"] }));
        tables.as_array().unwrap().clone()
    });
    tables.into_iter().find(|table| table["name"] == name).unwrap()
}

#[test]
fn a_backup_made_while_it_is_written_to_comes_back_elsewhere() {
    let server = Server::start_in(home(), &MANAGED, &superuser());
    let admin = server.script(ADMIN.0, ADMIN.1);
    server.signed_in(ADMIN.0, ADMIN.1);
    let made = json!({ "database": "shelf", "sample_data": ["library_management"] });
    let id = admin.call("databases.setup.create_new", made)["database"]["id"].clone();
    let books = table_named(&admin, &id, "Books");
    let width = json!({ "database_id": id, "table_oid": books["oid"], "column_meta_data_list": [{ "attnum": 2, "display_width": 321 }] });
    admin.call("columns.metadata.set", width);
    let layout = json!({ "order": [2, 1], "hidden": [3], "widths": [{ "attnum": 2, "width": 222 }], "frozen": 1 });
    admin.call("tables.layout.set", json!({ "database_id": id, "table_oid": books["oid"], "layout": layout }));
    let paste = json!({ "paste": "name\tage\nann\t4\n" }).to_string();
    assert_eq!(admin.post("/api/db/v0/data_files/", "application/json", paste.as_bytes()).status(), 201);
    let part = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nin a cell\r\n--x--\r\n";
    let in_cell: Value = serde_json::from_str(admin.post("/files/", FORM, part.as_bytes()).body()).unwrap();
    let public = admin.call("schemas.list", json!({ "database_id": id }));
    let public = public.as_array().unwrap().iter().find(|schema| schema["name"] == "public").unwrap()["oid"].clone();
    let log = admin.call("tables.add", json!({ "database_id": id, "schema_oid": public, "table_name": "log" }));
    let before: Vec<_> = content(&admin, &id).into_iter().filter(|(name, _)| !name.contains("log")).collect();

    let file = server.home().join("all.tar.zst");
    let (begun, written) = (AtomicBool::new(true), AtomicBool::new(false));
    let at_backup = std::thread::scope(|scope| {
        scope.spawn(|| {
            while begun.load(Ordering::Relaxed) {
                let row = json!({ "database_id": id, "table_oid": log["oid"], "record_def": {} });
                server.script(ADMIN.0, ADMIN.1).call("records.add", row);
                written.store(true, Ordering::Relaxed);
            }
        });
        while !written.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        let words = backup(server.home(), &file, &MANAGED);
        begun.store(false, Ordering::Relaxed);
        assert!(words.contains("1 managed databases, 1 files of cells and 1 uploads"), "{words}");
        admin.call("records.list", json!({ "database_id": id, "table_oid": log["oid"], "limit": 1 }))["count"].clone()
    });
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let listed = Command::new("tar").args(["--zstd", "-tf"]).arg(&file).output();
    if let Ok(listed) = listed.as_ref().map(said) {
        assert!(listed.contains("postgres/0.dump") || listed.contains("zstd"), "{listed}");
    }
    let tried = with_phrase(server.home(), &["backup", "--verify", file.to_str().unwrap()], &MANAGED, &[]);
    assert!(tried.status.success() && said(&tried).contains("The key opens and fits"), "{}", said(&tried));
    let (_, first) = server.stop();

    let elsewhere = home();
    let restored = restore(elsewhere.path(), &file, &MANAGED);
    assert!(restored.status.success(), "{}", said(&restored));
    for part in ["Managed databases: shelf", "1 sessions were ended"] {
        assert!(said(&restored).contains(part), "{}", said(&restored));
    }
    drop(first);
    let server = Server::start_in(elsewhere, &MANAGED, &[]);
    let admin = server.script(ADMIN.0, ADMIN.1);
    let id = admin.call("databases.configured.list", json!({}))[0]["id"].clone();
    let after = content(&admin, &id);
    for (name, rows) in before {
        assert_eq!(after.iter().find(|found| found.0 == name).unwrap().1, rows, "{name}");
    }
    let log = table_named(&admin, &id, "log");
    let rows =
        admin.call("records.list", json!({ "database_id": id, "table_oid": log["oid"], "limit": 1 }))["count"].clone();
    assert!(rows.as_i64() <= at_backup.as_i64() && rows.as_i64() > Some(0), "{rows} of {at_backup}");
    let books = table_named(&admin, &id, "Books");
    let metadata = admin.call("columns.metadata.list", json!({ "database_id": id, "table_oid": books["oid"] }));
    assert_eq!(metadata[0]["display_width"], 321, "{metadata}");
    let table = admin.call("tables.get_with_metadata", json!({ "database_id": id, "table_oid": books["oid"] }));
    assert_eq!(table["layout"], layout);
    let uploads: Value = serde_json::from_str(admin.get("/api/db/v0/data_files/").body()).unwrap();
    let preview = admin.call("imports.preview", json!({ "data_file_id": uploads["results"][0]["id"] }));
    assert_eq!(preview["rows"], 1);
    let link = in_cell["download_link"].as_str().unwrap();
    assert_eq!(admin.get(link).body(), "in a cell");
    // It goes on working: new rows, new databases.
    admin.call("records.add", json!({ "database_id": id, "table_oid": log["oid"], "record_def": {} }));
    admin.call("databases.setup.create_new", json!({ "database": "annex", "sample_data": [] }));
    // Its PostgreSQL ends with it.
    server.stop();
}

/// Puts an executable that carries a PostgreSQL beside the data: the tests' own with what `cargo xtask bundle` left in its cache, or
/// `MATHESAR_TEST_BUNDLE`, behind it.
#[expect(clippy::disallowed_methods, reason = "tests have no settings to read the environment for them")]
fn carry_postgresql(home: &Path) {
    let caches =
        [Some(PathBuf::from("/var/cache")), std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"))];
    let cached = caches.into_iter().flatten().filter_map(|cache| fs::read_dir(cache.join("mathesar-xtask")).ok());
    let bundles = cached.flatten().flatten().map(|entry| entry.path());
    let newest = bundles
        .filter(|path| path.extension().is_some_and(|extension| extension == "bundle"))
        .max_by_key(|path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok());
    let bundle = std::env::var_os("MATHESAR_TEST_BUNDLE").map(PathBuf::from).or(newest);
    let bundle =
        bundle.expect("this test needs the PostgreSQL that the executable carries: run `cargo xtask bundle` first");
    let program = home.join("mathesar");
    fs::copy(env!("CARGO_BIN_EXE_mathesar"), &program).unwrap();
    let mut program = File::options().append(true).open(program).unwrap();
    std::io::copy(&mut File::open(bundle).unwrap(), &mut program).unwrap();
}

#[test]
fn databases_move_to_the_newer_version_that_the_executable_carries() {
    let server = Server::start_in(home(), &MANAGED, &superuser());
    let admin = server.script(ADMIN.0, ADMIN.1);
    let made = json!({ "database": "shelf", "sample_data": ["library_management"] });
    let id = admin.call("databases.setup.create_new", made)["database"]["id"].clone();
    let books = table_named(&admin, &id, "Books");
    let width = json!({ "database_id": id, "table_oid": books["oid"], "column_meta_data_list": [{ "attnum": 2, "display_width": 321 }] });
    admin.call("columns.metadata.set", width);
    let before = content(&admin, &id);
    let (_, data) = server.stop();
    let with_managed = |words: &[&str]| run(data.path(), &[words, &MANAGED].concat(), &[]);
    let status = said(&with_managed(&["postgres", "status"]));
    if status.contains("made by PostgreSQL 18") {
        return;
    }

    carry_postgresql(data.path());
    let status = said(&with_managed(&["postgres", "status"]));
    assert!(status.contains("Newest version at hand: 18.") && status.contains("mathesar postgres upgrade"), "{status}");
    let moved = with_managed(&["postgres", "upgrade"]);
    assert!(moved.status.success() && said(&moved).contains("to 18: shelf"), "{}", said(&moved));
    let asked = ["postgres", "psql", "shelf"];
    let asked = [&asked[..], &MANAGED, &["--", "-XAtc", "show server_version_num"]].concat();
    let version = said(&run(data.path(), &asked, &[]));
    assert!(version.starts_with("18"), "{version}");

    let server = Server::start_in(data, &MANAGED, &[]);
    let admin = server.script(ADMIN.0, ADMIN.1);
    assert_eq!(content(&admin, &id), before);
    let books = table_named(&admin, &id, "Books");
    let metadata = admin.call("columns.metadata.list", json!({ "database_id": id, "table_oid": books["oid"] }));
    assert_eq!(metadata[0]["display_width"], 321, "{metadata}");
    let (_, data) = server.stop();
    let confirmed = run(data.path(), &[&["postgres", "upgrade", "--confirm"], &MANAGED[..]].concat(), &[]);
    assert!(confirmed.status.success() && said(&confirmed).contains("were removed"), "{}", said(&confirmed));
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_changed() {
    let (old, file) = small();
    let whole = fs::read(&file).unwrap();
    let elsewhere = home();
    let target = elsewhere.path().join("changed.tar.zst");
    let refused = |bytes: &[u8], words: &str| {
        fs::write(&target, bytes).unwrap();
        for output in [
            restore(elsewhere.path(), &target, &NOT_MANAGED),
            with_phrase(elsewhere.path(), &["backup", "--verify", target.to_str().unwrap()], &NOT_MANAGED, &[]),
        ] {
            assert_eq!(output.status.code(), Some(1), "{}", said(&output));
            assert!(said(&output).contains(words), "{}", said(&output));
        }
        let data = elsewhere.path().join("data");
        let left: Vec<_> = fs::read_dir(&data).into_iter().flatten().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name == "mathesar.sqlite3.lock"), "{left:?}");
    };
    refused(&whole[..whole.len() - 40], "damaged or cut off");
    refused(&whole[..100], "Mathesar");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 4;
    refused(&flipped, "damaged");
    refused(b"PK\x03\x04 something else", "Mathesar");
    fs::write(elsewhere.path().join("phrase"), "pebble on land").unwrap();
    refused(&whole, "not the one that the key was sealed with");
    fs::write(elsewhere.path().join("phrase"), PASS_PHRASE).unwrap();
    refused(&whole[..0], "Mathesar");
    drop(old);
}

#[test]
fn an_installation_is_only_replaced_when_asked_and_never_under_a_running_server() {
    let (first, file) = small();
    let server = Server::start_in(first, &NOT_MANAGED, &[]);
    let running = restore(server.home(), &file, &["--replace", "--managed-postgres", "off"]);
    assert!(
        !running.status.success() && said(&running).contains("Stop it, restore, and start it again"),
        "{}",
        said(&running)
    );
    let new = json!({ "user_def": { "username": "bob", "password": "bob rides a horse", "is_superuser": false } });
    server.script(ADMIN.0, ADMIN.1).call("users.add", new);
    let (_, data) = server.stop();
    let refused = restore(data.path(), &file, &NOT_MANAGED);
    assert!(!refused.status.success() && said(&refused).contains("--replace"), "{}", said(&refused));
    let again = backup_to_same(&data, &file);
    assert!(!again.status.success() && said(&again).contains("overwrites nothing"), "{}", said(&again));

    let replaced = restore(data.path(), &file, &["--replace", "--managed-postgres", "off"]);
    assert!(replaced.status.success() && said(&replaced).contains("is kept"), "{}", said(&replaced));
    let mut kept = fs::read_dir(data.path().join("data")).unwrap().map(|entry| entry.unwrap().path());
    let kept = kept.find(|path| path.to_str().unwrap().contains("before-restore-")).unwrap();
    assert!(kept.join("mathesar.sqlite3").exists() && kept.join("secret_key").exists());
    let server = Server::start_in(data, &NOT_MANAGED, &[]);
    let users = server.script(ADMIN.0, ADMIN.1).call("users.list", json!({}));
    assert_eq!(users.as_array().unwrap().len(), 1, "bob came after the backup");
}

fn backup_to_same(data: &TempDir, file: &Path) -> Output {
    with_phrase(data.path(), &["backup", file.to_str().unwrap()], &NOT_MANAGED, &[])
}

#[test]
fn the_key_can_stay_at_home_or_be_exchanged() {
    let (first, with_key) = small();
    let key = fs::read_to_string(first.path().join("data/secret_key")).unwrap();
    let without_key = first.path().join("without.tar.zst");
    let made = run(
        first.path(),
        &["backup", "--without-key", without_key.to_str().unwrap(), "--managed-postgres", "off"],
        &[],
    );
    assert!(made.status.success() && said(&made).contains("keep that elsewhere"), "{}", said(&made));
    let bytes = fs::read(&without_key).unwrap();
    assert!(
        !zstd_contains(&bytes, key.trim().as_bytes())
            && !zstd_contains(&fs::read(&with_key).unwrap(), key.trim().as_bytes())
    );

    let bare = |variables: &[(&str, &str)], place: &TempDir, file: &Path| {
        run(place.path(), &["restore", file.to_str().unwrap(), "--managed-postgres", "off"], variables)
    };
    let place = home();
    let missing = bare(&[], &place, &without_key);
    assert!(!missing.status.success() && said(&missing).contains("SECRET_KEY"), "{}", said(&missing));
    let other = ("SECRET_KEY", "another key for the tests, long enough");
    let wrong = bare(&[other], &place, &without_key);
    assert!(!wrong.status.success() && said(&wrong).contains("is not the one"), "{}", said(&wrong));
    let given = bare(&[("SECRET_KEY", key.trim())], &place, &without_key);
    assert!(given.status.success(), "{}", said(&given));
    assert!(!place.path().join("data/secret_key").exists());

    // Where another key is set, the one in the backup opens what that one then seals.
    let place = home();
    let exchanged = with_phrase(place.path(), &["restore", with_key.to_str().unwrap()], &NOT_MANAGED, &[other]);
    assert!(exchanged.status.success(), "{}", said(&exchanged));
    let server = Server::start_in(place, &NOT_MANAGED, &[other]);
    server.script(ADMIN.0, ADMIN.1).call("users.list", json!({}));
}

fn zstd_contains(bytes: &[u8], needle: &[u8]) -> bool {
    let unpacked = zstd::decode_all(bytes).unwrap();
    unpacked.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn our_own_data_moves_between_the_engines() {
    let (_first, file) = small();
    let database = Cluster::shared().database();
    let url = database.url();
    let variables = [("DATABASE_URL", url.as_str()), ("SECRET_KEY", "a key for the tests, long enough to pass")];
    let place = home();
    let moved = with_phrase(place.path(), &["restore", file.to_str().unwrap()], &[], &variables);
    assert!(moved.status.success(), "{}", said(&moved));
    assert!(!place.path().join("data/mathesar.sqlite3").exists());
    let server = Server::start_in(place, &[], &variables);
    server.script(ADMIN.0, ADMIN.1).call("users.list", json!({}));
    let running = with_phrase(server.home(), &["restore", file.to_str().unwrap()], &["--replace"], &variables);
    assert!(!running.status.success() && said(&running).contains("running server"), "{}", said(&running));
    let back = server.home().join("back.tar.zst");
    let made = with_phrase(server.home(), &["backup", back.to_str().unwrap()], &[], &variables);
    assert!(made.status.success(), "{}", said(&made));
    let (_, place) = server.stop();
    let replaced = with_phrase(place.path(), &["restore", file.to_str().unwrap()], &["--replace"], &variables);
    assert!(
        replaced.status.success() && said(&replaced).contains("schema mathesar_internal_before_"),
        "{}",
        said(&replaced)
    );

    let home_again = home();
    assert!(restore(home_again.path(), &back, &NOT_MANAGED).status.success());
    let server = Server::start_in(home_again, &NOT_MANAGED, &[]);
    server.script(ADMIN.0, ADMIN.1).call("users.list", json!({}));
}

#[test]
fn a_killed_backup_or_restore_leaves_nothing_behind() {
    let (data, file) = small();
    let folder = data.path().join("backups");
    fs::create_dir(&folder).unwrap();
    let target = folder.join("killed.tar.zst");
    let phrase = data.path().join("phrase");
    let arguments = ["--passphrase-file", phrase.to_str().unwrap(), "--managed-postgres", "off"];
    let kill_once = |words: &[&str], home: &Path, exists: &dyn Fn() -> bool| {
        let mut all = words.to_vec();
        all.extend(arguments);
        let mut child = command(home, &all, &[])
            .stderr(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while !exists() && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE);
        }
        child.kill().unwrap();
        child.wait().unwrap();
    };
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().count();
    kill_once(&["backup", target.to_str().unwrap()], data.path(), &|| entries(&folder) > 0);
    if !target.exists() {
        backup(data.path(), &target, &NOT_MANAGED);
    }
    assert_eq!(entries(&folder), 1, "what the killed one left is swept away");

    let place = home();
    let partial = place.path().join("data/restore.partial");
    kill_once(&["restore", file.to_str().unwrap()], place.path(), &|| partial.exists());
    let again = restore(place.path(), &file, &["--replace", "--managed-postgres", "off"]);
    assert!(again.status.success() && !partial.exists(), "{}", said(&again));
    let server = Server::start_in(place, &NOT_MANAGED, &[]);
    server.script(ADMIN.0, ADMIN.1).call("users.list", json!({}));
}

#[test]
fn a_full_disk_is_said_and_costs_nothing() {
    let (data, file) = small();
    let disk = data.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs"]).arg(&disk).status();
    if !mounted.is_ok_and(|status| status.success()) {
        return;
    }
    let target = disk.join("full.tar.zst");
    let full = with_phrase(data.path(), &["backup", target.to_str().unwrap()], &NOT_MANAGED, &[]);
    let left = fs::read_dir(&disk).unwrap().count();
    let nowhere = with_phrase(&disk, &["restore", file.to_str().unwrap()], &["--managed-postgres", "off"], &[]);
    let _ = Command::new("umount").arg("--lazy").arg(&disk).status();
    assert!(!full.status.success() && left == 0, "{left} files are left: {}", said(&full));
    assert!(said(&full).contains("full") || said(&full).contains("No space"), "{}", said(&full));
    assert!(!nowhere.status.success(), "{}", said(&nowhere));
}

#[test]
fn backups_make_themselves_and_doctor_knows_how_they_went() {
    let data = home();
    let variables = [("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1), ("MATHESAR_BACKUP_PASSPHRASE", PASS_PHRASE)];
    let server = Server::start_in(data, &["--backup-schedule", "02:30"], &variables);
    let folder = server.home().join("data/backups");
    let finished =
        || fs::read_dir(&folder).into_iter().flatten().flatten().find(|entry| entry.path().extension().is_some());
    let begun = Instant::now();
    while finished().is_none() {
        assert!(begun.elapsed() < PATIENCE, "no backup was made: {}", server.log());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let flags = ["--managed-postgres", "off", "--backup-schedule", "02:30", "--bind", &server.address()];
    let examine = |extra: &[(&str, &str)]| {
        let words: Vec<&str> = ["doctor"].into_iter().chain(flags).collect();
        said(&run(server.home(), &words, extra))
    };
    let begun = Instant::now();
    while !examine(&variables[1..]).contains("the last scheduled backup was made at") {
        assert!(begun.elapsed() < PATIENCE, "{}", examine(&variables[1..]));
    }
    assert!(examine(&[]).contains("leave the secret key out"), "{}", examine(&[]));
    let path = finished().unwrap().path();
    let tried = with_phrase(server.home(), &["backup", "--verify", path.to_str().unwrap()], &NOT_MANAGED, &[]);
    assert!(tried.status.success(), "{}", said(&tried));

    let data = home();
    fs::write(data.path().join("no-folder"), "").unwrap();
    let no_folder = data.path().join("no-folder/x");
    let server =
        Server::start_in(data, &["--backup-schedule", "6h", "--backup-dir", no_folder.to_str().unwrap()], &superuser());
    let begun = Instant::now();
    while !server.log().contains("no scheduled backup was made") {
        assert!(begun.elapsed() < PATIENCE, "{}", server.log());
    }
    let words = ["doctor", "--managed-postgres", "off", "--backup-schedule", "6h", "--bind", &server.address()];
    let examined = said(&run(server.home(), &words, &[]));
    assert!(examined.contains("problem") && examined.contains("failed: The folder"), "{examined}");
}

#[test]
fn an_interrupted_exchange_is_completed_by_the_next_start() {
    let (data, _) = small();
    let folder = data.path().join("data");
    let ready = folder.join("restore.ready");
    fs::create_dir(&ready).unwrap();
    for part in ["mathesar.sqlite3", "secret_key"] {
        fs::copy(folder.join(part), ready.join(part)).unwrap();
    }
    fs::write(ready.join("kept-as"), "before-restore-x").unwrap();
    // What lies there now is of no use.
    let mut damaged = File::options().write(true).read(true).open(folder.join("secret_key")).unwrap();
    let mut key = String::new();
    damaged.read_to_string(&mut key).unwrap();
    damaged.seek(SeekFrom::Start(0)).unwrap();
    damaged.write_all(b"AAAAAAAA").unwrap();
    let beside = run(data.path(), &["users", "list", "--managed-postgres", "off"], &[]);
    assert!(
        !beside.status.success() && said(&beside).contains("Start the server, which completes it"),
        "{}",
        said(&beside)
    );
    let server = Server::start_in(data, &NOT_MANAGED, &[]);
    server.script(ADMIN.0, ADMIN.1).call("users.list", json!({}));
    assert!(server.home().join("data/before-restore-x/secret_key").exists());
}
