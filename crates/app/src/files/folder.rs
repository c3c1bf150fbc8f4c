//! Files in a folder of the data directory.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use tokio::fs;
use tokio_util::io::ReaderStream;

use super::{Bytestream, FileStorage, gone, plain_name};
use crate::{Error, Result, spool};

/// What every address begins with. What follows is the file's identifier, a slash, and its name for people to read.
const SCHEME: &str = "file:";
/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// A folder with a file for each identifier.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Keeps files in this folder, which need not be there yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where the file of an address is. The address may come from a cell, which anybody may have written.
    pub fn place(&self, uri: &str) -> Option<PathBuf> {
        let (id, _) = uri.strip_prefix(SCHEME)?.split_once('/')?;
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_id.then(|| self.path.join(id))
    }
}

#[async_trait]
impl FileStorage for Folder {
    async fn keep(&self, id: &str, name: &str, spooled: &Path) -> Result<String> {
        fs::create_dir_all(&self.path).await.map_err(spool::not_written)?;
        fs::rename(spooled, self.path.join(id)).await.map_err(spool::not_written)?;
        Ok(format!("{SCHEME}{id}/{}", plain_name(name)))
    }

    async fn read(&self, uri: &str) -> Result<Bytestream> {
        let path = self.place(uri).ok_or_else(gone)?;
        let file = fs::File::open(&path).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => gone(),
            _ => Error::internal(error),
        })?;
        Ok(ReaderStream::with_capacity(file, PIECE).boxed())
    }

    async fn size(&self, uri: &str) -> Result<Option<u64>> {
        let Some(path) = self.place(uri) else { return Ok(None) };
        match fs::metadata(path).await {
            Ok(about) => Ok(Some(about.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::internal(error)),
        }
    }

    async fn remove(&self, uri: &str) -> Result<()> {
        let Some(path) = self.place(uri) else { return Ok(()) };
        match fs::remove_file(path).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::internal(error)),
            _ => Ok(()),
        }
    }
}
