//! What we keep about the tables and columns of user databases.
//!
//! Rows are found by object identifier, as callers name tables, and carry names too: a dump and restore keeps the names and
//! changes the identifiers, and [`Metadata::relink`] then puts the new ones in.

use std::collections::HashMap;

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use crate::entity::{column_metadata, table_metadata};
use crate::error::{Error, Result};
use crate::open::Store;
use crate::values::Oid;

pub use column_metadata::Model as ColumnMetadata;
pub use table_metadata::Model as TableMetadata;

const DATABASE_GONE: &str = "This database was disconnected meanwhile.";

/// A table of a user database, by everything that may name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableName {
    /// Its object identifier.
    pub oid: u32,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
}

/// A column of such a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnName {
    /// Its number in the table.
    pub attnum: i16,
    /// Its name.
    pub name: String,
}

/// A table as it is now in the user database.
#[derive(Clone, Debug)]
pub struct LiveTable {
    /// How it is named.
    pub table: TableName,
    /// Its columns.
    pub columns: Vec<ColumnName>,
}

/// Reads and writes metadata.
pub struct Metadata<'a> {
    store: &'a Store,
}

impl Store {
    /// What we keep about the tables and columns of user databases.
    pub fn metadata(&self) -> Metadata<'_> {
        Metadata { store: self }
    }
}

impl Metadata<'_> {
    /// What is kept about all tables of a database.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn tables(&self, database_id: i64) -> Result<Vec<TableMetadata>> {
        tables(&self.store.db, database_id).await
    }

    /// What is kept about one table.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn table(&self, database_id: i64, oid: u32) -> Result<Option<TableMetadata>> {
        Ok(table_metadata::Entity::find()
            .filter(table_metadata::Column::DatabaseId.eq(database_id))
            .filter(table_metadata::Column::TableOid.eq(Oid(oid)))
            .one(&self.store.db)
            .await?)
    }

    /// Replaces what is kept about a table.
    ///
    /// # Errors
    /// `Conflict` when the database was disconnected meanwhile.
    pub async fn set_table(&self, database_id: i64, table: &TableName, settings: Value, now: Timestamp) -> Result<()> {
        use table_metadata::Column;
        let row = table_metadata::ActiveModel {
            id: NotSet,
            database_id: Set(database_id),
            table_oid: Set(Oid(table.oid)),
            schema_name: Set(table.schema.clone()),
            table_name: Set(table.name.clone()),
            settings: Set(settings),
            updated_at: Set(now.into()),
        };
        let mut overwrite = OnConflict::columns([Column::DatabaseId, Column::TableOid]);
        overwrite.update_columns([Column::SchemaName, Column::TableName, Column::Settings, Column::UpdatedAt]);
        table_metadata::Entity::insert(row)
            .on_conflict(overwrite)
            .exec_without_returning(&self.store.db)
            .await
            .map_err(|error| Error::reference(error, DATABASE_GONE))?;
        Ok(())
    }

    /// What is kept about the columns of a table, by number.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn columns(&self, database_id: i64, table_oid: u32) -> Result<Vec<ColumnMetadata>> {
        Ok(column_metadata::Entity::find()
            .filter(column_metadata::Column::DatabaseId.eq(database_id))
            .filter(column_metadata::Column::TableOid.eq(Oid(table_oid)))
            .order_by_asc(column_metadata::Column::Attnum)
            .all(&self.store.db)
            .await?)
    }

    /// Replaces what is kept about some columns of a table, all or none.
    ///
    /// # Errors
    /// `Conflict` when the database was disconnected meanwhile.
    pub async fn set_columns(
        &self,
        database_id: i64,
        table: &TableName,
        columns: Vec<(ColumnName, Value)>,
        now: Timestamp,
    ) -> Result<()> {
        let transaction = self.store.begin().await?;
        for (column, settings) in columns {
            set_column(&transaction, database_id, table, column, settings, now).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Forgets what is kept about a table and its columns.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn forget_table(&self, database_id: i64, oid: u32) -> Result<()> {
        let transaction = self.store.begin().await?;
        table_metadata::Entity::delete_many()
            .filter(table_metadata::Column::DatabaseId.eq(database_id))
            .filter(table_metadata::Column::TableOid.eq(Oid(oid)))
            .exec(&transaction)
            .await?;
        column_metadata::Entity::delete_many()
            .filter(column_metadata::Column::DatabaseId.eq(database_id))
            .filter(column_metadata::Column::TableOid.eq(Oid(oid)))
            .exec(&transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Puts new identifiers into rows whose table no longer has the old one but is there by name, as after a restore;
    /// returns how many rows were relinked. Rows whose table is still there take over its present name. `live` must be
    /// every table of the database: what is missing from it counts as dropped and stays as it is.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn relink(&self, database_id: i64, live: &[LiveTable], now: Timestamp) -> Result<u64> {
        let live = Live::of(live);
        let transaction = self.store.begin().await?;
        let mut relinked = 0;
        for row in tables(&transaction, database_id).await? {
            relinked += u64::from(relink_table(&transaction, &live, row, now).await?);
        }
        let rows = column_metadata::Entity::find()
            .filter(column_metadata::Column::DatabaseId.eq(database_id))
            .all(&transaction)
            .await?;
        for row in rows {
            relinked += u64::from(relink_column(&transaction, &live, row, now).await?);
        }
        transaction.commit().await?;
        Ok(relinked)
    }
}

async fn tables(db: &impl ConnectionTrait, database_id: i64) -> Result<Vec<TableMetadata>> {
    Ok(table_metadata::Entity::find().filter(table_metadata::Column::DatabaseId.eq(database_id)).all(db).await?)
}

async fn set_column(
    db: &impl ConnectionTrait,
    database_id: i64,
    table: &TableName,
    column: ColumnName,
    settings: Value,
    now: Timestamp,
) -> Result<()> {
    use column_metadata::Column;
    let row = column_metadata::ActiveModel {
        id: NotSet,
        database_id: Set(database_id),
        table_oid: Set(Oid(table.oid)),
        attnum: Set(column.attnum.into()),
        schema_name: Set(table.schema.clone()),
        table_name: Set(table.name.clone()),
        column_name: Set(column.name),
        settings: Set(settings),
        updated_at: Set(now.into()),
    };
    let mut overwrite = OnConflict::columns([Column::DatabaseId, Column::TableOid, Column::Attnum]);
    overwrite.update_columns([
        Column::SchemaName,
        Column::TableName,
        Column::ColumnName,
        Column::Settings,
        Column::UpdatedAt,
    ]);
    column_metadata::Entity::insert(row)
        .on_conflict(overwrite)
        .exec_without_returning(db)
        .await
        .map_err(|error| Error::reference(error, DATABASE_GONE))?;
    Ok(())
}

/// The live tables, found by identifier and by name.
struct Live<'a> {
    by_oid: HashMap<u32, &'a LiveTable>,
    by_name: HashMap<(&'a str, &'a str), &'a LiveTable>,
}

impl<'a> Live<'a> {
    fn of(tables: &'a [LiveTable]) -> Self {
        let by_oid = tables.iter().map(|live| (live.table.oid, live)).collect();
        let by_name =
            tables.iter().map(|live| ((live.table.schema.as_str(), live.table.name.as_str()), live)).collect();
        Self { by_oid, by_name }
    }

    /// The table that a row means: the one with its name, which a restore keeps; else the one with its identifier, which a
    /// rename keeps.
    ///
    /// After a restore an old identifier may belong to any other table by chance, so the name goes first.
    fn find(&self, oid: Oid, schema: &str, name: &str) -> Option<&'a LiveTable> {
        self.by_name.get(&(schema, name)).or_else(|| self.by_oid.get(&oid.0)).copied()
    }
}

async fn relink_table(db: &impl ConnectionTrait, live: &Live<'_>, row: TableMetadata, now: Timestamp) -> Result<bool> {
    let Some(found) = live.find(row.table_oid, &row.schema_name, &row.table_name) else { return Ok(false) };
    let table = &found.table;
    let moved = row.table_oid.0 != table.oid;
    if !moved && row.schema_name == table.schema && row.table_name == table.name {
        return Ok(false);
    }
    let changed = table_metadata::ActiveModel {
        id: Set(row.id),
        table_oid: Set(Oid(table.oid)),
        schema_name: Set(table.schema.clone()),
        table_name: Set(table.name.clone()),
        updated_at: Set(now.into()),
        ..Default::default()
    };
    changed.update(db).await?;
    Ok(moved)
}

async fn relink_column(
    db: &impl ConnectionTrait,
    live: &Live<'_>,
    row: ColumnMetadata,
    now: Timestamp,
) -> Result<bool> {
    let Some(found) = live.find(row.table_oid, &row.schema_name, &row.table_name) else { return Ok(false) };
    let table = &found.table;
    let by_name = found.columns.iter().find(|column| column.name == row.column_name);
    let by_number = || found.columns.iter().find(|column| i32::from(column.attnum) == row.attnum);
    // A restore closes the gaps that dropped columns left, so numbers change there; elsewhere a rename keeps them.
    let moved_table = row.table_oid.0 != table.oid;
    let Some(column) = by_name.or_else(|| if moved_table { None } else { by_number() }) else { return Ok(false) };
    let moved = moved_table || i32::from(column.attnum) != row.attnum;
    if !moved && row.schema_name == table.schema && row.table_name == table.name && row.column_name == column.name {
        return Ok(false);
    }
    let changed = column_metadata::ActiveModel {
        id: Set(row.id),
        table_oid: Set(Oid(table.oid)),
        attnum: Set(column.attnum.into()),
        schema_name: Set(table.schema.clone()),
        table_name: Set(table.name.clone()),
        column_name: Set(column.name.clone()),
        updated_at: Set(now.into()),
        ..Default::default()
    };
    changed.update(db).await?;
    Ok(moved)
}
