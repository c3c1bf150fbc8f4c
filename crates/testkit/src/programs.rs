//! Where the server programs are, and as whom they run.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{Uid, User};

/// The directory that holds `initdb` and `postgres`: `MATHESAR_TEST_PG_BIN`, else Debian's newest, else `PATH`.
#[expect(clippy::disallowed_methods, reason = "a test helper has no settings to read the environment for it")]
pub fn directory() -> PathBuf {
    if let Some(named) = std::env::var_os("MATHESAR_TEST_PG_BIN") {
        let named = PathBuf::from(named);
        assert!(
            has_programs(&named),
            "MATHESAR_TEST_PG_BIN is {}, which holds no initdb and postgres",
            named.display()
        );
        return named;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    newest_packaged(Path::new("/usr/lib/postgresql"))
        .or_else(|| std::env::split_paths(&path).find(|folder| has_programs(folder)))
        .expect(
            "these tests need PostgreSQL's server programs: apt-get install postgresql, or set MATHESAR_TEST_PG_BIN",
        )
}

/// The programs of Debian's newest PostgreSQL, for what only its packages have, such as PostGIS.
pub fn packaged() -> Option<PathBuf> {
    newest_packaged(Path::new("/usr/lib/postgresql"))
}

fn has_programs(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

/// Debian keeps each major version in a folder named by its number.
fn newest_packaged(root: &Path) -> Option<PathBuf> {
    let majors = std::fs::read_dir(root).ok()?.flatten();
    majors
        .filter_map(|entry| {
            let major: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((major, entry.path().join("bin")))
        })
        .filter(|(_, folder)| has_programs(folder))
        .max_by_key(|(major, _)| *major)
        .map(|(_, folder)| folder)
}

/// The account that the server runs under. PostgreSQL refuses to run as root, so root's tests borrow another.
pub(crate) struct Account(Option<User>);

impl Account {
    /// `postgres` or `nobody` when we are root, otherwise ourselves.
    pub(crate) fn pick() -> Self {
        if !Uid::effective().is_root() {
            return Self(None);
        }
        let borrowed = ["postgres", "nobody"].into_iter().find_map(|name| User::from_name(name).ok().flatten());
        Self(Some(borrowed.expect("root's tests need a user named postgres or nobody to run PostgreSQL as")))
    }

    /// A command that runs as this account.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some(user) = &self.0 {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }

    /// Hands `path` over to this account.
    pub(crate) fn own(&self, path: &Path) {
        if let Some(user) = &self.0 {
            std::os::unix::fs::chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
                .unwrap_or_else(|error| panic!("cannot give {} to {}: {error}", path.display(), user.name));
        }
    }
}
