//! Every limit of the program, in one place (invariant I7). The documentation lists them from here.

use std::time::Duration;

/// Calls in one JSON-RPC batch.
pub const BATCH_CALLS: usize = 100;
/// Bytes in the body of a call.
pub const CALL_BYTES: usize = 32 * 1024 * 1024;
/// Bytes in an uploaded file.
pub const UPLOAD_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// Rows in one page of `records.list`, and where the caller asks for all, as clients of the original do by giving no limit.
pub const PAGE_ROWS: u32 = 10_000;
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
/// Roles that one call gives rights or makes members.
pub const ROLES: usize = 1_000;
/// Pairs of a role and a column that one call gives rights.
pub const COLUMN_RIGHTS: usize = 10_000;
/// Tables of which one call explains what a role may do with them.
pub const REACHED_TABLES: u32 = 10_000;
/// Values of an enum that one call makes or renames.
pub const ENUM_VALUES: usize = 1_000;
/// Columns that a table can have in PostgreSQL (`MaxHeapAttributeNumber`).
pub const TABLE_COLUMNS: usize = 1_600;
/// Columns of a file that a preview looks at; with more, the file is rather cut by the wrong delimiter.
pub const FILE_COLUMNS: usize = 5_000;
/// Bytes of a row that PostgreSQL must keep together in one page, whatever it moves out of line.
pub const ROW_BYTES: usize = 8_160;
/// Fields whose digests are kept, over all columns, to find columns that could be the key of an imported table.
pub const KEY_DIGESTS: usize = 2_000_000;
/// Words of a column of a file that can be read as NULL.
pub const NULL_WORDS: usize = 20;
/// Previews at work at the same time; others wait.
pub const PREVIEWS_AT_ONCE: usize = 2;
/// Characters of the name of an exploration, a form or a saved view, as in the original for explorations.
pub const SAVED_NAME_CHARACTERS: usize = 128;
/// Bytes of a saved exploration as JSON.
pub const EXPLORATION_BYTES: usize = 64 * 1024;
/// Bytes of a saved view of a table as JSON.
pub const TABLE_VIEW_BYTES: usize = 64 * 1024;
/// Databases that are looked at at the same time when an installation of the original is taken over.
pub const MIGRATED_AT_ONCE: usize = 4;
/// Rows of a table that are looked at to suggest types for its columns.
pub const SUGGESTION_ROWS: u32 = 100_000;
/// Bytes of a saved form as JSON.
pub const FORM_BYTES: usize = 256 * 1024;
/// Fields of a form, those of linked records included.
pub const FORM_FIELDS: usize = 300;
/// How deep a form's fields nest: records that are added with a record.
pub const FORM_DEPTH: usize = 5;
/// Characters of the key of a form's field.
pub const FORM_KEY_CHARACTERS: usize = 100;
/// Bytes of the address where those who sent a form are led.
pub const FORM_REDIRECT_BYTES: usize = 2_000;
/// Records to choose from in one answer to those who fill in a form.
pub const FORM_RECORDS: u32 = 500;
/// Submissions of forms from one address in a minute.
pub const FORM_SUBMISSIONS_PER_MINUTE: u32 = 30;
/// Other calls for forms from one address in a minute.
pub const FORM_READS_PER_MINUTE: u32 = 600;
/// Files that one address can send by forms in a minute: a form may ask for several.
pub const FORM_FILES_PER_MINUTE: u32 = 60;
/// How long a statement may take that reads for those who fill in a form.
pub const FORM_READ_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a picture that a small one is made of.
pub const PICTURE_BYTES: u64 = 64 * 1024 * 1024;
/// Pixels of a side of such a picture.
pub const PICTURE_SIDE: u32 = 20_000;
/// Bytes that such a picture may take in memory.
pub const PICTURE_MEMORY: u64 = 256 * 1024 * 1024;
/// Pixels of a side of a small picture.
pub const THUMBNAIL_SIDE: u32 = 2_000;
/// Small pictures that are made at the same time; others wait.
pub const THUMBNAILS_AT_ONCE: usize = 2;
/// How long one load of a file may take.
pub const IMPORT_TIMEOUT: Duration = Duration::from_secs(12 * 3600);
/// How long one export may take.
pub const EXPORT_TIMEOUT: Duration = Duration::from_secs(12 * 3600);
/// Characters of a field that a preview shows, and of all its fields: of a wide file less is shown of each.
pub const PREVIEW_FIELD_CHARS: usize = 1_000;
/// See [`PREVIEW_FIELD_CHARS`].
pub const PREVIEW_CHARS: usize = 4_000_000;
/// How long an upload waits to be loaded.
pub const UPLOAD_AGE: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long a file waits for the form that it was chosen for to be sent.
pub const UNSENT_FILE_AGE: Duration = Duration::from_secs(2 * 24 * 3600);
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
/// Host names that can be confirmed with setup links.
pub const CONFIRMED_HOSTS: usize = 20;
/// Password checks (argon2) at the same time: each takes tens of megabytes.
pub const PASSWORD_CHECKS_AT_ONCE: usize = 2;
/// Failed sign-ins of one account or one address per minute before they must wait.
pub const SIGN_IN_FAILURES_PER_MINUTE: u32 = 10;
/// Password checks that wait for their turn; further ones are told to come back.
pub const PASSWORD_CHECKS_WAITING: usize = 64;
/// Addresses and accounts whose failures are remembered for a minute; when it is full, nobody may try.
pub const THROTTLE_ENTRIES: usize = 100_000;
/// How long verified Basic credentials are remembered.
pub const BASIC_CACHE_AGE: Duration = Duration::from_secs(60);
/// Basic credentials that are remembered.
pub const BASIC_CACHE_ENTRIES: usize = 1_000;
/// Characters of the name of a token.
pub const TOKEN_NAME_CHARACTERS: usize = 100;
/// Patterns of methods that a token may call.
pub const TOKEN_PATTERNS: usize = 50;
/// How often the use of a session or a token is written down.
pub const SESSION_TOUCH: Duration = Duration::from_secs(5 * 60);
/// Characters of a browser's description of itself that are kept.
pub const USER_AGENT_CHARACTERS: usize = 255;
/// Characters that a password must have, as in the original.
pub const PASSWORD_CHARACTERS_MIN: usize = 8;
/// Bytes that a password may have: hashing costs time for each.
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// Characters of a user name, as in the original and in PostgreSQL.
pub const USERNAME_CHARACTERS: usize = 63;
/// Bytes of an e-mail address (RFC 5321, section 4.5.3.1.3, without the angle brackets).
pub const EMAIL_BYTES: usize = 254;
/// Characters of a full name.
pub const FULL_NAME_CHARACTERS: usize = 255;
/// Bytes of a language tag (RFC 5646, section 4.4.1).
pub const LANGUAGE_BYTES: usize = 35;
/// HTTP connections open at the same time; further ones wait to be taken.
pub const CONNECTIONS: usize = 1_024;
/// Headers of one HTTP request.
pub const HEADERS: usize = 100;
/// How long a client may take to send the headers of a request.
pub const HEADER_TIME: Duration = Duration::from_secs(30);
/// How long a client may pause within the body of a request.
pub const BODY_PAUSE: Duration = Duration::from_secs(60);
/// How long requests at work may take to end once the program is told to stop.
pub const DRAIN: Duration = Duration::from_secs(5);
/// Rows to pass over from which on a page is looked for by what is known about its order.
pub const FAR_OFFSET: u64 = 10_000;
/// How long places in an order are remembered, in case that they only serve as estimates: rows come and go meanwhile.
pub const PLACES_AGE: Duration = Duration::from_secs(10 * 60);
/// How long an answer of `records.locate` may rest on rows as they were, before they are all read again.
pub const PLACES_FRESH: Duration = Duration::from_secs(30);
/// Orders whose places are remembered.
pub const PLACES: usize = 256;
/// Bytes of all remembered places.
pub const PLACES_BYTES: usize = 256 * 1024 * 1024;
/// Bytes of one list of all keys of an order: sixteen million whole numbers. Longer orders are passed over row by row.
pub const LISTED_BYTES: usize = 128 * 1024 * 1024;
/// Rows from one remembered place to the next, and how many places of one order are remembered: with more, each second one is
/// forgotten.
pub const MARK_ROWS: u64 = 500;
/// See [`MARK_ROWS`].
pub const MARKS: usize = 8_192;
/// Bytes of the remembered places of one order.
pub const MARKS_BYTES: usize = 2 * 1024 * 1024;
/// Rows of the sample that tells where a share of the rows ends, the pages of 8 kB that it reads at most, and how many places
/// are remembered of it.
pub const SAMPLE_ROWS: u64 = 30_000;
/// See [`SAMPLE_ROWS`].
pub const SAMPLE_PAGES: u64 = 1_000;
/// See [`SAMPLE_ROWS`].
pub const SAMPLE_MARKS: u32 = 500;
/// Orders whose rows are all read at the same time to remember their places.
pub const SURVEYS_AT_ONCE: usize = 2;
/// How long reading all rows of an order may take.
pub const SURVEY_TIMEOUT: Duration = Duration::from_secs(300);
