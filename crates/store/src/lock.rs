//! The lock that keeps a second server away from a SQLite file.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::open::private_file;

/// Held by `serve` as long as it works with a SQLite file; other commands open the file beside it. The system lets go of it
/// when the process ends, however that happens.
pub struct ServeLock {
    _file: File,
}

impl ServeLock {
    /// Takes the lock of the SQLite file at `sqlite`.
    ///
    /// # Errors
    /// `Locked` when another process has it; `File` when the lock file cannot be made.
    pub fn acquire(sqlite: &Path) -> Result<Self> {
        let mut name = sqlite.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let file = private_file(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Locked { path }),
            Err(TryLockError::Error(source)) => Err(Error::File { path, source }),
        }
    }
}
