//! Opening the internal database: connecting, bringing its schema up to date, checking the key.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{self, Executor};
use sea_orm::sqlx::{ConnectOptions as _, Connection as _};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigratorTrait, SchemaManager, seaql_migrations};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::copy;
use crate::env::Random;
use crate::error::{EngineError, Error, Result};
use crate::keys::KeyRing;
use crate::migration::Migrator;

/// The PostgreSQL schema that our tables live in.
pub const SCHEMA: &str = "mathesar_internal";
/// Connections that one process opens to the internal database.
pub const MAX_CONNECTIONS: u32 = 5;

/// How long a request waits for a free connection before it is told that the internal database does not answer.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection to a PostgreSQL may rest before it is asked whether it is still there: to ask each time would double the
/// round trips of the small questions that every call asks.
const TRUSTED: Duration = Duration::from_secs(1);
/// How long SQLite waits for another process that writes, such as a command run beside the server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two looks whether it is over, where SQLite does not wait by itself.
const BUSY_PAUSE: Duration = Duration::from_millis(20);
/// Any number will do as long as it never changes: it is the ASCII text `mathesar`.
const MIGRATION_LOCK: i64 = 0x6d61_7468_6573_6172;

/// Where the internal database is.
#[derive(Clone)]
pub enum Address {
    /// A SQLite file; it is created when missing, its directory is not.
    Sqlite(PathBuf),
    /// A `postgres://` address. It holds a password and is never shown.
    Postgres(SecretString),
}

/// How to open the internal database.
pub struct StoreConfig {
    /// Where it is.
    pub address: Address,
    /// Connections to open at most, from 1 to [`MAX_CONNECTIONS`].
    pub max_connections: u32,
}

impl StoreConfig {
    /// A SQLite file with the usual limits.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self { address: Address::Sqlite(path.into()), max_connections: MAX_CONNECTIONS }
    }

    /// A PostgreSQL with the usual limits.
    pub fn postgres(url: SecretString) -> Self {
        Self { address: Address::Postgres(url), max_connections: MAX_CONNECTIONS }
    }

    /// The PostgreSQL that holds the internal database, so that it can be refused as a user database and its transport be
    /// judged; `None` for SQLite.
    ///
    /// # Errors
    /// `BadAddress`.
    pub fn internal_postgres(&self) -> Result<Option<InternalPostgres>> {
        let Address::Postgres(url) = &self.address else { return Ok(None) };
        let options = postgres_options(url)?;
        let socket = options.get_socket().map(|path| path.to_string_lossy().into_owned());
        Ok(Some(InternalPostgres {
            host: socket.unwrap_or_else(|| options.get_host().to_owned()),
            port: options.get_port(),
            database: options.get_database().unwrap_or(options.get_username()).to_owned(),
            role: options.get_username().to_owned(),
            verified: matches!(options.get_ssl_mode(), PgSslMode::VerifyFull),
        }))
    }
}

/// The PostgreSQL that holds the internal database, without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternalPostgres {
    /// Host name, address or directory of a socket.
    pub host: String,
    /// TCP port, or the number in the socket's name.
    pub port: u16,
    /// Name of the database.
    pub database: String,
    /// Role that we sign in as.
    pub role: String,
    /// Whether the server must prove by certificate who it is (`sslmode=verify-full`).
    pub verified: bool,
}

/// The open internal database.
#[derive(Clone)]
pub struct Store {
    pub(crate) db: DatabaseConnection,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) random: Arc<dyn Random>,
}

impl Store {
    /// Opens the internal database, creates or updates its schema, and checks that the key fits.
    ///
    /// A SQLite file with data is copied (`<file>.before-<change>-<time>`) before its schema changes; on PostgreSQL, backups
    /// are its administrator's.
    ///
    /// # Errors
    /// `BadAddress`, `Unavailable`, `NewerSchema`, `KeyDoesNotFit`, `File`, `Database`.
    pub async fn open(config: &StoreConfig, keys: KeyRing, random: Arc<dyn Random>, now: Timestamp) -> Result<Self> {
        let db = connect(config).await?;
        migrate(&db, &config.address, now).await?;
        let store = Self { db, keys: Arc::new(keys), random };
        store.check_key(now).await?;
        Ok(store)
    }

    /// Whether sealed values are there already, so that a missing key must be found and must not be generated.
    ///
    /// # Errors
    /// `BadAddress`, `Unavailable`, `File`, `Database`.
    pub async fn holds_key(config: &StoreConfig) -> Result<bool> {
        if let Address::Sqlite(path) = &config.address
            && !path.exists()
        {
            return Ok(false);
        }
        let db = connect(config).await?;
        let known =
            SchemaManager::new(&db).has_table("settings").await? && crate::settings::holds_key_check(&db).await?;
        db.close().await?;
        Ok(known)
    }

    /// The keys of this installation.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// Answers when the internal database answers.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn ping(&self) -> Result<()> {
        self.db.ping().await.map_err(|error| Error::Unavailable(EngineError::of(&error)))
    }

    /// Copies everything, as it is at one moment, into a new SQLite file, whichever engine this is: what was stored in one can so
    /// be brought back into the other. Others may go on writing meanwhile.
    ///
    /// # Errors
    /// `File` when the file is there already or cannot be made; those of the engines, a full disk among them.
    pub async fn save(&self, path: &Path, now: Timestamp) -> Result<()> {
        new_private_file(path)?;
        if self.db.get_database_backend() == DbBackend::Sqlite {
            return vacuum_into(&self.db, path).await;
        }
        let target = connect_sqlite(path, 1).await?;
        migrate(&target, &Address::Sqlite(path.to_owned()), now).await?;
        copy::all(&self.db, &target).await?;
        Ok(target.close().await?)
    }

    /// Takes over everything from a SQLite file that [`Self::save`] wrote, in place of what was there; of a PostgreSQL this keeps
    /// it as another schema, whose name is returned.
    ///
    /// Only for a PostgreSQL: a SQLite file takes the place of another by its name.
    ///
    /// # Errors
    /// `Conflict` when the source is of an older version: open it as a store first. Those of the engines.
    pub async fn load_into_postgres(config: &StoreConfig, saved: &Self, now: Timestamp) -> Result<Option<String>> {
        let db = connect(config).await?;
        let kept = load(&db, &saved.db, now).await?;
        db.close().await?;
        Ok(kept)
    }

    /// Whether the schema is there already.
    ///
    /// # Errors
    /// `BadAddress`, `Unavailable`, `File`, `Database`.
    pub async fn exists(config: &StoreConfig) -> Result<bool> {
        if let Address::Sqlite(path) = &config.address {
            return Ok(path.exists());
        }
        let db = connect(config).await?;
        let found = SchemaManager::new(&db).has_table("settings").await?;
        db.close().await?;
        Ok(found)
    }

    /// How many other sessions of this program are connected to a PostgreSQL; always 0 for a SQLite file, which has a lock.
    ///
    /// # Errors
    /// `BadAddress`, `Unavailable`, `Database`.
    pub async fn other_sessions(config: &StoreConfig) -> Result<i64> {
        let Address::Postgres(_) = &config.address else { return Ok(0) };
        let db = connect(&StoreConfig { address: config.address.clone(), max_connections: 1 }).await?;
        let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, OTHER_SESSIONS)).await?;
        let count = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        db.close().await?;
        Ok(count)
    }

    /// Closes all connections; SQLite's write-ahead log is folded into its file.
    ///
    /// # Errors
    /// `Database`.
    pub async fn close(self) -> Result<()> {
        Ok(self.db.close().await?)
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction> {
        Ok(begin(&self.db).await?)
    }
}

/// SQLite must take its write lock at the start: a reader that turns writer is refused at once, whatever the busy timeout.
async fn begin(db: &DatabaseConnection) -> std::result::Result<DatabaseTransaction, DbErr> {
    let options =
        TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
    db.begin_with_options(options).await
}

pub(crate) async fn connect(config: &StoreConfig) -> Result<DatabaseConnection> {
    let connections = config.max_connections.clamp(1, MAX_CONNECTIONS);
    match &config.address {
        Address::Sqlite(path) => connect_sqlite(path, connections).await,
        Address::Postgres(url) => connect_postgres(url, connections).await,
    }
}

async fn connect_sqlite(path: &Path, connections: u32) -> Result<DatabaseConnection> {
    // SQLite would create the file readable by all; its companions (-wal, -shm) inherit the mode that it has.
    private_file(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A file does not hang up; asking it first would double the cost of the small questions that every call asks.
        .test_before_acquire(false);
    // The first connection turns a new file to its write-ahead log. For that it needs the file to itself, and another process that
    // does the same is refused at once, whatever the busy timeout.
    let begun = Instant::now();
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && begun.elapsed() < BUSY_TIMEOUT => tokio::time::sleep(BUSY_PAUSE).await,
            outcome => return Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(outcome.map_err(unavailable)?)),
        }
    }
}

/// Whether another process has SQLite's file just now: `SQLITE_BUSY`, which is the last byte of its extended codes, too.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

async fn connect_postgres(url: &SecretString, connections: u32) -> Result<DatabaseConnection> {
    let options = postgres_options(url)?.application_name("mathesar internal").disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move { Ok(used.idle_for < TRUSTED || connection.ping().await.is_ok()) })
        })
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute("SET search_path = mathesar_internal").await.map(drop) })
        })
        .connect_with(options)
        .await
        .map_err(unavailable)?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// What the address says and nothing else: without a password, sqlx would look for one in `~/.pgpass` of whoever starts us.
/// What it takes from libpq's variables by itself, the server leaves behind at its start.
pub(crate) fn postgres_options(url: &SecretString) -> Result<PgConnectOptions> {
    let text = url.expose_secret();
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        return Err(Error::BadAddress { what: "it does not begin with postgres:// or postgresql://" });
    }
    let unreadable = Error::BadAddress {
        what: "it is not of the form postgres://role:password@host:port/database?sslmode=verify-full, with special \
               characters percent-encoded",
    };
    let Ok(mut url) = Url::parse(text) else { return Err(unreadable) };
    if url.password().is_none() && !url.query_pairs().any(|(name, _)| name == "password") {
        url.query_pairs_mut().append_pair("password", "");
    }
    PgConnectOptions::from_url(&url).map_err(|_| unreadable)
}

fn unavailable(error: sqlx::Error) -> Error {
    let words = EngineError::of_sqlx(&error);
    match error {
        sqlx::Error::Tls(_) => Error::Untrusted(words),
        // So rustls ends a handshake whose certificate it does not accept.
        sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => Error::Untrusted(words),
        _ => Error::Unavailable(words),
    }
}

/// Opens a file for reading and writing, creating it readable by its owner only.
pub(crate) fn private_file(path: &Path) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|source| Error::File { path: path.to_owned(), source })
}

/// Makes an empty file that only its owner can read.
fn new_private_file(path: &Path) -> Result<()> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.map(drop).map_err(|source| Error::File { path: path.to_owned(), source })
}

async fn migrate(db: &DatabaseConnection, address: &Address, now: Timestamp) -> Result<()> {
    let applied = applied_changes(db).await?;
    let known: Vec<String> = Migrator::migrations().iter().map(|change| change.name().to_owned()).collect();
    if let Some(version) = applied.iter().find(|version| !known.contains(version)) {
        return Err(Error::NewerSchema { version: version.clone() });
    }
    let Some(next) = known.iter().find(|version| !applied.contains(version)) else { return Ok(()) };
    if let Address::Sqlite(path) = address
        && !applied.is_empty()
    {
        copy_sqlite(db, path, next, now).await?;
    }
    // Another process may be doing the same: both locks below are held until the commit, and Migrator looks again.
    let transaction = begin(db).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_raw(lock_postgres()).await?;
        transaction.execute_unprepared(PREPARE_POSTGRES).await?;
    }
    Migrator::up(&transaction, None).await?;
    Ok(transaction.commit().await?)
}

fn lock_postgres() -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK.into()])
}

/// Makes the schema, and keeps other roles out of a database that is ours alone: we own it and nothing else lives in it.
pub(crate) const PREPARE_POSTGRES: &str = r"
DO $$ BEGIN
    IF to_regnamespace('mathesar_internal') IS NULL THEN
        CREATE SCHEMA mathesar_internal;
        IF EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND pg_get_userbyid(datdba) = current_user)
            AND NOT EXISTS (
                SELECT FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
                WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'mathesar_internal'))
        THEN
            EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database());
        END IF;
    END IF;
END $$";

const OTHER_SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mathesar internal' \
     AND datname = current_database() AND pid <> pg_backend_pid()";

/// Puts the old schema aside and fills a new one, all or nothing.
async fn load(db: &DatabaseConnection, saved: &DatabaseConnection, now: Timestamp) -> Result<Option<String>> {
    let transaction = begin(db).await?;
    transaction.execute_raw(lock_postgres()).await?;
    let kept = if SchemaManager::new(&transaction).has_table("settings").await? {
        let name = format!("{SCHEMA}_before_{}", now.strftime("%Y%m%d_%H%M%S"));
        transaction.execute_unprepared(&format!("ALTER SCHEMA {SCHEMA} RENAME TO {name}")).await?;
        Some(name)
    } else {
        None
    };
    transaction.execute_unprepared(PREPARE_POSTGRES).await?;
    Migrator::up(&transaction, None).await?;
    copy::tables(saved, &transaction).await?;
    transaction.commit().await?;
    Ok(kept)
}

async fn applied_changes(db: &DatabaseConnection) -> Result<Vec<String>> {
    if !SchemaManager::new(db).has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let rows = seaql_migrations::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// Copies the file as one consistent state, write-ahead log included.
async fn copy_sqlite(db: &DatabaseConnection, path: &Path, next: &str, now: Timestamp) -> Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-{next}-{}", now.strftime("%Y%m%dT%H%M%SZ")));
    let copy = PathBuf::from(name);
    private_file(&copy)?;
    vacuum_into(db, &copy).await?;
    tracing::info!(copy = %copy.display(), "copied the internal database before its schema changes");
    Ok(())
}

/// Writes one consistent state into an empty file that exists, whose mode stays.
async fn vacuum_into(db: &DatabaseConnection, copy: &Path) -> Result<()> {
    let target = copy.to_string_lossy().into_owned();
    db.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [target.into()])).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn a_copy_before_a_change_is_whole_and_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mathesar.sqlite");
        let db = connect(&StoreConfig::sqlite(&path)).await.unwrap();
        migrate(&db, &Address::Sqlite(path.clone()), Timestamp::UNIX_EPOCH).await.unwrap();
        db.execute_unprepared("INSERT INTO settings VALUES ('fact', '1', 0)").await.unwrap();

        copy_sqlite(&db, &path, "m9999_next", Timestamp::UNIX_EPOCH).await.unwrap();
        let copy = directory.path().join("mathesar.sqlite.before-m9999_next-19700101T000000Z");
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let copied = connect(&StoreConfig::sqlite(&copy)).await.unwrap();
        assert_eq!(applied_changes(&copied).await.unwrap(), applied_changes(&db).await.unwrap());
        let facts = copied.query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT name FROM settings")).await;
        assert_eq!(facts.unwrap().unwrap().try_get::<String>("", "name").unwrap(), "fact");
    }
}
