//! The managed PostgreSQL on real programs: the ones that the executable carries, and Debian's.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing to do but panic")]

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use mathesar_local::{Config, Endpoint, Error, Managed, ManagedDatabase, Status};
use mathesar_pg::Host;
use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, Uid, User},
};

#[path = "support/place.rs"]
mod place;
mod support;
use place::{Place, bundle, eventually, is_zombie, newest_installed, psql, wait_for_end};
use support::{Reversed, config};

const UNSORTED: &str = "create table words (w text); insert into words values ('b'), ('B'), ('ä'), ('a'), ('A'), ('z')";
const SORTED: &str = "select string_agg(w, ' ' order by w) from words";

#[tokio::test]
async fn a_first_start_makes_databases_that_sort_as_people_do() {
    let place = Place::new();
    let managed = place.managed();
    assert!(!managed.exists().unwrap());
    let (first, second) = tokio::join!(managed.ensure_running(), managed.ensure_running());
    let endpoint = first.unwrap();
    assert_eq!(endpoint, second.unwrap());
    assert_eq!(managed.status(), Status::Running(endpoint.clone()));
    assert!(managed.exists().unwrap());
    assert!(endpoint.version.starts_with("18."), "{}", endpoint.version);

    let books = managed.create_database("books").await.unwrap();
    psql(&managed, &endpoint, "books", &books, UNSORTED).await.unwrap();
    assert_eq!(psql(&managed, &endpoint, "books", &books, SORTED).await.unwrap(), "a A ä b B z");
    managed.stop().await;
    assert_eq!(managed.status(), Status::Stopped);
    assert!(place.postmaster(18).is_none());
}

/// The carried data of ICU is cut down; none of this may be missed.
#[tokio::test]
async fn languages_letters_and_encodings_are_known() {
    let place = Place::new();
    let managed = place.managed();
    let endpoint = managed.ensure_running().await.unwrap();
    let books = managed.create_database("books").await.unwrap();
    let ask = async |database: &str, sql: &str| psql(&managed, &endpoint, database, &books, sql).await.unwrap();

    let swedish = r#"select string_agg(w, ' ' order by w collate "sv-x-icu") from unnest('{ö,z,å,ä,a}'::text[]) w"#;
    assert_eq!(ask("books", swedish).await, "a z å ä ö");
    ask("books", "create collation numbers (provider = icu, locale = 'und-u-kn-true')").await;
    let numbers = "select string_agg(w, ' ' order by w collate numbers) from unnest('{a10,a9}'::text[]) w";
    assert_eq!(ask("books", numbers).await, "a9 a10");
    let letters = r#"select upper('istanbul ß' collate "tr-x-icu"), initcap('ümlaut an der tür' collate "de-x-icu")"#;
    assert_eq!(ask("books", letters).await, "İSTANBUL SS|Ümlaut An Der Tür");

    let czech = "create database czech template template0 encoding 'LATIN2' locale_provider icu icu_locale 'cs' \
        lc_collate 'C' lc_ctype 'C'";
    ask("books", czech).await;
    let sorted = "select string_agg(w, ' ' order by w) from unnest('{ch,i,c,h}'::text[]) w";
    assert_eq!(ask("czech", sorted).await, "c h ch i");
    managed.stop().await;
}

#[tokio::test]
async fn an_owner_has_its_own_database_and_no_other() {
    let place = Place::new();
    let managed = place.managed();
    let endpoint = managed.ensure_running().await.unwrap();
    let books = managed.create_database("books").await.unwrap();
    let music = managed.create_database("Müsic & \"more\"").await.unwrap();
    let ask =
        async |database: &str, role: &ManagedDatabase, sql: &str| psql(&managed, &endpoint, database, role, sql).await;

    let rights = "select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user";
    assert_eq!(ask("books", &books, rights).await.unwrap(), "f|t|t");
    for sql in ["create role reader", "create schema shelf", "create extension citext", "create extension pgcrypto"] {
        ask("books", &books, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    for database in ["postgres", "template1", &music.database] {
        let refused = ask(database, &books, "select 1").await.unwrap_err();
        assert!(refused.contains("permission denied"), "{database}: {refused}");
    }
    let refused = ask("books", &books, "copy (select 1) to program 'id'").await.unwrap_err();
    assert!(refused.contains("permission denied"), "{refused}");

    assert!(matches!(managed.create_database("books").await, Err(Error::Exists(name)) if name == "books"));
    assert!(matches!(managed.create_database("postgres").await, Err(Error::Exists(_))));
    assert!(matches!(managed.create_database("").await, Err(Error::Name { .. })));

    assert!(managed.database_oid(&music.database).await.unwrap().is_some());
    assert_eq!(managed.drop_database(&music.database).await.unwrap(), Some(music.owner));
    for name in [&*music.database, "postgres"] {
        assert_eq!(managed.database_oid(name).await.unwrap(), None);
        assert!(matches!(managed.drop_database(name).await, Err(Error::Missing(missing)) if missing == name));
    }
    let gift = managed.create_database("gift").await.unwrap();
    for sql in ["create role heir", "grant heir to gift_owner with set true", "alter database gift owner to heir"] {
        ask("gift", &gift, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    assert_eq!(managed.drop_database("gift").await.unwrap(), None, "who was given a database stays");
    assert_eq!(ask("books", &books, "select 1 from pg_roles where rolname = 'heir'").await.unwrap(), "1");
    ask("books", &books, "create database annex").await.unwrap();
    assert_eq!(managed.drop_database("books").await.unwrap(), None, "the owner of another database stays");
    managed.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_the_log_keeps_values_to_itself() {
    let place = Place::new();
    let managed = place.managed();
    let endpoint = managed.ensure_running().await.unwrap();
    let books = managed.create_database("books").await.unwrap();
    let wrong = ManagedDatabase { password: "wrong".to_owned().into(), ..books.clone() };
    let refused = psql(&managed, &endpoint, "books", &wrong, "select 1").await.unwrap_err();
    assert!(refused.contains("password authentication failed"), "{refused}");

    let secret = "insert into people values ('kept-secret'), ('kept-secret')";
    psql(&managed, &endpoint, "books", &books, "create table people (name text primary key)").await.unwrap();
    psql(&managed, &endpoint, "books", &books, secret).await.unwrap_err();
    managed.stop().await;
    let logs: String = fs::read_dir(place.data_dir().join("postgres/log"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert!(logs.contains("duplicate key value"), "{logs}");
    assert!(!logs.contains("kept-secret"), "{logs}");
}

#[tokio::test]
async fn data_outlives_a_stop_and_a_killed_server_comes_back() {
    let place = Place::new();
    let managed = place.managed();
    let endpoint = managed.ensure_running().await.unwrap();
    let books = managed.create_database("books").await.unwrap();
    psql(&managed, &endpoint, "books", &books, UNSORTED).await.unwrap();
    managed.stop().await;

    let endpoint = managed.ensure_running().await.unwrap();
    assert_eq!(psql(&managed, &endpoint, "books", &books, SORTED).await.unwrap(), "a A ä b B z");

    let mut status = managed.watch();
    let killed = place.postmaster(18).unwrap();
    kill(killed, Signal::SIGKILL).unwrap();
    status.wait_for(|status| matches!(status, Status::Restarting(_))).await.unwrap();
    status.wait_for(|status| matches!(status, Status::Running(_))).await.unwrap();
    assert_ne!(place.postmaster(18).unwrap(), killed);
    let endpoint = managed.ensure_running().await.unwrap();
    assert_eq!(psql(&managed, &endpoint, "books", &books, SORTED).await.unwrap(), "a A ä b B z");
    managed.stop().await;
}

#[tokio::test]
async fn a_socket_that_was_cleaned_away_is_laid_anew() {
    let place = Place::new();
    let managed = place.managed();
    let Host::Unix { directory, .. } = managed.ensure_running().await.unwrap().host else { panic!("a Unix socket") };
    let books = managed.create_database("books").await.unwrap();
    fs::remove_dir_all(directory).unwrap();
    managed.watch().wait_for(|status| matches!(status, Status::Restarting(_))).await.unwrap();
    let endpoint = managed.ensure_running().await.unwrap();
    assert_eq!(psql(&managed, &endpoint, "books", &books, "select 1").await.unwrap(), "1");
    managed.stop().await;
}

/// The program of `examples/serve.rs`, copied to where every user may run it.
struct Served {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Served {
    fn start(place: &Place, as_user: Option<&User>) -> Self {
        Self::start_on(place, &place.config().data_dir, as_user)
    }

    fn start_on(place: &Place, data_dir: &Path, as_user: Option<&User>) -> Self {
        let mut command = Command::new("/usr/bin/env");
        if let Some(user) = as_user {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        Self::run(place, &mut command, data_dir)
    }

    /// Runs it through a program that takes it, and its arguments, as its own arguments and becomes it.
    fn run(place: &Place, through: &mut Command, data_dir: &Path) -> Self {
        let test = std::env::current_exe().unwrap();
        let program = place.folder.path().join("serve");
        if !program.exists() {
            fs::copy(test.ancestors().nth(2).unwrap().join("examples/serve"), &program).unwrap();
        }
        let command = through.arg(program).arg(data_dir).arg(bundle()).current_dir("/").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("the program says something").unwrap()
    }

    fn signal(&mut self, signal: Signal) -> std::process::ExitStatus {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn after_a_kill_of_the_program_the_next_start_finds_everything() {
    let place = Place::new();
    let managed = place.managed();
    let endpoint = managed.ensure_running().await.unwrap();
    let books = managed.create_database("books").await.unwrap();
    psql(&managed, &endpoint, "books", &books, UNSORTED).await.unwrap();
    managed.stop().await;

    let mut served = Served::start(&place, None);
    assert!(served.line().starts_with("running "));
    let orphan = place.postmaster(18).unwrap();
    served.signal(Signal::SIGKILL);
    assert!(!is_zombie(orphan), "PostgreSQL outlives a killed parent");

    let endpoint = managed.ensure_running().await.unwrap();
    wait_for_end(orphan);
    assert_eq!(psql(&managed, &endpoint, "books", &books, SORTED).await.unwrap(), "a A ä b B z");
    managed.stop().await;
}

#[tokio::test]
async fn a_second_program_is_refused_and_told_who_is_first() {
    let place = Place::new();
    let mut first = Served::start(&place, None);
    assert!(first.line().starts_with("running "));
    let refused = place.managed().ensure_running().await.unwrap_err();
    assert!(
        matches!(&refused, Error::Held { holder, .. } if holder.contains(&first.child.id().to_string())),
        "{refused}"
    );

    let postmaster = place.postmaster(18).unwrap();
    assert!(first.signal(Signal::SIGTERM).success());
    assert_eq!(first.line(), "stopped");
    assert!(kill(postmaster, None).is_err());
    assert!(place.postmaster(18).is_none(), "a clean stop leaves no postmaster.pid");
}

#[tokio::test]
async fn a_server_that_somebody_started_by_hand_is_left_alone() {
    let place = Place::new();
    let managed = place.managed();
    managed.ensure_running().await.unwrap();
    let programs = managed.prepare().await.unwrap();
    managed.stop().await;

    let owner = fs::metadata(place.cluster(18)).unwrap();
    let mut by_hand = Command::new(programs.server.join("postgres"))
        .arg("-D")
        .arg(place.cluster(18))
        .args(["-c", "listen_addresses=", "-k"])
        .arg(place.cluster(18))
        .current_dir("/")
        .uid(owner.uid())
        .gid(owner.gid())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    eventually("the server by hand is ready", || {
        fs::read_to_string(place.cluster(18).join("postmaster.pid")).is_ok_and(|text| text.contains("ready"))
    });
    let refused = managed.ensure_running().await.unwrap_err();
    assert!(matches!(&refused, Error::Held { holder, .. } if holder.contains(&by_hand.id().to_string())), "{refused}");
    assert!(matches!(managed.status(), Status::Failed(_)));

    kill(Pid::from_raw(by_hand.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    by_hand.wait().unwrap();
    managed.ensure_running().await.unwrap();
    managed.stop().await;
}

#[tokio::test]
async fn a_stale_pid_file_with_a_living_number_does_not_stop_the_start() {
    let place = Place::new();
    let managed = place.managed();
    managed.ensure_running().await.unwrap();
    managed.stop().await;

    // The number of a living process of PostgreSQL's own user is what makes PostgreSQL itself refuse.
    let owner = fs::metadata(place.cluster(18)).unwrap();
    let mut bystander =
        Command::new("/bin/sleep").arg("60").current_dir("/").uid(owner.uid()).gid(owner.gid()).spawn().unwrap();
    let file = place.cluster(18).join("postmaster.pid");
    fs::write(&file, format!("{}\n{}\n1\n5432\n\n\n\n", bystander.id(), place.cluster(18).display())).unwrap();
    chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
    managed.ensure_running().await.unwrap();
    managed.stop().await;
    bystander.kill().unwrap();
    bystander.wait().unwrap();
}

#[tokio::test]
async fn a_torn_unpacked_tree_is_found_and_unpacked_again() {
    let place = Place::new();
    let server = place.managed().prepare().await.unwrap().server;
    let library = server.parent().unwrap().join("lib/libicuuc.so.60.2");
    let whole = fs::read(&library).unwrap();
    // What a power cut leaves: the right length, and zeros.
    fs::write(&library, vec![0; whole.len()]).unwrap();
    let again = place.managed().prepare().await.unwrap();
    assert_eq!(again.server, server);
    assert_eq!(fs::read(&library).unwrap(), whole);
    let mut left = fs::read_dir(place.data_dir().join("postgres")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.any(|name| name.to_string_lossy().starts_with('.')), "a scratch folder is left");
}

#[tokio::test]
async fn what_older_versions_and_interrupted_starts_left_is_cleared_away() {
    let place = Place::new();
    let managed = place.managed();
    let current = managed.prepare().await.unwrap().server;
    let home = place.data_dir().join("postgres");
    let older = home.join("0123456789abcdef");
    fs::create_dir_all(older.join("bin")).unwrap();
    for file in ["manifest.json", "bin/postgres"] {
        fs::write(older.join(file), "old").unwrap();
    }
    let half_done = home.join(".initdb-x");
    fs::create_dir(&half_done).unwrap();
    let unfinished = home.join("data.new");
    fs::create_dir(&unfinished).unwrap();
    fs::write(unfinished.join("PG_VERSION"), "18").unwrap();

    managed.ensure_running().await.unwrap();
    for gone in [older, half_done, unfinished] {
        assert!(!gone.exists(), "{}", gone.display());
    }
    assert!(current.exists());
    managed.stop().await;
}

#[tokio::test]
async fn a_cluster_without_its_password_is_never_replaced_by_an_empty_one() {
    let place = Place::new();
    let managed = place.managed();
    managed.ensure_running().await.unwrap();
    managed.stop().await;
    let state = place.data_dir().join("postgres/cluster.json");
    let kept = fs::read(&state).unwrap();
    fs::remove_file(&state).unwrap();
    let error = managed.ensure_running().await.unwrap_err();
    assert!(matches!(error, Error::State { .. }), "{error}");

    fs::write(&state, kept).unwrap();
    managed.ensure_running().await.unwrap();
    managed.stop().await;
}

#[tokio::test]
async fn a_path_through_a_link_does_not_hide_a_server_that_was_left() {
    let place = Place::new();
    let link = place.folder.path().join("link");
    std::os::unix::fs::symlink(place.config().data_dir, &link).unwrap();
    let managed = Managed::new(Config { data_dir: link.clone(), ..place.config() }, Reversed);
    managed.ensure_running().await.unwrap();
    managed.stop().await;

    let mut served = Served::start_on(&place, &link, None);
    assert!(served.line().starts_with("running "));
    let orphan = place.postmaster(18).unwrap();
    served.signal(Signal::SIGKILL);
    managed.ensure_running().await.unwrap();
    wait_for_end(orphan);
    managed.stop().await;
}

#[tokio::test]
async fn a_strict_umask_does_not_lock_postgresql_out() {
    let place = Place::new();
    let data_dir = place.config().data_dir;
    fs::set_permissions(&data_dir, fs::Permissions::from_mode(0o700)).unwrap();
    let mut strict = Command::new("/bin/sh");
    strict.args(["-c", "umask 077; exec \"$0\" \"$@\""]);
    let mut served = Served::run(&place, &mut strict, &data_dir);
    let line = served.line();
    assert!(line.starts_with("running "), "{line}");
    assert_eq!(fs::metadata(&data_dir).unwrap().mode() & 0o007, 0, "strangers stay outside");
    assert!(served.signal(Signal::SIGTERM).success());
}

#[tokio::test]
async fn a_damaged_executable_is_refused_in_words() {
    let place = Place::new();
    let mut settings = place.config();
    let damaged = place.folder.path().join("mathesar");
    let mut bytes = fs::read(bundle()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&damaged, bytes).unwrap();
    settings.executable = Some(damaged);
    let error = Managed::new(settings, Reversed).ensure_running().await.unwrap_err();
    assert!(matches!(error, Error::Bundle { .. }), "{error}");
    assert!(error.to_string().contains("Download the program again"), "{error}");
}

#[tokio::test]
async fn an_installed_postgresql_serves_as_well() {
    let place = Place::new();
    let installed = newest_installed();
    let settings = Config { bin_dir: Some(installed), executable: None, ..place.config() };
    let managed = Managed::new(settings, Reversed);
    let endpoint = managed.ensure_running().await.unwrap();
    let books = managed.create_database("books").await.unwrap();
    psql(&managed, &endpoint, "books", &books, UNSORTED).await.unwrap();
    assert_eq!(psql(&managed, &endpoint, "books", &books, SORTED).await.unwrap(), "a A ä b B z");
    managed.stop().await;

    // The carried PostgreSQL is of another major version; it must not touch this cluster.
    let installed_major = managed.prepare().await.unwrap().major;
    if installed_major != 18 {
        let other = Managed::new(Config { bin_dir: Some(carried(&place).await), ..place.config() }, Reversed);
        let error = other.ensure_running().await.unwrap_err();
        assert!(matches!(error, Error::Major { found: 18, .. }), "{error}");
    }
}

async fn carried(place: &Place) -> PathBuf {
    let elsewhere = place.folder.path().join("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    Managed::new(config(&elsewhere, Some(bundle())), Reversed).prepare().await.unwrap().server
}

#[tokio::test]
async fn started_by_root_it_belongs_to_another_user_and_elsewhere_to_ours() {
    let place = Place::new();
    let managed = place.managed();
    managed.ensure_running().await.unwrap();
    let owner = fs::metadata(format!("/proc/{}", place.postmaster(18).unwrap())).unwrap().uid();
    if Uid::effective().is_root() {
        assert_ne!(owner, 0);
    } else {
        assert_eq!(owner, Uid::effective().as_raw());
    }
    let state = place.data_dir().join("postgres/cluster.json");
    assert_eq!(fs::metadata(&state).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&state).unwrap().uid(), Uid::effective().as_raw(), "no SQL can read our files");
    managed.stop().await;
}

#[tokio::test]
async fn an_ordinary_user_needs_no_rights_of_root() {
    let Some(user) = Uid::effective().is_root().then(|| User::from_name("postgres").unwrap()).flatten() else {
        return;
    };
    let place = Place::new();
    let data_dir = place.config().data_dir;
    chown(&data_dir, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
    let mut served = Served::start(&place, Some(&user));
    let line = served.line();
    assert!(line.starts_with("running "), "{line}");
    assert_eq!(fs::metadata(format!("/proc/{}", place.postmaster(18).unwrap())).unwrap().uid(), user.uid.as_raw());
    assert!(served.signal(Signal::SIGTERM).success());
}

#[tokio::test]
async fn a_number_without_a_name_is_lent_one() {
    if !Uid::effective().is_root() {
        return;
    }
    const NAMELESS: u32 = 54_321;
    let place = Place::new();
    let data_dir = place.config().data_dir;
    chown(&data_dir, Some(NAMELESS), Some(0)).unwrap();
    let mut through = Command::new("/usr/bin/env");
    through.uid(NAMELESS).gid(0);
    let mut served = Served::run(&place, &mut through, &data_dir);
    let line = served.line();
    // Without the library that lends a name, the message says what to install.
    if line.starts_with("running ") {
        assert_eq!(fs::metadata(place.cluster(18)).unwrap().uid(), NAMELESS);
        assert!(served.signal(Signal::SIGTERM).success());
    } else {
        assert!(line.contains("libnss-wrapper"), "{line}");
    }
}

#[tokio::test]
async fn a_folder_that_the_user_cannot_reach_is_named() {
    if !Uid::effective().is_root() {
        return;
    }
    let place = Place::new();
    let mut settings = place.config();
    settings.data_dir = settings.data_dir.join("deep");
    fs::set_permissions(place.data_dir(), fs::Permissions::from_mode(0o700)).unwrap();
    let error = Managed::new(settings, Reversed).ensure_running().await.unwrap_err();
    assert!(matches!(&error, Error::Permission { path, .. } if *path == place.data_dir()), "{error}");
}

/// A small file system of its own, unmounted at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where we may not mount, as in a container.
    fn mount(folder: &Path, megabytes: u32) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let options = format!("size={megabytes}m,mode=755");
        let status = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder).status().unwrap();
        status.success().then(|| Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_disk_that_was_full_for_a_while_loses_nothing() {
    if !Uid::effective().is_root() {
        return;
    }
    let place = Place::new();
    let settings = place.config();
    let Some(disk) = SmallDisk::mount(&settings.data_dir, 300) else { return };
    let managed = Managed::new(settings.clone(), Reversed);
    let endpoint = managed.ensure_running().await.unwrap();
    let books = managed.create_database("books").await.unwrap();
    psql(&managed, &endpoint, "books", &books, UNSORTED).await.unwrap();

    let ballast = settings.data_dir.join("ballast");
    let mut file = fs::File::create(&ballast).unwrap();
    std::io::copy(&mut std::io::repeat(b'x'), &mut file).unwrap_err();
    let grow = "create table big as select repeat(md5(g::text), 100) from generate_series(1, 20000) g";
    psql(&managed, &endpoint, "books", &books, grow).await.unwrap_err();
    fs::remove_file(&ballast).unwrap();

    // PostgreSQL may have gone down when it could not write its log; then it is brought back.
    managed.watch().wait_for(|status| matches!(status, Status::Running(_))).await.unwrap();
    let mut answer = Err(String::new());
    for _ in 0..500 {
        let endpoint = managed.ensure_running().await.unwrap();
        answer = psql(&managed, &endpoint, "books", &books, SORTED).await;
        if answer.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(answer.as_deref(), Ok("a A ä b B z"));
    managed.stop().await;
    drop(disk);
}

#[tokio::test]
async fn tcp_is_there_for_those_who_ask() {
    let place = Place::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let managed = Managed::new(Config { tcp: Some(free), ..place.config() }, Reversed);
    let endpoint = managed.ensure_running().await.unwrap();
    assert_eq!(endpoint.tcp, Some(free));
    let books = managed.create_database("books").await.unwrap();
    assert_eq!(psql(&managed, &endpoint, "books", &books, "select 1").await.unwrap(), "1");
    let over_tcp = Endpoint { host: Host::Unix { directory: "127.0.0.1".into(), port: free.port() }, ..endpoint };
    assert_eq!(psql(&managed, &over_tcp, "books", &books, "select 1").await.unwrap(), "1");
    managed.stop().await;
}

#[tokio::test]
async fn a_full_disk_is_said_before_anything_is_written() {
    if !Uid::effective().is_root() {
        return;
    }
    let place = Place::new();
    let settings = place.config();
    let Some(disk) = SmallDisk::mount(&settings.data_dir, 90) else { return };
    let managed = Managed::new(settings.clone(), Reversed);
    // Enough for the programs, too little for a cluster beside them.
    managed.prepare().await.unwrap();
    let error = managed.ensure_running().await.unwrap_err();
    assert!(matches!(&error, Error::DiskFull { what: "a new PostgreSQL cluster", .. }), "{error}");
    assert!(!place.data_dir().join("postgres/cluster.json").exists());
    drop(disk);

    let _smaller = SmallDisk::mount(&settings.data_dir, 30);
    let error = Managed::new(settings, Reversed).prepare().await.unwrap_err();
    assert!(matches!(&error, Error::DiskFull { what: "unpacking PostgreSQL", .. }), "{error}");
    let left = fs::read_dir(place.data_dir().join("postgres"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(left.count(), 0);
}
