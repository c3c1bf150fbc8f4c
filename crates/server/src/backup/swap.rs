//! Putting what was restored in the place of what was there.
//!
//! An installation is several files and folders, and no call of the system exchanges them all at once. So the names of the
//! folder with the new ones say how far the exchange is, and whoever comes next, a restore or a start of the server, completes it:
//! `restore.partial` is worthless, `restore.ready` is verified and decided, `restore.placing` has the old ones out of the way.

use std::{fs, io, path::Path};

use anyhow::Context as _;
use jiff::Timestamp;

use super::staging::{private_folder, sync_folder};

/// What an installation consists of in its data directory.
const PARTS: [&str; 7] =
    ["mathesar.sqlite3", "mathesar.sqlite3-wal", "mathesar.sqlite3-shm", "secret_key", "uploads", "files", "postgres"];

/// Holds what is being restored.
pub(super) const PARTIAL: &str = "restore.partial";
const READY: &str = "restore.ready";
const PLACING: &str = "restore.placing";
/// The file that says how the old one's folder is called: an exchange that is completed later must put all of it into one.
const KEPT: &str = "kept-as";

/// Which parts of an installation are there.
pub(super) fn present(data_dir: &Path) -> Vec<&'static str> {
    PARTS.into_iter().filter(|part| data_dir.join(part).exists()).collect()
}

/// Whether a restore was decided and not completed.
pub fn is_pending(data_dir: &Path) -> bool {
    [READY, PLACING].iter().any(|name| data_dir.join(name).exists())
}

/// Decides that what lies in [`PARTIAL`] is the installation from now on, and what the folder that keeps the old one is called.
pub(super) fn decide(data_dir: &Path, now: Timestamp) -> io::Result<()> {
    let partial = data_dir.join(PARTIAL);
    fs::write(partial.join(KEPT), format!("before-restore-{}", now.strftime("%Y%m%dT%H%M%SZ")))?;
    nix::unistd::syncfs(fs::File::open(&partial)?)?;
    fs::rename(partial, data_dir.join(READY))?;
    sync_folder(data_dir)
}

/// Completes the exchange; returns the name of the folder that keeps the old installation, if there was one. Does nothing where
/// nothing was decided. Nobody else may work with the data directory.
///
/// # Errors
/// The system's; it can then be completed later.
pub fn finish(data_dir: &Path) -> anyhow::Result<Option<String>> {
    let words = || format!("What was restored cannot be put into {}", data_dir.display());
    exchange(data_dir).with_context(words)
}

fn exchange(data_dir: &Path) -> io::Result<Option<String>> {
    let (ready, placing) = (data_dir.join(READY), data_dir.join(PLACING));
    let mut kept = None;
    if ready.exists() {
        let old = present(data_dir);
        if !old.is_empty() {
            let name = fs::read_to_string(ready.join(KEPT))?;
            let folder = data_dir.join(&name);
            private_folder(&folder)?;
            for part in old {
                fs::rename(data_dir.join(part), folder.join(part))?;
            }
            sync_folder(&folder)?;
            kept = Some(name);
        }
        fs::rename(&ready, &placing)?;
        sync_folder(data_dir)?;
    }
    if placing.exists() {
        for part in present(&placing) {
            fs::rename(placing.join(part), data_dir.join(part))?;
        }
        sync_folder(data_dir)?;
        fs::remove_dir_all(&placing)?;
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, files: &[(&str, &str)]) {
        for (name, text) in files {
            fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            fs::write(folder.join(name), text).unwrap();
        }
    }

    fn read(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }

    fn installation() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let old =
            [("mathesar.sqlite3", "old"), ("mathesar.sqlite3-wal", "old"), ("secret_key", "old"), ("address", "kept")];
        write(folder.path(), &old);
        write(&folder.path().join(PARTIAL), &[("mathesar.sqlite3", "new"), ("uploads/00", "new")]);
        folder
    }

    fn check(folder: &Path) {
        assert_eq!(read(&folder.join("mathesar.sqlite3")), "new");
        assert_eq!(read(&folder.join("uploads/00")), "new");
        assert_eq!(read(&folder.join("address")), "kept");
        assert!(!folder.join("mathesar.sqlite3-wal").exists(), "a log of other data would destroy it");
        assert!(!folder.join("secret_key").exists());
        assert!(!is_pending(folder));
    }

    #[test]
    fn the_old_installation_is_kept_whole() {
        let folder = installation();
        decide(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
        assert!(is_pending(folder.path()));
        let kept = finish(folder.path()).unwrap().unwrap();
        assert_eq!(kept, "before-restore-19700101T000000Z");
        check(folder.path());
        for part in ["mathesar.sqlite3", "mathesar.sqlite3-wal", "secret_key"] {
            assert_eq!(read(&folder.path().join(&kept).join(part)), "old");
        }
        assert_eq!(finish(folder.path()).unwrap(), None);
    }

    #[test]
    fn whatever_moment_the_power_goes_the_next_start_completes_it() {
        // After one part was moved out, after the folder was renamed, and after one part was moved in.
        for stop in 0..3 {
            let folder = installation();
            let path = folder.path();
            decide(path, Timestamp::UNIX_EPOCH).unwrap();
            let aside = path.join("before-restore-19700101T000000Z");
            fs::create_dir(&aside).unwrap();
            let out = if stop == 0 { &PARTS[..1] } else { &PARTS[..] };
            for part in out.iter().filter(|part| path.join(part).exists()) {
                fs::rename(path.join(part), aside.join(part)).unwrap();
            }
            if stop > 0 {
                fs::rename(path.join(READY), path.join(PLACING)).unwrap();
            }
            if stop > 1 {
                fs::rename(path.join(PLACING).join(PARTS[0]), path.join(PARTS[0])).unwrap();
            }
            finish(path).unwrap();
            check(path);
            assert_eq!(read(&aside.join("mathesar.sqlite3")), "old");
        }
    }
}
