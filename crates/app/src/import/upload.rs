//! Uploads: spooled to the data directory as they arrive, entered in the store when they are complete.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use mathesar_api::{ErrorCode, methods::imports::Dialect};
use mathesar_store::{DataFile, NewDataFile};
use tokio::{fs, io::AsyncWriteExt as _};

use super::{binary, dialect::Known};
use crate::{App, Ctx, Error, Result, limits};

/// The longest file name that is kept.
const MAX_NAME_CHARS: usize = 255;

/// An upload that is arriving. Dropped before [`finish`](Self::finish), its bytes are removed.
pub struct Upload {
    file: fs::File,
    place: Place,
    size: u64,
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

impl Upload {
    /// Makes room for a file.
    ///
    /// # Errors
    /// `AuthenticationFailed` for a visitor; when the data directory cannot be written.
    pub async fn start(ctx: &Ctx) -> Result<Self> {
        ctx.signed_in()?;
        let mut name = [0; 16];
        ctx.app.random.fill(&mut name);
        let directory = spool(&ctx.app);
        fs::create_dir_all(&directory).await.map_err(not_written)?;
        let path = directory.join(hex::encode(name));
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&path).await.map_err(not_written)?;
        Ok(Self { file, place: Place { path, kept: false }, size: 0 })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When the file grows beyond [`limits::UPLOAD_BYTES`] or the disk is full.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.size > limits::UPLOAD_BYTES {
            return Err(Error::limit(format!(
                "The file is larger than {} GiB, which is the most that is taken. Load it in parts.",
                limits::UPLOAD_BYTES >> 30
            )));
        }
        self.file.write_all(bytes).await.map_err(not_written)
    }

    /// Looks at the file and enters it for the caller, under the name that it had with them.
    ///
    /// # Errors
    /// `BadFile` when it is no text; when the disk is full or the store does not take it.
    pub async fn finish(mut self, ctx: &Ctx, name: &str) -> Result<DataFile> {
        self.file.flush().await.map_err(not_written)?;
        let path = self.place.path.clone();
        let found = tokio::task::spawn_blocking(move || look(&path));
        let dialect = found.await.map_err(Error::internal)??;
        let spool_path = self.place.path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let new = NewDataFile {
            user_id: ctx.signed_in()?.user_id,
            name: name.chars().take(MAX_NAME_CHARS).collect(),
            spool_path,
            size_bytes: self.size,
            dialect: serde_json::to_value(dialect).map_err(Error::internal)?,
        };
        let file = ctx.app.store.data_files().add(new, ctx.app.clock.now()).await?;
        self.place.kept = true;
        Ok(file)
    }
}

/// Refuses what is no text, and finds out how the rest is cut.
fn look(path: &Path) -> Result<Dialect> {
    match binary::kind_of(path).map_err(Error::internal)? {
        Some(binary) => Err(Error::new(
            ErrorCode::BAD_FILE,
            format!("This is {}, and only text can be read. To load it, {}.", binary.name, binary.advice),
        )),
        None => Ok(Known::find(path, &Dialect::default())?.to_api()),
    }
}

/// Removes one of the caller's uploads.
///
/// # Errors
/// `DoesNotExist` when it is not one of theirs.
pub async fn remove(ctx: &Ctx, id: i64) -> Result<()> {
    let file = ctx.app.store.data_files().delete(ctx.signed_in()?.user_id, id).await?;
    remove_bytes(&path(&ctx.app, &file)).await
}

/// Removes the uploads that nobody loaded within [`limits::UPLOAD_AGE`]; returns how many.
///
/// # Errors
/// Those of the store.
pub async fn sweep(app: &App) -> Result<usize> {
    let oldest = app.clock.now() - SignedDuration::try_from(limits::UPLOAD_AGE).map_err(Error::internal)?;
    let files = app.store.data_files().older_than(oldest).await?;
    for file in &files {
        app.store.data_files().delete(file.user_id, file.id).await?;
        remove_bytes(&path(app, file)).await?;
    }
    Ok(files.len())
}

/// Where the bytes of an upload are.
pub fn path(app: &App, file: &DataFile) -> PathBuf {
    // The name was made by `Upload::start`; a store that was tampered with must not lead out of the spool directory.
    let name = Path::new(&file.spool_path).file_name().unwrap_or_default();
    spool(app).join(name)
}

fn spool(app: &App) -> PathBuf {
    app.options.data_dir.join("uploads")
}

async fn remove_bytes(path: &Path) -> Result<()> {
    match fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::internal(error)),
        _ => Ok(()),
    }
}

fn not_written(error: std::io::Error) -> Error {
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
