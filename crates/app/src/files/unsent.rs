//! Files that came by a public form which was not sent: whoever chose them may go on to send it, for a while.

use jiff::SignedDuration;

use super::remove;
use crate::{App, Ctx, Error, Result, limits};

/// Does `write`, which puts the files of a form that have these marks into cells. From then on they stay, even if `write` fails: another
/// submission, of the moment or from before, may have put them into cells.
///
/// # Errors
/// Those of `write` and of our own database.
pub(crate) async fn sending<T>(
    ctx: &Ctx,
    form_id: i64,
    marks: &[String],
    write: impl Future<Output = Result<T>>,
) -> Result<T> {
    // A file too many may be kept so, and never is a cell left without its file.
    ctx.app.store.files().keep_sent(form_id, marks).await?;
    write.await
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
