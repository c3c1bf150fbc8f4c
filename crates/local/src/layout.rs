//! Where things lie in the data directory's folder `postgres`, what is remembered there, and the lock.
//!
//! The folder and everything right in it belong to us. Only the cluster's own folder belongs to the user that PostgreSQL runs as,
//! and nothing of ours is ever written into it: a file there could be a link that PostgreSQL's user laid for us.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::error::{Error, IoContext, Result};

/// The bootstrap superuser. It belongs to this crate alone and is never a stored connection.
pub(crate) const SUPERUSER: &str = "mathesar_superuser";

/// The format of [`State`] that this program writes; it refuses newer ones.
const STATE_FORMAT: u32 = 1;

/// More than any of our small files has.
const SMALL_FILE: u64 = 64 << 10;

/// The paths of one data directory.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The program's data directory.
    pub(crate) data_dir: PathBuf,
    /// `<data-dir>/postgres`, unless it is being prepared elsewhere.
    pub(crate) home: PathBuf,
}

impl Layout {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self::at(data_dir, data_dir.join("postgres"))
    }

    /// With another folder for everything, below the same data directory: a cluster that takes the place of the usual one later.
    pub(crate) fn at(data_dir: &Path, home: PathBuf) -> Self {
        Self { data_dir: data_dir.to_owned(), home }
    }

    /// Makes the folder. Others may enter it, because PostgreSQL's user must reach its cluster and its programs, but not list it.
    pub(crate) fn create(&self) -> Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o711);
        builder.create(&self.home).at("Making", &self.home)
    }

    /// The cluster of one major version.
    pub(crate) fn cluster(&self, major: u32) -> PathBuf {
        self.home.join(format!("data-{major}"))
    }

    /// A cluster that is being made.
    pub(crate) fn unfinished_cluster(&self) -> PathBuf {
        self.home.join("data.new")
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.home.join("postgresql.conf")
    }

    pub(crate) fn hba_file(&self) -> PathBuf {
        self.home.join("pg_hba.conf")
    }

    /// Settings of the administrator, which win over ours.
    pub(crate) fn custom_file(&self) -> PathBuf {
        self.home.join("custom.conf")
    }

    /// The folder of PostgreSQL's log, which belongs to its user. It is not in the cluster, because there that user could put
    /// a link in its place, and we, who remove old files in it, may be root.
    pub(crate) fn logs(&self) -> PathBuf {
        self.home.join("log")
    }

    /// What PostgreSQL says before its own log begins.
    pub(crate) fn start_log(&self) -> PathBuf {
        self.home.join("start.log")
    }

    fn state_file(&self) -> PathBuf {
        self.home.join("cluster.json")
    }

    /// What is remembered about the cluster; `None` when there is none yet.
    pub(crate) fn read_state(&self) -> Result<Option<State>> {
        let path = self.state_file();
        let broken = |reason: String| Error::State { path: path.clone(), reason };
        let mut text = String::new();
        match File::open(&path) {
            Ok(file) => file.take(SMALL_FILE).read_to_string(&mut text).at("Reading", &path)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).at("Reading", &path),
        };
        let state: State = serde_json::from_str(&text).map_err(|error| broken(error.to_string()))?;
        if state.format > STATE_FORMAT {
            return Err(broken("it was written by a newer version of this program".to_owned()));
        }
        Ok(Some(state))
    }

    /// A cluster without what is remembered about it: to make a second one beside it would hide the first one's loss.
    pub(crate) fn state_is_missing(&self, cluster: &Path) -> Error {
        Error::State {
            path: self.state_file(),
            reason: format!("it is missing, though {} is there", cluster.display()),
        }
    }

    /// The clusters that are here, whether remembered or not.
    pub(crate) fn clusters(&self) -> Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.home).at("Reading", &self.home)?;
        let paths = entries.flatten().map(|entry| entry.path());
        Ok(paths.filter(|path| path.join("PG_VERSION").exists() && *path != self.unfinished_cluster()).collect())
    }

    /// Replaces what is remembered, durably: without the password in it the cluster is shut for ever.
    pub(crate) fn write_state(&self, state: &State) -> Result<()> {
        let path = self.state_file();
        let text = serde_json::to_vec_pretty(state).map_err(std::io::Error::from).at("Writing", &path)?;
        replace_file(&path, &text, 0o600)?;
        File::open(&self.home).and_then(|folder| folder.sync_all()).at("Writing", &self.home)
    }

    /// Takes the lock that makes us the only program to run this cluster, until it is dropped.
    pub(crate) fn lock(&self) -> Result<Lock> {
        let path = self.home.join("lock");
        let mut file = open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(error).at("Locking", &path),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                (&file).take(SMALL_FILE).read_to_string(&mut holder).at("Reading", &path)?;
                return Err(Error::Held {
                    path: self.home.clone(),
                    holder: format!("another mathesar, process {holder}"),
                });
            }
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()))
            .at("Writing", &path)?;
        Ok(Lock(file))
    }
}

/// The lock on a cluster.
///
/// It is given back by word and not by closing the file: a child process has the file open too until it becomes the program that
/// it was made for, and would keep the lock for as long.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the lock of the managed PostgreSQL was not given back; the end of this process does that");
        }
    }
}

/// What must be remembered about a cluster.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct State {
    format: u32,
    /// The major version that made the cluster.
    pub(crate) major: u32,
    /// Whether texts sort by ICU, or, where a build has none, by code point.
    pub(crate) icu: bool,
    /// The superuser's password, sealed by the keeper of secrets.
    pub(crate) sealed_password: String,
    /// The folder of the socket that was used last.
    #[serde(default)]
    pub(crate) socket_dir: Option<PathBuf>,
    /// The major version of the cluster before the last upgrade, while it is kept.
    #[serde(default)]
    pub(crate) kept: Option<u32>,
}

impl State {
    pub(crate) fn new(major: u32, icu: bool, sealed_password: String) -> Self {
        Self { format: STATE_FORMAT, major, icu, sealed_password, socket_dir: None, kept: None }
    }

    /// The same once the cluster has taken the place of one of another version, which is kept.
    pub(crate) fn in_place_of(self, kept: u32) -> Self {
        Self { socket_dir: None, kept: Some(kept), ..self }
    }
}

/// Opens the file of a lock, without taking it.
pub(crate) fn open_lock(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).at("Opening", path)
}

/// Makes a file that only we can read.
pub(crate) fn new_private_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Removes folders that an earlier life of this program left half-done; their names begin with `prefix`.
pub(crate) fn sweep(folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes())
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!(path = %entry.path().display(), %error, "what an earlier start left half-done stays");
        }
    }
}

/// Writes a file beside its place and moves it there, so that it is never seen half-written.
pub(crate) fn replace_file(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let write = || {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(content)?;
        file.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    let result: std::io::Result<()> = write();
    result.at("Writing", path)
}

/// Refuses when the file system of `folder` has less than `bytes` and some air left.
pub(crate) fn need_room(folder: &Path, what: &'static str, bytes: u64) -> Result<()> {
    const AIR: u64 = 16 << 20;
    let stat = nix::sys::statvfs::statvfs(folder).at("Looking at", folder)?;
    let free = stat.blocks_available().saturating_mul(stat.fragment_size());
    let need = bytes + AIR;
    if free >= need {
        return Ok(());
    }
    Err(Error::DiskFull { path: folder.to_owned(), what, free_mb: free >> 20, need_mb: need.div_ceil(1 << 20) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_and_names_the_first_holder() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path());
        layout.create().unwrap();
        let first = layout.lock().unwrap();
        let refused = layout.lock().unwrap_err().to_string();
        assert!(refused.contains(&std::process::id().to_string()), "{refused}");
        let open_in_a_child = first.0.try_clone().unwrap();
        drop(first);
        layout.lock().unwrap();
        drop(open_in_a_child);
    }

    #[test]
    fn a_state_file_of_a_newer_program_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path());
        layout.create().unwrap();
        assert!(layout.read_state().unwrap().is_none());
        layout.write_state(&State::new(18, true, "sealed".to_owned())).unwrap();
        assert_eq!(layout.read_state().unwrap().unwrap().major, 18);
        let newer = fs::read_to_string(layout.state_file()).unwrap().replace("\"format\": 1", "\"format\": 2");
        fs::write(layout.state_file(), newer).unwrap();
        assert!(matches!(layout.read_state(), Err(Error::State { .. })));
    }
}
