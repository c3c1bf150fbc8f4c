//! What things have in common that users save for a database: explorations, forms and views of tables.

use crate::{Error, Result, limits};

/// A definition may repeat the database, but not name another one, in which the caller may have no place. `place` is what the
/// definition is called in errors.
pub(crate) fn refuse_other_database(database_id: i64, repeated: Option<i64>, place: &str) -> Result<()> {
    if repeated.is_some_and(|repeated| repeated != database_id) {
        let message = format!("{place}.database_id: it is another one than the parameter `database_id`.");
        return Err(Error::value(message));
    }
    Ok(())
}

/// Refuses a name that nobody could read in a list.
pub(crate) fn check_name(name: &str, place: &str) -> Result<()> {
    let length = name.chars().count();
    if name.trim().is_empty() || length > limits::SAVED_NAME_CHARACTERS || name.contains('\0') {
        return Err(Error::value(format!(
            "{place}.name: a name has 1 to {} characters, and not only spaces.",
            limits::SAVED_NAME_CHARACTERS
        )));
    }
    Ok(())
}
