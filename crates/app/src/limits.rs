//! Every limit of the program, in one place (invariant I7). The documentation lists them from here.

use std::time::Duration;

/// Calls in one JSON-RPC batch.
pub const BATCH_CALLS: usize = 100;
/// Bytes in the body of a call.
pub const CALL_BYTES: usize = 32 * 1024 * 1024;
/// Bytes in an uploaded file.
pub const UPLOAD_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// Rows in one page of `records.list`.
pub const PAGE_ROWS: u32 = 10_000;
/// Rows in a page when the caller does not say, as in the original.
pub const PAGE_ROWS_DEFAULT: u32 = 500;
/// Bytes in one page: a page that would grow beyond is refused with advice to ask for fewer rows or columns.
pub const PAGE_BYTES: usize = 64 * 1024 * 1024;
/// Changes in one `records.apply`.
pub const CHANGES: usize = 20_000;
/// Record ids in one `records.delete`.
pub const DELETE_ROWS: usize = 10_000;
/// Nodes in a filter, and how deep they nest.
pub const FILTER_NODES: usize = 500;
/// See [`FILTER_NODES`].
pub const FILTER_DEPTH: usize = 20;
/// Columns to sort by.
pub const ORDER_COLUMNS: usize = 32;
/// Rows up to which a capped count is exact.
pub const COUNT_CAP: u64 = 10_000;
/// Columns that a table can have in PostgreSQL (`MaxHeapAttributeNumber`).
pub const TABLE_COLUMNS: usize = 1_600;
/// Rows of a file that a preview shows.
pub const PREVIEW_ROWS: usize = 50;
/// Imports at work at the same time; others wait.
pub const IMPORTS_AT_ONCE: usize = 2;
/// How long a reading statement may take.
pub const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a writing statement may take.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(120);
/// How long a statement that changes structure may take once it has its locks.
pub const SCHEMA_TIMEOUT: Duration = Duration::from_secs(600);
/// How long a write waits for a row's lock.
pub const ROW_LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a change of structure waits for a table's lock before it tries again, so that nobody queues behind it.
pub const TABLE_LOCK_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a session lives without use, as in the original.
pub const SESSION_AGE: Duration = Duration::from_secs(14 * 24 * 3600);
/// How long a setup link is good.
pub const SETUP_TOKEN_AGE: Duration = Duration::from_secs(24 * 3600);
/// Password checks (argon2) at the same time: each takes tens of megabytes.
pub const PASSWORD_CHECKS_AT_ONCE: usize = 2;
/// Failed sign-ins of one account or one address per minute before they must wait.
pub const SIGN_IN_FAILURES_PER_MINUTE: u32 = 10;
