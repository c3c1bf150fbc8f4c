//! The head of every transaction: its limits, and the fixed formats that make a value's text the same on every server; and its
//! end.

use crate::frag::{Fragment, Statement};

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Reads; PostgreSQL refuses any change.
    ReadOnly,
    /// Reads on one snapshot from the first statement to the last, for exports and for pages with their labels.
    Snapshot,
    /// Reads and changes.
    ReadWrite,
}

/// The limits of a transaction in milliseconds; 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `statement_timeout`.
    pub statement: u32,
    /// `lock_timeout`.
    pub lock: u32,
    /// `idle_in_transaction_session_timeout`.
    pub idle: u32,
}

/// Starts a transaction, and sets its limits and formats until its end: one text of several statements, without parameters. What
/// is set by `SET` needs no planning, unlike calls of `set_config`.
///
/// `time_zone` is the zone that timestamps with time zone are shown and read in: a name such as `Europe/Zurich`, or `UTC`.
/// With `DateStyle` `ISO, YMD` a date such as `01/02/2024` is refused instead of being read one way or the other.
pub fn begin(mode: Mode, limits: Limits, time_zone: &str) -> Statement {
    let mut fragment = Fragment::of(match mode {
        Mode::ReadOnly => "BEGIN READ ONLY",
        Mode::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        Mode::ReadWrite => "BEGIN READ WRITE",
    });
    fragment.sql("; SET LOCAL statement_timeout = ").int(limits.statement);
    fragment.sql("; SET LOCAL lock_timeout = ").int(limits.lock);
    fragment.sql("; SET LOCAL idle_in_transaction_session_timeout = ").int(limits.idle);
    fragment.sql("; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'iso_8601'");
    fragment.sql("; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL TimeZone = ");
    fragment.literal(time_zone);
    fragment.finish()
}

/// Keeps a transaction's changes, or fails: the empty `SELECT` is refused in a transaction that has failed, while `COMMIT` would
/// take it back and say so in its command tag only. What comes after a refused statement of the same text is not run.
pub fn commit() -> Statement {
    Fragment::of("SELECT; COMMIT").finish()
}

/// Takes a transaction's changes back.
pub fn rollback() -> Statement {
    Fragment::of("ROLLBACK").finish()
}

/// Marks a point to come back to; one is enough, a new one hides the old.
pub fn savepoint() -> Statement {
    Fragment::of("SAVEPOINT mathesar").finish()
}

/// Forgets the latest mark and keeps what was done since.
pub fn release_savepoint() -> Statement {
    Fragment::of("RELEASE SAVEPOINT mathesar").finish()
}

/// Goes back to the latest mark.
pub fn rollback_to_savepoint() -> Statement {
    Fragment::of("ROLLBACK TO SAVEPOINT mathesar").finish()
}

/// Undoes everything that can stay with a connection after a transaction.
pub fn discard() -> Statement {
    Fragment::of("DISCARD ALL").finish()
}
