//! Takes over what an installation of the original keeps for itself: users, servers, databases, stored roles, collaborators, settings of
//! tables and columns, explorations and forms.
//!
//! The original's internal database is read in one snapshot ([`Original`]) and never written. User databases are looked at where they can
//! be reached ([`reach`]), so that what belongs to tables that are gone is left out, and what is brought over carries the names of
//! its tables. [`plan`] makes of each thing what is stored here, or a reason why not; the store adds all of it in one transaction, or, for a
//! rehearsal, takes it back; and [`report`] says what became of what.

mod passwords;
mod plan;
mod reach;
mod report;

use mathesar_store::original::{Original, OriginalError};
use secrecy::SecretString;

use reach::Reached;
pub use report::{Fate, Line, Report, Section};

use crate::{App, Error, Result};

/// What to take over, and how.
pub struct Request {
    /// The `postgres://` address of the original's internal database.
    pub url: SecretString,
    /// The original's `SECRET_KEY`; only needed for stored passwords.
    pub secret_key: Option<SecretString>,
    /// Whether to go on without the passwords that the key does not open.
    pub without_passwords: bool,
    /// Whether to change nothing, and only say what would become of what.
    pub rehearsal: bool,
}

/// Takes over an installation of the original: everything that is not here yet, or nothing.
///
/// # Errors
/// In words for whoever runs the command: an address that leads nowhere or elsewhere, a key that does not open the passwords, a
/// database of ours that does not answer.
pub async fn migrate(app: &App, request: Request) -> Result<Report> {
    let original = Original::read(&request.url).await?;
    let passwords = passwords::open(&original, request.secret_key.as_ref(), request.without_passwords)?;
    let reached = reach::all(app, &original, &passwords).await;
    let (takeover, drafts) = plan::make(app, &original, &passwords, &reached).split();
    let taken = app.store.take_over(takeover, request.rehearsal, app.clock.now()).await?;
    let some_are_away = reached.values().any(|found| matches!(found, Reached::Away(_)));
    Ok(drafts.settle(&taken, some_are_away))
}

impl From<OriginalError> for Error {
    fn from(error: OriginalError) -> Self {
        let words = error.to_string();
        match error {
            OriginalError::Unreachable(_) | OriginalError::Database(_) => Self::unavailable(words).caused_by(error),
            _ => Self::value(words),
        }
    }
}
