//! Folders of unfinished work, which are gone when the work ends, and are swept away by the next one when the program was killed.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use tempfile::TempDir;

/// How the folders of backups at work begin.
const PREFIX: &str = ".mathesar-backup-";
/// Locked as long as somebody works in the folder.
const LOCK: &str = "lock";

/// A folder in which a backup is put together.
pub(super) struct Workshop {
    folder: TempDir,
    _lock: File,
}

impl Workshop {
    /// Makes one in `parent`, and removes those that killed programs left there.
    pub(super) fn new(parent: &Path) -> anyhow::Result<Self> {
        // Nobody looks around here between the making of a folder and of its lock. A file system without locks is no reason to stop.
        let turn = File::open(parent);
        let _ = turn.as_ref().map(File::lock);
        sweep(parent);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent);
        let folder = folder.with_context(|| format!("The folder {} cannot be written", parent.display()))?;
        let lock = private_file(&folder.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self { folder, _lock: lock })
    }

    /// A path in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            continue;
        }
        let abandoned = match File::open(entry.path().join(LOCK)) {
            Ok(lock) => lock.try_lock().is_ok(),
            // Killed before it had one.
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        if abandoned && let Err(error) = fs::remove_dir_all(entry.path()) {
            tracing::warn!(path = %entry.path().display(), %error, "what a killed backup left behind stays");
        }
    }
}

/// Makes a file that only its owner can read and that was not there.
pub(super) fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Makes a folder that only its owner can enter.
pub(super) fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes names in a folder outlive a power cut.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_killed_programs_left_is_swept_away_and_what_is_at_work_stays() {
        let parent = tempfile::tempdir().unwrap();
        let at_work = Workshop::new(parent.path()).unwrap();
        for (name, locked) in [("without-lock", false), ("with-lock", true)] {
            let folder = parent.path().join(format!("{PREFIX}{name}"));
            fs::create_dir(&folder).unwrap();
            if locked {
                private_file(&folder.join(LOCK)).unwrap();
            }
        }
        let another = Workshop::new(parent.path()).unwrap();
        assert!(at_work.path(LOCK).exists() && another.path(LOCK).exists());
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 2);
    }
}
