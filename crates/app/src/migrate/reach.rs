//! The user databases of the original as they are now, as far as they can be reached from here.

use std::collections::{BTreeSet, HashMap};

use futures_util::{StreamExt as _, stream};
use mathesar_pg::{Endpoint, TlsMode};
use mathesar_sql::introspect;
use mathesar_sql::model::Oid;
use mathesar_store::original::{Original, OriginalDatabase, OriginalRole, OriginalServer};
use mathesar_store::{ColumnName, LiveTable, TableName};

use super::passwords::Passwords;
use crate::databases::{admit, examine, host};
use crate::model::metadata::live_table;
use crate::model::reading;
use crate::{App, Result, limits};

/// How a database was found.
pub(super) enum Reached {
    /// It was looked at.
    Read(Live),
    /// It cannot be reached from here, for this reason. That says nothing about it.
    Away(String),
    /// It must not be a user database here, for this reason.
    Refused(String),
}

/// What a database has of what the original knows of it.
#[derive(Default)]
pub(super) struct Live {
    schemas: HashMap<Oid, String>,
    tables: HashMap<Oid, LiveTable>,
}

impl Reached {
    /// The name of a schema; an empty one where it could not be looked up.
    ///
    /// # Errors
    /// In words when the schema is gone.
    pub(super) fn schema(&self, oid: Oid) -> std::result::Result<String, String> {
        let Self::Read(live) = self else { return Ok(String::new()) };
        let gone = || format!("the schema with the object identifier {oid} is not there any more");
        live.schemas.get(&oid).cloned().ok_or_else(gone)
    }

    /// The names of a table; empty ones where they could not be looked up.
    ///
    /// # Errors
    /// In words when the table is gone.
    pub(super) fn table(&self, oid: Oid) -> std::result::Result<TableName, String> {
        let Self::Read(live) = self else {
            return Ok(TableName { oid, schema: String::new(), name: String::new() });
        };
        let gone = || format!("the table with the object identifier {oid} is not there any more");
        live.tables.get(&oid).map(|live| live.table.clone()).ok_or_else(gone)
    }

    /// The name of a column of such a table; an empty one where it could not be looked up.
    ///
    /// # Errors
    /// In words when the column is gone.
    pub(super) fn column(&self, table: Oid, attnum: i16) -> std::result::Result<ColumnName, String> {
        let Self::Read(live) = self else { return Ok(ColumnName { attnum, name: String::new() }) };
        let columns = live.tables.get(&table).map(|live| live.columns.as_slice()).unwrap_or_default();
        let gone = || format!("the column with the number {attnum} is not there any more");
        columns.iter().find(|column| column.attnum == attnum).cloned().ok_or_else(gone)
    }
}

/// Looks at every database, by the original's number of it.
pub(super) async fn all(app: &App, original: &Original, passwords: &Passwords) -> HashMap<i64, Reached> {
    let look = |database| async move { (database, look(app, original, database, passwords).await) };
    let looks = stream::iter(&original.databases).map(look).buffered(limits::MIGRATED_AT_ONCE);
    looks.map(|(database, reached)| (database.id, reached)).collect().await
}

async fn look(app: &App, original: &Original, database: &OriginalDatabase, passwords: &Passwords) -> Reached {
    let Some(server) = original.servers.iter().find(|server| server.id == database.server_id) else {
        return Reached::Refused("its server is not there".to_owned());
    };
    let mut reason = "no stored role of its server has a password that could be opened".to_owned();
    for role in original.roles.iter().filter(|role| role.server_id == server.id && !passwords.is_closed(role.id)) {
        let endpoint = endpoint(server, database, role, passwords);
        if let Err(error) = admit(app, &endpoint) {
            return Reached::Refused(error.message().to_owned());
        }
        match examine(app, &endpoint).await {
            Ok(Ok(_)) => {
                let read = read(app, &endpoint, &known_tables(original, database.id)).await;
                return read.map_or_else(|error| Reached::Away(error.message().to_owned()), Reached::Read);
            }
            Ok(Err(problem)) if problem.kind == "internal_database" => return Reached::Refused(problem.what),
            Ok(Err(problem)) => reason = problem.what,
            Err(error) => reason = error.message().to_owned(),
        }
    }
    Reached::Away(reason)
}

fn endpoint(
    server: &OriginalServer,
    database: &OriginalDatabase,
    role: &OriginalRole,
    passwords: &Passwords,
) -> Endpoint {
    Endpoint {
        host: host(&server.host, server.port),
        database: database.name.clone(),
        role: role.name.clone(),
        password: passwords.of(role.id).cloned(),
        tls: tls(server),
        ca_pem: None,
    }
}

/// How connections to a server are protected; the original has fewer modes than we have.
pub(super) fn tls(server: &OriginalServer) -> TlsMode {
    server.sslmode.as_deref().and_then(TlsMode::parse).unwrap_or_default()
}

/// The tables of a database that the original knows something about.
fn known_tables(original: &Original, database_id: i64) -> BTreeSet<Oid> {
    let tables = original.tables.iter().filter(|table| table.database_id == database_id).map(|table| table.table_oid);
    let columns = original.columns.iter().filter(|column| column.database_id == database_id).map(|c| c.table_oid);
    let explorations = original.explorations.iter().filter(|e| e.database_id == database_id).map(|e| e.base_table_oid);
    let forms = original.forms.iter().filter(|form| form.database_id == database_id).map(|form| form.base_table_oid);
    tables.chain(columns).chain(explorations).chain(forms).collect()
}

async fn read(app: &App, endpoint: &Endpoint, tables: &BTreeSet<Oid>) -> Result<Live> {
    let mut session = app.pools.session(endpoint).await?;
    let tx = session.begin(&reading());
    let schemas = tx.introspect(&introspect::schemas()).await?;
    let mut live = Live::default();
    live.schemas.extend(schemas.into_iter().map(|schema| (schema.oid, schema.name.as_str().to_owned())));
    for oid in tables {
        if let Some(table) = tx.table(*oid).await? {
            live.tables.insert(*oid, live_table(&table));
        }
    }
    Ok(live)
}
