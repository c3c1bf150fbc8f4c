//! Uploads that wait to be imported: entered in the store when they are complete.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use mathesar_api::{ErrorCode, methods::imports::Dialect};
use mathesar_store::{DataFile, NewDataFile};
use tokio::fs;

use super::{binary, dialect::Known};
use crate::{
    App, Ctx, Error, Result, limits,
    spool::{self, Spool},
};

/// The longest file name that is kept.
const MAX_NAME_CHARS: usize = 255;

/// Makes room for a file.
///
/// # Errors
/// `AuthenticationFailed` for a visitor; when the data directory cannot be written.
pub async fn start(ctx: &Ctx) -> Result<Spool> {
    ctx.signed_in()?;
    Spool::start(&ctx.app, limits::UPLOAD_BYTES).await
}

/// Looks at a file that has arrived and enters it for the caller, under the name that it had with them.
///
/// # Errors
/// `BadFile` when it is no text; when the disk is full or the store does not take it.
pub async fn finish(ctx: &Ctx, mut spool: Spool, name: &str) -> Result<DataFile> {
    spool.flush().await?;
    let path = spool.path().to_owned();
    let found = tokio::task::spawn_blocking(move || look(&path));
    let dialect = found.await.map_err(Error::internal)??;
    let spool_path = spool.path().file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let new = NewDataFile {
        user_id: ctx.signed_in()?.user_id,
        name: name.chars().take(MAX_NAME_CHARS).collect(),
        spool_path,
        size_bytes: spool.size(),
        dialect: serde_json::to_value(dialect).map_err(Error::internal)?,
    };
    let file = ctx.app.store.data_files().add(new, ctx.app.clock.now()).await?;
    spool.keep();
    Ok(file)
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
    // The name was made by `Spool::start`; a store that was tampered with must not lead out of the spool directory.
    let name = Path::new(&file.spool_path).file_name().unwrap_or_default();
    spool::directory(app).join(name)
}

async fn remove_bytes(path: &Path) -> Result<()> {
    match fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::internal(error)),
        _ => Ok(()),
    }
}
