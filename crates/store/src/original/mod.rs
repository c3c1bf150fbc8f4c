//! The internal database of the original, a PostgreSQL, as something to take over: read in one snapshot, and never changed.

mod rows;
mod unseal;

use std::io;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    SqlxPostgresConnector, Statement, TransactionTrait,
};
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use crate::error::EngineError;
use crate::open::{ACQUIRE_TIMEOUT, postgres_options};

pub use rows::{
    OriginalCollaborator, OriginalColumn, OriginalDatabase, OriginalExploration, OriginalForm, OriginalFormField,
    OriginalRole, OriginalServer, OriginalTable, OriginalUser,
};
pub use unseal::Unsealer;

/// Rows of one table that are read at most.
const MAX_ROWS: usize = 200_000;

/// Everything that an installation of the original keeps for itself and that has a place here, with its own numbers.
#[derive(Debug)]
pub struct Original {
    /// People who may sign in.
    pub users: Vec<OriginalUser>,
    /// Servers.
    pub servers: Vec<OriginalServer>,
    /// Databases.
    pub databases: Vec<OriginalDatabase>,
    /// Stored roles.
    pub roles: Vec<OriginalRole>,
    /// Who works where, as which role.
    pub collaborators: Vec<OriginalCollaborator>,
    /// What it knows of tables.
    pub tables: Vec<OriginalTable>,
    /// What it knows of columns.
    pub columns: Vec<OriginalColumn>,
    /// Explorations.
    pub explorations: Vec<OriginalExploration>,
    /// Forms.
    pub forms: Vec<OriginalForm>,
    /// The fields of all forms.
    pub form_fields: Vec<OriginalFormField>,
}

/// Why the original's internal database cannot be taken over. No message repeats its address, which holds a password.
#[derive(Debug, thiserror::Error)]
pub enum OriginalError {
    /// The address cannot be read.
    #[error("The address of the original's internal database cannot be understood: {what}.")]
    BadAddress {
        /// What is wrong with it.
        what: &'static str,
    },
    /// Nobody answers there, or not to this role.
    #[error(
        "The original's internal database cannot be reached: {0}. Check host, port, role, password and database name. If it \
         runs in a container, its port has to be open to this computer, or this program has to run on the same network."
    )]
    Unreachable(#[source] EngineError),
    /// It is a database of something else.
    #[error(
        "This is no internal database of the original: it has no table mathesar_user. Name the database that the original's \
         POSTGRES_DB names, mathesar_django as a rule, and not one of those with your tables."
    )]
    NotTheOriginal,
    /// Its tables are not those that this program knows.
    #[error(
        "This is the internal database of a version of the original that is not known here: {missing} is not there. Versions \
         0.2 to 0.11 are known. Update the original to one of them first."
    )]
    UnknownVersion {
        /// The table, or the table and its column.
        missing: String,
    },
    /// A row is not as expected.
    #[error("The table {table} of the original's internal database holds something unexpected: {why}.")]
    Unexpected {
        /// The table.
        table: &'static str,
        /// Serde's words.
        why: String,
    },
    /// There is more than anybody would have.
    #[error(
        "The table {table} of the original's internal database has more than {MAX_ROWS} rows, which is not taken over."
    )]
    TooMuch {
        /// The table.
        table: &'static str,
    },
    /// A statement failed.
    #[error("The original's internal database could not be read: {0}.")]
    Database(#[source] EngineError),
}

impl From<DbErr> for OriginalError {
    fn from(error: DbErr) -> Self {
        Self::Database(EngineError::of(&error))
    }
}

/// A table of the original's, and the columns without which its rows mean nothing to us.
struct Source {
    name: &'static str,
    columns: &'static [&'static str],
}

const USERS: Source = Source {
    name: "mathesar_user",
    columns: &[
        "id",
        "username",
        "password",
        "email",
        "full_name",
        "is_superuser",
        "is_active",
        "password_change_needed",
    ],
};
const SERVERS: Source = Source { name: "mathesar_server", columns: &["id", "host", "port"] };
const DATABASES: Source = Source { name: "mathesar_database", columns: &["id", "server_id", "name"] };
const ROLES: Source = Source { name: "mathesar_configuredrole", columns: &["id", "server_id", "name", "password"] };
const COLLABORATORS: Source =
    Source { name: "mathesar_userdatabaserolemap", columns: &["id", "user_id", "database_id", "configured_role_id"] };
const TABLES: Source = Source { name: "mathesar_tablemetadata", columns: &["id", "database_id", "table_oid"] };
const COLUMNS: Source =
    Source { name: "mathesar_columnmetadata", columns: &["id", "database_id", "table_oid", "attnum"] };
const EXPLORATIONS: Source = Source {
    name: "mathesar_explorations",
    columns: &["id", "database_id", "schema_oid", "base_table_oid", "name", "initial_columns"],
};
const FORMS: Source = Source {
    name: "mathesar_form",
    columns: &[
        "id",
        "database_id",
        "schema_oid",
        "base_table_oid",
        "token",
        "name",
        "associated_role_id",
        "publish_public",
    ],
};
const FORM_FIELDS: Source = Source {
    name: "mathesar_formfield",
    columns: &["id", "form_id", "parent_field_id", "key", "index", "kind", "column_attnum"],
};

impl Original {
    /// Reads the internal database at a `postgres://` address.
    ///
    /// # Errors
    /// In words for whoever gave the address.
    pub async fn read(url: &SecretString) -> Result<Self, OriginalError> {
        let options = postgres_options(url).map_err(|error| match error {
            crate::Error::BadAddress { what } => OriginalError::BadAddress { what },
            _ => OriginalError::BadAddress { what: "it is no address of a PostgreSQL" },
        })?;
        let db = connect(options.application_name("mathesar migration").disable_statement_logging()).await?;
        let snapshot = (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly));
        let read = read_all(&db.begin_with_config(snapshot.0, snapshot.1).await?).await;
        db.close().await?;
        read
    }
}

async fn connect(options: PgConnectOptions) -> Result<DatabaseConnection, OriginalError> {
    let unreachable = |error| OriginalError::Unreachable(EngineError::of_sqlx(&error));
    // The pool keeps trying where nobody listens, and then tells nothing but that it did.
    let silence = sqlx::Error::Io(io::ErrorKind::TimedOut.into());
    let trial = tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect()).await.unwrap_or(Err(silence));
    trial.map_err(unreachable)?.close().await.map_err(unreachable)?;
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_TIMEOUT);
    let pool = pool.connect_with(options).await.map_err(unreachable)?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

async fn read_all(db: &DatabaseTransaction) -> Result<Original, OriginalError> {
    if columns_of(db, USERS.name).await?.is_empty() {
        return Err(OriginalError::NotTheOriginal);
    }
    // What came to the original later than the rest.
    let with_forms = !columns_of(db, FORMS.name).await?.is_empty();
    Ok(Original {
        users: rows(db, &USERS).await?,
        servers: rows(db, &SERVERS).await?,
        databases: rows(db, &DATABASES).await?,
        roles: rows(db, &ROLES).await?,
        collaborators: rows(db, &COLLABORATORS).await?,
        tables: rows(db, &TABLES).await?,
        columns: rows(db, &COLUMNS).await?,
        explorations: rows(db, &EXPLORATIONS).await?,
        forms: if with_forms { rows(db, &FORMS).await? } else { Vec::new() },
        form_fields: if with_forms { rows(db, &FORM_FIELDS).await? } else { Vec::new() },
    })
}

/// All rows of a table, oldest first. They come as JSON, so that a column that a version lacks is simply absent.
async fn rows<T: DeserializeOwned>(db: &DatabaseTransaction, source: &Source) -> Result<Vec<T>, OriginalError> {
    let table = source.name;
    let present = columns_of(db, table).await?;
    if let Some(column) = source.columns.iter().find(|column| !present.iter().any(|name| name == *column)) {
        let missing = if present.is_empty() { table.to_owned() } else { format!("{table}.{column}") };
        return Err(OriginalError::UnknownVersion { missing });
    }
    let query = format!("SELECT to_jsonb(t)::text FROM {table} AS t ORDER BY t.id LIMIT {}", MAX_ROWS + 1);
    let found = texts(db, Statement::from_string(DbBackend::Postgres, query)).await?;
    if found.len() > MAX_ROWS {
        return Err(OriginalError::TooMuch { table });
    }
    let unexpected = |error: serde_json::Error| OriginalError::Unexpected { table, why: error.to_string() };
    found.iter().map(|row| serde_json::from_str(row).map_err(unexpected)).collect()
}

/// The names of a table's columns; none when it is not there.
async fn columns_of(db: &DatabaseTransaction, table: &str) -> Result<Vec<String>, OriginalError> {
    const COLUMNS: &str = "SELECT attname::text FROM pg_catalog.pg_attribute \
         WHERE attrelid = pg_catalog.to_regclass($1) AND attnum > 0 AND NOT attisdropped";
    texts(db, Statement::from_sql_and_values(DbBackend::Postgres, COLUMNS, [table.into()])).await
}

async fn texts(db: &DatabaseTransaction, query: Statement) -> Result<Vec<String>, OriginalError> {
    let rows = db.query_all_raw(query).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
