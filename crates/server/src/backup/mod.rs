//! Backups: one file with everything that an installation is, made while it works, and brought back anywhere.
//!
//! The file is a tar archive compressed with zstd, which `tar --zstd -x` unpacks:
//!
//! | Entry | What it is |
//! |---|---|
//! | `backup.json` | first: the format's number, who made it and when ([`archive::Header`]) |
//! | `internal.sqlite3` | the internal database, always as SQLite, whichever engine it came from |
//! | `secret_key` | the key, sealed with a pass phrase; absent when it was left out |
//! | `uploads/…` | files that wait to be imported |
//! | `files/…` | files in cells, where those are kept in the data directory |
//! | `postgres/globals.json` | roles, memberships and databases of the managed PostgreSQL ([`mathesar_local::Globals`]) |
//! | `postgres/0.dump` … | the databases in the order of `globals.json`, in the custom format of `pg_dump` |
//! | `manifest.json` | last: size and SHA-256 of each of these; without it the file is cut off |

pub mod archive;
mod keys;
pub mod restore;
pub mod schedule;
mod staging;
mod swap;
pub mod take;
pub mod verify;

pub use swap::{finish, is_pending};

/// Names of the entries.
mod entry {
    pub(super) const HEADER: &str = "backup.json";
    pub(super) const INTERNAL: &str = "internal.sqlite3";
    pub(super) const KEY: &str = "secret_key";
    pub(super) const UPLOADS: &str = "uploads/";
    pub(super) const FILES: &str = "files/";
    pub(super) const GLOBALS: &str = "postgres/globals.json";
    pub(super) const MANIFEST: &str = "manifest.json";

    /// The dump of the database with this place in the list.
    pub(super) fn dump(number: usize) -> String {
        format!("postgres/{number}.dump")
    }

    /// Whether a backup can have such an entry. Nothing that is allowed leads anywhere but into the folder that it is unpacked in.
    pub(super) fn is_known(path: &str) -> bool {
        let number = |text: &str| !text.is_empty() && text.len() < 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        let spooled =
            |text: &str| !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match path {
            INTERNAL | KEY | GLOBALS => true,
            _ => {
                [UPLOADS, FILES].iter().any(|folder| path.strip_prefix(folder).is_some_and(spooled))
                    || path.strip_prefix("postgres/").and_then(|rest| rest.strip_suffix(".dump")).is_some_and(number)
            }
        }
    }
}
