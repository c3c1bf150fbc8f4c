//! What breaks around the program: its PostgreSQL is killed, its disk is full. Each gets an answer in words, nothing that was
//! confirmed is lost, and work goes on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, Uid},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{ADMIN, Browser, FORM, PATIENCE, Server, form};

/// A server with a managed PostgreSQL that does not outlive the test.
struct World {
    server: Option<Server>,
    data: PathBuf,
    database: Value,
    table: Value,
}

impl World {
    /// With a database `kept` that has a table `notes`.
    fn new(home: TempDir) -> Self {
        let data = home.path().join("data");
        let programs = mathesar_testkit::programs();
        let flags = ["--managed-postgres", "on", "--managed-postgres-bin-dir", programs.to_str().unwrap()];
        let variables = [("MATHESAR_SUPERUSER_USERNAME", ADMIN.0), ("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1)];
        let server = Server::start_in(home, &flags, &variables);
        let mut world = Self { server: Some(server), data, database: Value::Null, table: Value::Null };
        let made = world.admin().call("databases.setup.create_new", json!({ "database": "kept" }));
        world.database = made["database"]["id"].clone();
        let schemas = world.admin().call("schemas.list", json!({ "database_id": world.database }));
        let public = schemas.as_array().unwrap().iter().find(|schema| schema["name"] == "public").unwrap();
        let notes = json!({
            "database_id": world.database, "schema_oid": public["oid"], "table_name": "notes",
            "column_data_list": [{ "name": "words", "type": "text" }],
        });
        world.table = world.admin().call("tables.add", notes)["oid"].clone();
        world
    }

    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    fn admin(&self) -> Browser<'_> {
        self.server().script(ADMIN.0, ADMIN.1)
    }

    /// Adds a note; the answer.
    fn note(&self, words: &str) -> Value {
        let params = json!({ "database_id": self.database, "table_oid": self.table, "record_def": { "2": words } });
        self.admin().answer("records.add", params)
    }

    /// The notes that are there.
    fn notes(&self) -> Vec<String> {
        let params = json!({ "database_id": self.database, "table_oid": self.table, "limit": 10_000 });
        let page = self.admin().call("records.list", params);
        page["results"].as_array().unwrap().iter().map(|row| row["2"].as_str().unwrap().to_owned()).collect()
    }

    fn postmaster(&self) -> Pid {
        postmaster(&self.data).expect("PostgreSQL runs")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The server first, or it would start PostgreSQL again.
        drop(self.server.take());
        if let Some(pid) = postmaster(&self.data) {
            let _ = kill(pid, Signal::SIGQUIT);
        }
    }
}

fn postmaster(data: &Path) -> Option<Pid> {
    let clusters = fs::read_dir(data.join("postgres")).ok()?.flatten();
    let pid_file = clusters.map(|entry| entry.path().join("postmaster.pid")).find(|path| path.is_file())?;
    fs::read_to_string(pid_file).ok()?.lines().next()?.parse().ok().map(Pid::from_raw)
}

/// A home that PostgreSQL's user can look into.
fn home(folder: &Path) -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::Builder::new().prefix("mathesar-test-").tempdir_in(folder).unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    home
}

fn eventually<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(done) = attempt() {
            return done;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_killed_postgresql_comes_back_with_everything_that_was_confirmed() {
    let world = World::new(home(Path::new("/tmp")));
    let enough = AtomicBool::new(false);
    let writer = |name: &'static str| {
        let (world, enough) = (&world, &enough);
        move || {
            let (mut confirmed, mut refused) = (Vec::new(), Vec::new());
            for number in 0.. {
                let words = format!("{name} {number}");
                match world.note(&words) {
                    answer if answer.get("error").is_none() => confirmed.push(words),
                    answer => refused.push(answer["error"]["message"].as_str().unwrap().to_owned()),
                }
                if enough.load(Ordering::SeqCst) {
                    break;
                }
            }
            (confirmed, refused)
        }
    };
    let outcomes = thread::scope(|scope| {
        let writers: Vec<_> = ["left", "right"].map(|name| scope.spawn(writer(name))).into();
        eventually("notes are written", || (world.notes().len() > 10).then_some(()));
        let before = world.postmaster();
        kill(before, Signal::SIGKILL).unwrap();
        eventually("PostgreSQL is back", || {
            let back = world.note("after").get("error").is_none() && postmaster(&world.data) != Some(before);
            back.then_some(())
        });
        enough.store(true, Ordering::SeqCst);
        writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    let there = world.notes();
    assert!(there.contains(&"after".to_owned()));
    for (confirmed, refused) in &outcomes {
        let lost: Vec<_> = confirmed.iter().filter(|words| !there.contains(words)).collect();
        assert_eq!(lost, Vec::<&String>::new(), "they were confirmed");
        for words in refused {
            assert!(!words.contains("our side"), "the answer does not say what happened: {words}");
        }
    }
    println!("told of the kill: {:?}", outcomes.iter().map(|(_, refused)| refused).collect::<Vec<_>>());
}

/// A file system of its own, which goes with this value.
struct SmallDisk {
    place: TempDir,
}

impl SmallDisk {
    /// `None`, with the reason printed, where file systems cannot be mounted.
    fn mount(megabytes: u32) -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=755"), "tmpfs"])
            .arg(place.path())
            .output();
        match mount {
            Ok(output) if output.status.success() => Some(Self { place }),
            other if Uid::effective().is_root() => {
                println!("skipped: root cannot mount a small file system here: {other:?}");
                None
            }
            _ => {
                println!("skipped: only root can mount a small file system");
                None
            }
        }
    }

    /// Takes all but so many bytes.
    fn fill(&self, left: u64) -> PathBuf {
        let filler = self.place.path().join("filler");
        let free = nix::sys::statvfs::statvfs(self.place.path()).unwrap();
        let size = (free.blocks_available() * free.fragment_size()).saturating_sub(left);
        fs::write(&filler, vec![1; usize::try_from(size).unwrap()]).unwrap();
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.place.path()).status();
    }
}

fn upload(browser: &Browser<'_>, bytes: usize) -> (u16, String) {
    let row = "1,some words\n";
    let form = form(&[], &format!("n,words\n{}", row.repeat(bytes / row.len())));
    let sent = browser.post("/api/db/v0/data_files/", FORM, form.as_bytes());
    (sent.status().as_u16(), sent.into_body())
}

#[test]
fn a_full_disk_is_named_and_nothing_is_lost() {
    let Some(disk) = SmallDisk::mount(400) else { return };
    let world = World::new(home(disk.place.path()));
    assert!(world.note("before").get("error").is_none());

    let filler = disk.fill(5 << 20);
    let (status, words) = upload(&world.admin(), 20 << 20);
    assert!(status >= 400 && words.contains("disk of the server is full"), "{status}: {words}");
    assert_eq!(fs::read_dir(world.data.join("uploads")).unwrap().count(), 0, "what was refused takes no room");
    assert_eq!(world.notes(), ["before"], "reading goes on");
    assert_eq!(upload(&world.admin(), 1 << 20).0, 201, "what fits is taken");

    fs::remove_file(&filler).unwrap();
    disk.fill(256 << 10);
    // Nothing that PostgreSQL could compress.
    let mut state = 7_u64;
    let mut digits = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{:012x}", state >> 16)
    };
    let big: String = (0..50_000).map(|_| digits()).collect();
    let refused = eventually("PostgreSQL has no room", || {
        let answer = world.note(&big);
        answer.get("error").map(|error| error["message"].as_str().unwrap().to_owned())
    });
    assert!(!refused.contains("our side"), "{refused}");
    println!("with a full disk, PostgreSQL says: {refused}");

    fs::remove_file(&filler).unwrap();
    eventually("there is room again", || world.note("after").get("error").is_none().then_some(()));
    let there = world.notes();
    assert!(there.contains(&"before".to_owned()) && there.contains(&"after".to_owned()));
}
