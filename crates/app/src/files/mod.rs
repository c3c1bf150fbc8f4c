//! Files in cells: a cell of type `jsonb` holds `{"uri": …, "mash": …}`, as in the original; a storage has the bytes.
//!
//! The mark (`mash`) is a secret of 32 random bytes: whoever can read a cell knows it, and whoever is signed in and knows it may have the
//! file. So PostgreSQL decides who gets a file, as it decides who reads the cell.

mod folder;
mod marks;
mod thumbnail;
mod unsent;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use mathesar_api::{
    ErrorCode, Json, Method as _,
    methods::records::{RecordsGet, RecordsPatch},
};
use mathesar_store::{NewFile, StoredFile};

use crate::{Ctx, Error, Result, access, forms, spool::Spool};

pub use folder::Folder;
pub use marks::reset_mash;
pub use thumbnail::{Thumbnail, thumbnail};
pub(crate) use unsent::sending;
pub use unsent::sweep;

/// What metadata of columns calls the one storage that there is, as the original does.
pub const BACKEND: &str = "default";

/// Random bytes of a mark.
const MARK_BYTES: usize = 32;
/// The longest file name that is kept.
const MAX_NAME_CHARS: usize = 255;
/// Bytes at the beginning of a file by which its type is recognised.
const RECOGNISED_BY: usize = 8_192;
/// The type of a file that is not recognised.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// The bytes of a file, piece by piece.
pub type Bytestream = BoxStream<'static, std::io::Result<Bytes>>;

/// Has the bytes of files in cells.
#[async_trait]
pub trait FileStorage: Send + Sync {
    /// Takes over a complete file under an identifier that no other file has, and gives its address. The file at `spooled` may be moved
    /// away.
    ///
    /// # Errors
    /// When the storage is full or does not answer.
    async fn keep(&self, id: &str, name: &str, spooled: &Path) -> Result<String>;

    /// Reads a file.
    ///
    /// # Errors
    /// `DoesNotExist` when it is gone; when the storage does not answer.
    async fn read(&self, uri: &str) -> Result<Bytestream>;

    /// The size of a file in bytes; `None` for an address where this storage has none.
    ///
    /// # Errors
    /// When the storage does not answer.
    async fn size(&self, uri: &str) -> Result<Option<u64>>;

    /// Removes a file. One that is not there is none to remove.
    ///
    /// # Errors
    /// When the storage does not answer.
    async fn remove(&self, uri: &str) -> Result<()>;
}

/// How somebody without an account names what they may add and see: the link of a form, and a field of it.
#[derive(Clone, Debug)]
pub struct ByForm {
    /// The secret of the form's link.
    pub form_token: String,
    /// Key of the field.
    pub form_field_key: String,
}

/// Who adds a file, and how large it may be.
pub struct Sender {
    user_id: Option<i64>,
    form_id: Option<i64>,
    most: u64,
}

impl Sender {
    /// Makes room for the file.
    ///
    /// # Errors
    /// When the data directory cannot be written.
    pub async fn spool(&self, ctx: &Ctx) -> Result<Spool> {
        Spool::start(&ctx.app, self.most).await
    }
}

/// Admits somebody who has a file for us: a signed-in user, or who fills in a public form.
///
/// # Errors
/// `AuthenticationFailed` for a visitor without a form; `PermissionError` for a token that may not change records, and where forms take no
/// files; `DoesNotExist` for no such form or field; `Unavailable` without a storage.
pub async fn admit(ctx: &Ctx, by: Option<&ByForm>) -> Result<Sender> {
    storage(ctx)?;
    let options = &ctx.app.options;
    if let (None, Some(by)) = (&ctx.caller.signed_in, by) {
        if options.form_file_bytes == 0 {
            let message = "Files cannot be sent by a form here: whoever runs this installation has not allowed it.";
            return Err(Error::new(ErrorCode::PERMISSION_DENIED, message));
        }
        let form_id = forms::taking_file(ctx, &by.form_token, &by.form_field_key).await?;
        return Ok(Sender { user_id: None, form_id: Some(form_id), most: options.form_file_bytes });
    }
    access::authorize_files(ctx, RecordsPatch::INFO)?;
    Ok(Sender { user_id: Some(ctx.signed_in()?.user_id), form_id: None, most: options.file_bytes })
}

/// Keeps a file that has arrived: all of it, or nothing.
///
/// # Errors
/// When the storage is full or does not answer; when our own database does not.
pub async fn add(ctx: &Ctx, sender: Sender, mut spool: Spool, name: &str) -> Result<StoredFile> {
    spool.flush().await?;
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
    let media_type = media_type(spool.path(), &name).await?;
    let storage = storage(ctx)?;
    let uri = storage.keep(&secret(ctx, 16), &name, spool.path()).await?;
    let new = NewFile {
        mash: new_mark(ctx),
        uri: uri.clone(),
        name,
        media_type,
        size_bytes: spool.size(),
        user_id: sender.user_id,
        form_id: sender.form_id,
    };
    match ctx.app.store.files().add(new, ctx.app.clock.now()).await {
        Ok(file) => Ok(file),
        Err(error) => {
            // Bytes that nobody can name would stay for ever.
            remove(&**storage, &uri).await;
            Err(error.into())
        }
    }
}

/// Removes bytes that no mark leads to. Where that fails nobody can do anything but read the log.
async fn remove(storage: &dyn FileStorage, uri: &str) {
    if let Err(error) = storage.remove(uri).await {
        tracing::warn!(%uri, error = ?error, "a file that nobody can see could not be removed from its storage");
    }
}

/// The file that a cell names by its mark. Who sees it by a form sees only what came by that form.
///
/// # Errors
/// `DoesNotExist` for no such file; `AuthenticationFailed` for a visitor without a form; `PermissionError` for a token that may not read
/// records.
pub async fn get(ctx: &Ctx, mash: &str, by: Option<&ByForm>) -> Result<StoredFile> {
    let form_id = match (&ctx.caller.signed_in, by) {
        (None, Some(by)) => Some(forms::showing_file(ctx, &by.form_token, &by.form_field_key).await?),
        _ => {
            access::authorize_files(ctx, RecordsGet::INFO)?;
            None
        }
    };
    let found = ctx.app.store.files().by_mash(mash).await?;
    found.filter(|file| form_id.is_none() || file.form_id == form_id).ok_or_else(gone)
}

/// The bytes of a file.
///
/// # Errors
/// `DoesNotExist` when they are gone; `Unavailable` without a storage, or when it does not answer.
pub async fn read(ctx: &Ctx, file: &StoredFile) -> Result<Bytestream> {
    storage(ctx)?.read(&file.uri).await
}

fn storage(ctx: &Ctx) -> Result<&Arc<dyn FileStorage>> {
    ctx.app.files.as_ref().ok_or_else(|| {
        Error::unavailable(
            "There is no place for files: `file_storage` is off. Ask whoever runs this installation to set it.",
        )
    })
}

/// The mark that a cell's JSON holds, if it holds a file.
pub(crate) fn mark_of(json: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Cell {
        mash: String,
    }
    serde_json::from_str::<Cell>(json).ok().map(|cell| cell.mash)
}

/// The mark in a cell's value as a client writes it, be it as JSON or as text of JSON, when it looks like one that we have made.
pub(crate) fn own_mark_of(value: &Json) -> Option<String> {
    let text = serde_json::from_str::<String>(value.text());
    let mark = mark_of(text.as_deref().unwrap_or(value.text()))?;
    (mark.len() == 2 * MARK_BYTES && mark.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(mark)
}

/// A name as the last part of an address or of a key in a storage: without what would lead elsewhere.
pub fn plain_name(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_control() || "/\\?#%".contains(c) { '_' } else { c }).collect();
    if plain.chars().all(|c| c == '.') { "file".to_owned() } else { plain }
}

/// The error for a file that is not there.
pub fn gone() -> Error {
    Error::new(ErrorCode::DOES_NOT_EXIST, "There is no such file. It may have been removed from its storage.")
}

fn new_mark(ctx: &Ctx) -> String {
    secret(ctx, MARK_BYTES)
}

/// So many random bytes in hexadecimal digits.
fn secret(ctx: &Ctx, bytes: usize) -> String {
    let mut random = vec![0; bytes];
    ctx.app.random.fill(&mut random);
    hex::encode(random)
}

/// What a file is: by its first bytes, or else by its name.
async fn media_type(path: &Path, name: &str) -> Result<String> {
    let path = path.to_owned();
    let beginning = tokio::task::spawn_blocking(move || -> std::io::Result<Vec<u8>> {
        use std::io::Read as _;
        let mut bytes = Vec::with_capacity(RECOGNISED_BY);
        std::fs::File::open(path)?.take(RECOGNISED_BY as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    let beginning = beginning.await.map_err(Error::internal)?.map_err(Error::internal)?;
    Ok(match infer::get(&beginning) {
        Some(known) => known.mime_type().to_owned(),
        None => by_name(name),
    })
}

fn by_name(name: &str) -> String {
    mime_guess::from_path(name).first_raw().unwrap_or(UNKNOWN_TYPE).to_owned()
}
