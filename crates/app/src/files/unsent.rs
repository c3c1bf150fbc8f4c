//! Files that came by a public form which was not sent: whoever chose them may go on to send it, for a while.

use jiff::SignedDuration;

use super::remove;
use crate::{App, Ctx, Error, Result, limits};

/// Does `write`, which puts the files of a form that have these marks into cells. Files whose cells are not written await their form
/// as before.
///
/// # Errors
/// Those of `write` and of our own database.
pub(crate) async fn sending<T>(
    ctx: &Ctx,
    form_id: i64,
    marks: &[String],
    write: impl Future<Output = Result<T>>,
) -> Result<T> {
    if marks.is_empty() {
        return write.await;
    }
    let files = ctx.app.store.files();
    // A process that ends between the two keeps a file too many, and never leaves a cell without its file.
    files.set_awaiting(form_id, marks, false).await?;
    let written = write.await;
    if written.is_err() {
        files.set_awaiting(form_id, marks, true).await?;
    }
    written
}

/// Removes the files of forms that nobody sent within [`limits::UNSENT_FILE_AGE`]; returns how many.
///
/// # Errors
/// Those of our own database.
pub async fn sweep(app: &App) -> Result<usize> {
    let Some(storage) = &app.files else { return Ok(0) };
    let oldest = app.clock.now() - SignedDuration::try_from(limits::UNSENT_FILE_AGE).map_err(Error::internal)?;
    let mut removed = 0;
    for file in app.store.files().unsent(oldest).await? {
        if app.store.files().forget_unsent(file.id).await? {
            remove(&**storage, &file.uri).await;
            removed += 1;
        }
    }
    Ok(removed)
}
