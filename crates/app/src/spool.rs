//! Files on their way in: written to the data directory as they arrive, and removed again unless somebody keeps them.

use std::path::{Path, PathBuf};

use tokio::{fs, io::AsyncWriteExt as _};

use crate::{App, Error, Result};

/// A file that is arriving. Dropped before it is kept, its bytes are removed.
pub struct Spool {
    file: fs::File,
    place: Place,
    size: u64,
    most: u64,
}

/// A spooled file that is removed unless it is kept.
struct Place {
    path: PathBuf,
    kept: bool,
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Spool {
    /// Makes room for a file of `most` bytes or fewer.
    ///
    /// # Errors
    /// When the data directory cannot be written.
    pub(crate) async fn start(app: &App, most: u64) -> Result<Self> {
        let mut name = [0; 16];
        app.random.fill(&mut name);
        let directory = directory(app);
        fs::create_dir_all(&directory).await.map_err(not_written)?;
        let path = directory.join(hex::encode(name));
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&path).await.map_err(not_written)?;
        Ok(Self { file, place: Place { path, kept: false }, size: 0, most })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When the file grows beyond its limit or the disk is full.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.size > self.most {
            let most = in_units(self.most);
            return Err(Error::limit(format!("The file is larger than {most}, which is the most that is taken.")));
        }
        self.file.write_all(bytes).await.map_err(not_written)
    }

    /// Sees to it that all bytes are in the file.
    ///
    /// # Errors
    /// When the disk is full.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        self.file.flush().await.map_err(not_written)
    }

    /// Bytes so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.place.path
    }

    /// Leaves the file where it is, or to whoever has moved it.
    pub(crate) fn keep(mut self) {
        self.place.kept = true;
    }
}

/// Where files arrive.
pub(crate) fn directory(app: &App) -> PathBuf {
    app.options.data_dir.join("uploads")
}

fn in_units(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{bytes} bytes"),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}

/// The error for a file that the data directory does not take.
pub(crate) fn not_written(error: std::io::Error) -> Error {
    let words = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            "The disk of the server is full. Ask its administrator to make room in the data directory."
        }
        _ => {
            "The upload cannot be written to the data directory of the server. Its administrator finds more in the log."
        }
    };
    Error::unavailable(words).caused_by(error)
}
