//! What we keep about the tables and columns of user databases.
//!
//! Rows are found by object identifier, as callers name tables, and carry names too: a dump and restore keeps the names and
//! changes the identifiers, and [`Metadata::relink`] then puts the new ones in.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use crate::entity::{column_metadata, database, table_metadata};
use crate::error::{Error, Result};
use crate::open::Store;
use crate::table_views;
use crate::values::Oid;

pub use column_metadata::Model as ColumnMetadata;
pub use table_metadata::Model as TableMetadata;

/// What names, among the settings of a table, the column that holds who wrote a row last.
pub const LAST_EDITOR: &str = "user_tracking_attnum";

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

/// Reads and writes metadata.
pub struct Metadata<'a> {
    pub(crate) store: &'a Store,
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
        table(&self.store.db, database_id, oid).await
    }

    /// What is kept about some tables of a database; those without anything are left out.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn of_tables(&self, database_id: i64, oids: &[u32]) -> Result<Vec<TableMetadata>> {
        Ok(table_metadata::Entity::find()
            .filter(table_metadata::Column::DatabaseId.eq(database_id))
            .filter(table_metadata::Column::TableOid.is_in(oids.iter().map(|oid| Oid(*oid))))
            .all(&self.store.db)
            .await?)
    }

    /// Replaces what is kept about a table.
    ///
    /// # Errors
    /// `Conflict` when the database was disconnected meanwhile.
    pub async fn set_table(&self, database_id: i64, table: &TableName, settings: Value, now: Timestamp) -> Result<()> {
        set_table(&self.store.db, database_id, table, settings, now).await
    }

    /// What is kept about the columns of a table, by number.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn columns(&self, database_id: i64, table_oid: u32) -> Result<Vec<ColumnMetadata>> {
        columns(&self.store.db, database_id, table_oid).await
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

    /// Forgets what is kept about a table and its columns, and its saved views.
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
        table_views::forget(&transaction, database_id, oid).await?;
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn tables(db: &impl ConnectionTrait, database_id: i64) -> Result<Vec<TableMetadata>> {
    Ok(table_metadata::Entity::find().filter(table_metadata::Column::DatabaseId.eq(database_id)).all(db).await?)
}

pub(crate) async fn table(
    db: &impl ConnectionTrait,
    database_id: i64,
    table_oid: u32,
) -> Result<Option<TableMetadata>> {
    Ok(table_metadata::Entity::find()
        .filter(table_metadata::Column::DatabaseId.eq(database_id))
        .filter(table_metadata::Column::TableOid.eq(Oid(table_oid)))
        .one(db)
        .await?)
}

pub(crate) async fn columns(
    db: &impl ConnectionTrait,
    database_id: i64,
    table_oid: u32,
) -> Result<Vec<ColumnMetadata>> {
    Ok(column_metadata::Entity::find()
        .filter(column_metadata::Column::DatabaseId.eq(database_id))
        .filter(column_metadata::Column::TableOid.eq(Oid(table_oid)))
        .order_by_asc(column_metadata::Column::Attnum)
        .all(db)
        .await?)
}

pub(crate) async fn set_table(
    db: &impl ConnectionTrait,
    database_id: i64,
    table: &TableName,
    settings: Value,
    now: Timestamp,
) -> Result<()> {
    use table_metadata::Column;
    if settings.get(LAST_EDITOR).is_some() {
        database::Entity::update_many()
            .col_expr(database::Column::KeepsLastEditors, Expr::value(true))
            .filter(database::Column::Id.eq(database_id))
            .exec(db)
            .await?;
    }
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
        .exec_without_returning(db)
        .await
        .map_err(|error| Error::reference(error, DATABASE_GONE))?;
    Ok(())
}

pub(crate) async fn set_column(
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
