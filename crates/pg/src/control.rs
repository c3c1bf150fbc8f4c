//! The statements that begin and end transactions.

use mathesar_sql::{Fragment, Statement};

use crate::transaction::{Access, TxOptions};

/// `BEGIN` with its limits; `after_open` ends a transaction that was left open before.
pub(crate) fn begin(options: &TxOptions, after_open: bool) -> Statement {
    let milliseconds =
        |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::from(i32::MAX));
    let mut text = Fragment::of(if after_open { "ROLLBACK; " } else { "" });
    text.sql(match options.access {
        Access::ReadOnly => "BEGIN READ ONLY",
        Access::ReadWrite => "BEGIN READ WRITE",
    });
    text.sql("; SET LOCAL statement_timeout = ").int(milliseconds(options.timeouts.statement));
    text.sql("; SET LOCAL lock_timeout = ").int(milliseconds(options.timeouts.lock));
    text.sql("; SET LOCAL idle_in_transaction_session_timeout = ").int(milliseconds(options.timeouts.idle));
    text.finish()
}

/// `COMMIT` that fails when the transaction has failed. On its own it would succeed with the command tag `ROLLBACK`; an empty
/// `SELECT` before it is refused in a failed transaction.
pub(crate) fn commit() -> Statement {
    Fragment::of("SELECT; COMMIT").finish()
}

/// `ROLLBACK`.
pub(crate) fn rollback() -> Statement {
    Fragment::of("ROLLBACK").finish()
}

/// Undoes everything that can stay with a session.
pub(crate) fn discard() -> Statement {
    Fragment::of("DISCARD ALL").finish()
}
