//! What a session runs besides the statements that it is given.

use mathesar_sql::{Fragment, Statement};

/// Is refused in a transaction that has failed, and does nothing otherwise.
pub(crate) fn probe() -> Statement {
    Fragment::of("SELECT").finish()
}

/// Undoes everything that can stay with a connection.
pub(crate) fn discard() -> Statement {
    Fragment::of("DISCARD ALL").finish()
}
