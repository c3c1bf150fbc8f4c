//! Copying a cluster as a whole, making one from a copy, and moving to a newer version, on real programs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing to do but panic")]

use std::{
    collections::HashMap,
    fs::{self, File},
    path::PathBuf,
};

use mathesar_local::{
    Access, Config, Error, Globals, Managed, ManagedDatabase, try_dump,
    upgrade::{self, Outcome},
};
use secrecy::SecretString;
use tempfile::TempDir;

#[path = "support/place.rs"]
mod place;
mod support;
use place::{Place, newest_installed, psql};
use support::Reversed;

/// What people make of their database, with everything that is hard to bring back: objects of other roles in schemas that these
/// may create in only by a right that comes later, policies, default rights, and code that runs when rows come in.
const LIBRARY: &str = r#"
create role reader login password 'reads a lot';
create role team;
grant team to reader;
grant connect on database books to reader;
create schema shelf;
grant usage, create on schema shelf to team;
create function whoever() returns text immutable language sql as $$ select current_user::text $$;
create table authors (
    id int generated always as identity primary key, name text unique, by_whom text generated always as (whoever()) stored);
insert into authors (name) select 'author ' || g from generate_series(1, 1000) g;
create table secrets (owner text, word text);
insert into secrets values ('books_owner', 'a'), ('reader', 'b');
alter table secrets enable row level security, force row level security;
create policy own on secrets using (owner = current_user);
grant select on secrets to reader;
alter default privileges grant select on tables to team;
alter database books set work_mem to '7MB';
alter database books set search_path to shelf, "$user", public;
comment on database books is 'all of them';
"#;

const OF_OTHERS: &str = r#"
grant create on schema public to team;
grant create on database books to team;
set role team;
create table shelf.places (id int primary key, name text);
insert into shelf.places values (1, 'left'), (2, 'right');
create schema of_team;
create view of_team.sides as select name from shelf.places;
"#;

/// Everything that must be the same in a copy, as text.
const PICTURE: &[&str] = &[
    "select count(*), sum(id) from authors",
    "select string_agg(word, ' ' order by word) from secrets",
    "select string_agg(id || name, ' ' order by id) from shelf.places",
    "select string_agg(relname || ' ' || relowner::regrole || ' ' || array(select x::text from unnest(coalesce(relacl, acldefault(\
     case relkind when 'S' then 's' else 'r' end::\"char\", relowner))) x order by 1)::text, E'\n' order by relname) \
     from pg_class where relnamespace in ('public'::regnamespace, 'shelf'::regnamespace) and relkind in ('r', 'S')",
    "select string_agg(nspname || ' ' || nspowner::regrole || ' ' || array(select x::text from unnest(\
     coalesce(nspacl, acldefault('n', nspowner))) x order by 1)::text, E'\n' order by nspname) \
     from pg_namespace where nspname !~ '^pg_'",
    "select string_agg(defaclrole::regrole || defaclobjtype::text || defaclacl::text, ' ') from pg_default_acl",
    "select array(select x::text from unnest(datacl) x order by 1), datdba::regrole, shobj_description(oid, 'pg_database') from pg_database where datname = 'books'",
    "select string_agg(rolname || ' ' || rolcanlogin || rolcreaterole || rolcreatedb || rolsuper, E'\n' order by rolname) \
     from pg_roles where rolname !~ '^pg_' and oid <> 10",
    "select string_agg(roleid::regrole || ' ' || member::regrole || ' ' || admin_option, E'\n' order by 1) \
     from pg_auth_members where roleid > 16383",
    "select string_agg(setconfig::text, ' ') from pg_db_role_setting",
    "select string_agg(polname, ' ') from pg_policy",
];

/// Asks as the superuser.
fn ask(access: &Access, database: &str, sql: &str) -> String {
    let output = access.psql(database).args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]).output().unwrap();
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn picture(access: &Access) -> Vec<String> {
    PICTURE.iter().map(|sql| ask(access, "books", sql)).collect()
}

/// A cluster with two databases of one owner each.
async fn library(managed: &Managed) -> ManagedDatabase {
    let endpoint = managed.ensure_running().await.unwrap();
    let books = managed.create_database("books").await.unwrap();
    managed.create_database("it's = \"odd\"").await.unwrap();
    psql(managed, &endpoint, "books", &books, LIBRARY).await.unwrap();
    let access = managed.access().await.unwrap();
    ask(&access, "books", OF_OTHERS);
    books
}

/// Copies a cluster into files, one for each database.
async fn copy(access: &Access, folder: &TempDir) -> (Globals, HashMap<String, PathBuf>) {
    let globals = access.globals().await.unwrap();
    let mut dumps = HashMap::new();
    for (number, database) in globals.databases.iter().enumerate() {
        let path = folder.path().join(number.to_string());
        access.dump(&database.name, File::create(&path).unwrap()).await.unwrap();
        dumps.insert(database.name.clone(), path);
    }
    (globals, dumps)
}

#[tokio::test]
async fn a_copy_is_what_was_copied_and_nothing_in_it_ran_as_superuser() {
    let (first, second, folder) = (Place::new(), Place::new(), tempfile::tempdir().unwrap());
    let managed = first.managed();
    let books = library(&managed).await;
    // A second program finds the server that the first one runs.
    let beside = first.managed();
    let access = beside.access().await.unwrap();
    let before = picture(&access);
    let (globals, dumps) = copy(&access, &folder).await;
    access.release().await;
    managed.ensure_running().await.unwrap();
    let globals: Globals = serde_json::from_str(&serde_json::to_string(&globals).unwrap()).unwrap();

    let elsewhere = second.managed();
    let access = elsewhere.access().await.unwrap();
    let notices = access.rebuild(&globals, |database| File::open(&dumps[&database.name])).await.unwrap();
    assert_eq!(notices, Vec::<String>::new());
    for (sql, (was, is)) in PICTURE.iter().zip(before.iter().zip(picture(&access))) {
        assert_eq!(*was, is, "{sql}");
    }
    assert_eq!(ask(&access, "books", "select distinct by_whom from authors"), "books_owner");
    let endpoint = elsewhere.ensure_running().await.unwrap();
    assert_eq!(psql(&elsewhere, &endpoint, "books", &books, "show work_mem").await.unwrap(), "7MB");
    let password = SecretString::from("reads a lot");
    let reader = ManagedDatabase { database: "books".to_owned(), owner: "reader".to_owned(), password };
    assert_eq!(psql(&elsewhere, &endpoint, "books", &reader, "select word from secrets").await.unwrap(), "b");
    let refused = psql(&elsewhere, &endpoint, "books", &reader, "create table x ()").await;
    assert!(refused.is_ok(), "a member of team may create in public: {refused:?}");
    let odd = psql(&elsewhere, &endpoint, "it's = \"odd\"", &reader, "select 1").await.unwrap_err();
    assert!(odd.contains("permission denied"), "{odd}");
    access.release().await;
    elsewhere.stop().await;
    managed.stop().await;
}

#[tokio::test]
async fn a_copy_from_elsewhere_makes_no_superuser_and_reaches_no_file() {
    let place = Place::new();
    let managed = place.managed();
    let access = managed.access().await.unwrap();
    let role = |name: &str| {
        serde_json::json!({ "name": name, "inherit": true, "create_role": true, "create_db": true, "login": true, "above": true,
            "connection_limit": -1, "verifier": null, "valid_until": null, "comment": null })
    };
    let hostile = |roles: serde_json::Value| {
        let text = serde_json::json!({ "major": 18, "roles": roles, "databases": [], "memberships": [
            { "role": "pg_execute_server_program", "member": "eve", "grantor": null, "admin": true, "inherit": true, "set": true },
            { "role": "mathesar_superuser", "member": "eve", "grantor": null, "admin": true, "inherit": true, "set": true },
        ], "settings": [{ "database": null, "role": "eve", "settings": ["session_preload_libraries=/tmp/x.so"] }] });
        serde_json::from_value::<Globals>(text).unwrap()
    };
    let files = |_: &mathesar_local::Database| File::open("/dev/null");
    let notices = access.rebuild(&hostile(serde_json::json!([role("eve")])), files).await.unwrap().join("\n");
    for part in
        ["ordinary role now", "member of “pg_execute_server_program”", "member of “mathesar_superuser”", "preload"]
    {
        assert!(notices.contains(part), "{notices}");
    }
    let state = "select rolsuper, (select count(*) from pg_auth_members where member = r.oid), rolconfig from pg_roles r \
                 where rolname = 'eve'";
    assert_eq!(ask(&access, "postgres", state), "f|0|");
    for name in ["mathesar_superuser", "pg_monitor"] {
        let refused = access.rebuild(&hostile(serde_json::json!([role(name)])), files).await.unwrap_err();
        assert!(matches!(refused, Error::Globals { .. }), "{refused}");
    }
    access.release().await;
}

#[tokio::test]
async fn a_damaged_dump_is_found_without_a_database() {
    let (place, folder) = (Place::new(), tempfile::tempdir().unwrap());
    let managed = place.managed();
    library(&managed).await;
    let access = managed.access().await.unwrap();
    let (_, dumps) = copy(&access, &folder).await;
    let clients = managed.client_folder().await.unwrap();
    let whole = fs::read(&dumps["books"]).unwrap();
    try_dump(&clients, whole.as_slice()).unwrap();
    let error = try_dump(&clients, &whole[..whole.len() / 2]).unwrap_err();
    assert!(matches!(error, Error::Program { program: "pg_restore", .. }), "{error}");
    assert!(try_dump(&clients, &b"no dump"[..]).is_err());
    managed.stop().await;
}

/// The programs of an older version than the carried one: those that the tests are run with, else Debian's.
#[expect(clippy::disallowed_methods, reason = "tests have no settings to read the environment for them")]
fn older_programs() -> PathBuf {
    let given = std::env::var_os("MATHESAR_TEST_PG_BIN").map(PathBuf::from);
    given.filter(|folder| (15..18).contains(&major_of(folder))).unwrap_or_else(newest_installed)
}

fn major_of(programs: &std::path::Path) -> u32 {
    let output = std::process::Command::new(programs.join("postgres")).arg("--version").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().nth(2).unwrap().split('.').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_cluster_moves_to_a_newer_version_and_the_old_one_is_kept_until_confirmed() {
    let (place, programs) = (Place::new(), older_programs());
    let from = major_of(&programs);
    if from >= 18 {
        return;
    }
    let older = Managed::new(Config { bin_dir: Some(programs.clone()), ..place.config() }, Reversed);
    let books = library(&older).await;
    let before = picture(&older.access().await.unwrap());

    let newer = place.managed();
    let running = upgrade::upgrade(&newer, Some(programs.clone())).await.unwrap_err();
    assert!(matches!(running, Error::Held { .. }), "{running}");
    older.stop().await;
    let versions = upgrade::versions(&newer).await.unwrap().unwrap();
    assert_eq!((versions.cluster, versions.newest.1, versions.kept), (from, 18, None));

    let Outcome::Moved { to: 18, notices, kept, .. } = upgrade::upgrade(&newer, Some(programs.clone())).await.unwrap()
    else {
        panic!("it moves to 18");
    };
    assert_eq!(notices, Vec::<String>::new());
    assert_eq!(kept, place.cluster(from));
    assert!(kept.join("PG_VERSION").exists());
    let endpoint = newer.ensure_running().await.unwrap();
    assert!(endpoint.version.starts_with("18."));
    for (sql, (was, is)) in PICTURE.iter().zip(before.iter().zip(picture(&newer.access().await.unwrap()))) {
        // What a role that makes roles gets by itself differs since version 16, and since 17 there is a right to maintain.
        if from >= 16 || !sql.contains("pg_auth_members") {
            assert_eq!(was.replace("Dxtm/", "Dxt/"), is.replace("Dxtm/", "Dxt/"), "{sql}");
        }
    }
    assert_eq!(psql(&newer, &endpoint, "books", &books, "select count(*) from authors").await.unwrap(), "1000");
    newer.stop().await;

    let back = Managed::new(Config { bin_dir: Some(programs), ..place.config() }, Reversed);
    let error = upgrade::upgrade(&back, None).await.unwrap_err();
    assert!(matches!(error, Error::Older { cluster: 18, .. }), "{error}");
    assert!(
        matches!(upgrade::upgrade(&newer, None).await.unwrap(), Outcome::Current { reindexed } if reindexed.is_empty())
    );
    assert_eq!(upgrade::confirm(&newer).await.unwrap(), Some(from));
    assert!(!kept.exists());
    assert_eq!(upgrade::confirm(&newer).await.unwrap(), None);
}

#[tokio::test]
async fn an_upgrade_that_fails_leaves_the_old_cluster_in_use() {
    let (place, programs) = (Place::new(), older_programs());
    let from = major_of(&programs);
    if from >= 18 {
        return;
    }
    let older = Managed::new(Config { bin_dir: Some(programs.clone()), ..place.config() }, Reversed);
    let books = library(&older).await;
    // What only the superuser may make, a database's owner cannot bring back.
    ask(&older.access().await.unwrap(), "books", "create publication everything for all tables");
    older.stop().await;
    let newer = place.managed();
    let error = upgrade::upgrade(&newer, Some(programs)).await.unwrap_err();
    assert!(
        matches!(&error, Error::Program { program: "pg_restore", output } if output.contains("FOR ALL TABLES")),
        "{error}"
    );
    assert!(!place.data_dir().join("postgres/upgrade").exists());
    // Where the old version is installed too, it goes on serving.
    match newer.ensure_running().await {
        Ok(_) => newer.stop().await,
        Err(error) => assert!(error.to_string().contains("mathesar postgres upgrade"), "{error}"),
    }
    let endpoint = older.ensure_running().await.unwrap();
    assert_eq!(psql(&older, &endpoint, "books", &books, "select count(*) from authors").await.unwrap(), "1000");
    older.stop().await;
}
