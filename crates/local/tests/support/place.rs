//! A data directory of one test, and what is done with the PostgreSQL in it.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command, time::Duration};

use mathesar_local::{Config, Endpoint, Managed, ManagedDatabase};
use mathesar_pg::Host;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use secrecy::ExposeSecret;
use tempfile::TempDir;

use crate::support::{Reversed, config};

/// A file that carries a PostgreSQL: `MATHESAR_TEST_BUNDLE`, else the newest that `cargo xtask bundle` left in its cache.
#[expect(clippy::disallowed_methods, reason = "tests have no settings to read the environment for them")]
pub fn bundle() -> PathBuf {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/mathesar-xtask"));
    let cached = [Some(PathBuf::from("/var/cache/mathesar-xtask")), home].into_iter().flatten();
    let newest = cached
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "bundle"))
        .max_by_key(|path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok());
    std::env::var_os("MATHESAR_TEST_BUNDLE")
        .map(PathBuf::from)
        .or(newest)
        .expect("these tests need the PostgreSQL that the executable carries: run `cargo xtask bundle` first")
}

/// A data directory whose PostgreSQL is stopped, by force if need be, when the test ends.
pub struct Place {
    pub folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::Builder::new().prefix("mathesar-test-").tempdir_in("/tmp").unwrap() }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn config(&self) -> Config {
        fs::set_permissions(self.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir_all(self.data_dir()).unwrap();
        config(&self.data_dir(), Some(bundle()))
    }

    pub fn managed(&self) -> Managed {
        Managed::new(self.config(), Reversed)
    }

    pub fn cluster(&self, major: u32) -> PathBuf {
        self.data_dir().join("postgres").join(format!("data-{major}"))
    }

    pub fn postmaster(&self, major: u32) -> Option<Pid> {
        let text = fs::read_to_string(self.cluster(major).join("postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok().map(Pid::from_raw)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for major in 14..=18 {
            if let Some(pid) = self.postmaster(major) {
                let _ = kill(pid, Signal::SIGQUIT);
                wait_for_end(pid);
            }
        }
    }
}

pub fn wait_for_end(pid: Pid) {
    eventually("the process ends", || kill(pid, None).is_err() || is_zombie(pid));
}

pub fn is_zombie(pid: Pid) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

pub fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !happened() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Runs SQL through the `psql` that the bundle carries; what it prints, or its error.
pub async fn psql(
    managed: &Managed,
    endpoint: &Endpoint,
    database: &str,
    as_role: &ManagedDatabase,
    sql: &str,
) -> Result<String, String> {
    let Host::Unix { directory, port } = &endpoint.host else { panic!("a Unix socket") };
    let named = format!("dbname='{}'", database.replace('\'', "\\'"));
    let output = Command::new(managed.client_program("psql").await.unwrap())
        .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", &named, "-U", &as_role.owner, "-c", sql])
        .arg("-h")
        .arg(directory)
        .args(["-p", &port.to_string()])
        .env("PGPASSWORD", as_role.password.expose_secret())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim_end().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

pub fn newest_installed() -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .expect("the package postgresql is installed")
        .map(|entry| entry.unwrap().path().join("bin"))
        .filter(|path| path.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().expect("the package postgresql is installed")
}
