//! The head of every transaction: its limits, and the fixed formats that make a value's text the same on every server.

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

/// Starts a transaction.
pub fn begin(mode: Mode) -> Statement {
    Fragment::of(match mode {
        Mode::ReadOnly => "BEGIN READ ONLY",
        Mode::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        Mode::ReadWrite => "BEGIN READ WRITE",
    })
    .finish()
}

/// Keeps a transaction's changes.
pub fn commit() -> Statement {
    Fragment::of("COMMIT").finish()
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

/// Sets limits and formats until the end of the transaction, in one statement: the second of every transaction.
///
/// `time_zone` is the zone that timestamps with time zone are shown and read in: a name such as `Europe/Zurich`, or `UTC`.
/// With `DateStyle` `ISO, YMD` a date such as `01/02/2024` is refused instead of being read one way or the other.
pub fn settings(limits: Limits, time_zone: &str) -> Statement {
    let mut fragment = Fragment::of("SELECT ");
    let millis = |name: &'static str, value: u32| (name, value.to_string());
    let settings = [
        millis("'statement_timeout'", limits.statement),
        millis("'lock_timeout'", limits.lock),
        millis("'idle_in_transaction_session_timeout'", limits.idle),
        ("'DateStyle'", "ISO, YMD".to_owned()),
        ("'IntervalStyle'", "iso_8601".to_owned()),
        ("'extra_float_digits'", "1".to_owned()),
        ("'bytea_output'", "hex".to_owned()),
        ("'TimeZone'", time_zone.to_owned()),
    ];
    fragment.join(
        ", ",
        settings.map(|(name, value)| {
            let mut one = Fragment::of("pg_catalog.set_config(");
            one.sql(name).sql(", ").bind(value).sql(", true)");
            one
        }),
    );
    fragment.finish()
}
