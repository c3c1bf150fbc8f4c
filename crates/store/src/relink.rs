//! Following the tables of a user database when they get other identifiers or other names.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sea_orm::ActiveValue::NotSet;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::entity::{column_metadata, table_metadata};
use crate::error::Result;
use crate::metadata::{self, ColumnMetadata, ColumnName, Metadata, TableMetadata, TableName};
use crate::values::Oid;

/// A table as it is now in the user database.
#[derive(Clone, Debug)]
pub struct LiveTable {
    /// How it is named.
    pub table: TableName,
    /// Its columns.
    pub columns: Vec<ColumnName>,
}

/// What tells that a table is still the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Its name, because the database was restored from a dump: an old identifier may by chance be another table's now.
    Names,
    /// Its identifier, because the database is the one that it was: tables may have been renamed.
    Oids,
}

impl Metadata<'_> {
    /// Brings identifiers and names up to date with the tables that are there now; returns how many rows changed.
    ///
    /// `live` must be every table of the database. What is kept about a table that is missing from it stays, in case it comes
    /// back, unless its identifier is another table's now.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn relink(&self, database_id: i64, live: &[LiveTable], trust: Trust, now: Timestamp) -> Result<usize> {
        let live = Live::of(live, trust);
        let transaction = self.store.begin().await?;
        let changed = relink_tables(&transaction, database_id, &live, now).await?
            + relink_columns(&transaction, database_id, &live, now).await?;
        transaction.commit().await?;
        Ok(changed)
    }
}

/// The tables that are there now.
struct Live<'a> {
    trust: Trust,
    by_oid: HashMap<u32, &'a LiveTable>,
    by_name: HashMap<(&'a str, &'a str), &'a LiveTable>,
}

impl<'a> Live<'a> {
    fn of(tables: &'a [LiveTable], trust: Trust) -> Self {
        let named = |live: &'a LiveTable| ((live.table.schema.as_str(), live.table.name.as_str()), live);
        Self {
            trust,
            by_oid: tables.iter().map(|live| (live.table.oid, live)).collect(),
            by_name: tables.iter().map(named).collect(),
        }
    }

    fn table(&self, oid: Oid, schema: &str, name: &str) -> Option<&'a LiveTable> {
        match self.trust {
            Trust::Names => self.by_name.get(&(schema, name)).copied(),
            Trust::Oids => self.by_oid.get(&oid.0).copied(),
        }
    }

    /// A restore closes the gaps that dropped columns left, so that numbers change; a rename keeps the number.
    fn column(&self, table: &'a LiveTable, attnum: i32, name: &str) -> Option<&'a ColumnName> {
        table.columns.iter().find(|column| match self.trust {
            Trust::Names => column.name == name,
            Trust::Oids => i32::from(column.attnum) == attnum,
        })
    }
}

/// Rows to take out and rows to put in. Both in one step cannot be: identifiers may have changed places.
struct Plan<Row> {
    outdated: Vec<i64>,
    renewed: Vec<Row>,
}

async fn relink_tables(db: &impl ConnectionTrait, database_id: i64, live: &Live<'_>, now: Timestamp) -> Result<usize> {
    let plan = plan_tables(metadata::tables(db, database_id).await?, live, now);
    table_metadata::Entity::delete_many().filter(table_metadata::Column::Id.is_in(plan.outdated)).exec(db).await?;
    let changed = plan.renewed.len();
    for row in plan.renewed {
        table_metadata::ActiveModel { id: NotSet, ..row.into_active_model().reset_all() }.insert(db).await?;
    }
    Ok(changed)
}

fn plan_tables(mut rows: Vec<TableMetadata>, live: &Live<'_>, now: Timestamp) -> Plan<TableMetadata> {
    let mut plan = Plan { outdated: Vec::new(), renewed: Vec::new() };
    let mut taken = HashSet::new();
    // Of two rows with one name, left by a table that was dropped and made again, the younger one is right.
    rows.sort_by_key(|row| Reverse(row.updated_at));
    for row in rows {
        let Some(found) = live.table(row.table_oid, &row.schema_name, &row.table_name) else {
            if live.by_oid.contains_key(&row.table_oid.0) {
                plan.outdated.push(row.id);
            }
            continue;
        };
        let table = found.table.clone();
        if !taken.insert(table.oid) {
            plan.outdated.push(row.id);
            continue;
        }
        let (id, renewed) = (
            row.id,
            TableMetadata {
                table_oid: Oid(table.oid),
                schema_name: table.schema,
                table_name: table.name,
                ..row.clone()
            },
        );
        if renewed != row {
            plan.outdated.push(id);
            plan.renewed.push(TableMetadata { updated_at: now.into(), ..renewed });
        }
    }
    plan
}

async fn relink_columns(db: &impl ConnectionTrait, database_id: i64, live: &Live<'_>, now: Timestamp) -> Result<usize> {
    let rows =
        column_metadata::Entity::find().filter(column_metadata::Column::DatabaseId.eq(database_id)).all(db).await?;
    let plan = plan_columns(rows, live, now);
    column_metadata::Entity::delete_many().filter(column_metadata::Column::Id.is_in(plan.outdated)).exec(db).await?;
    let changed = plan.renewed.len();
    for row in plan.renewed {
        column_metadata::ActiveModel { id: NotSet, ..row.into_active_model().reset_all() }.insert(db).await?;
    }
    Ok(changed)
}

fn plan_columns(mut rows: Vec<ColumnMetadata>, live: &Live<'_>, now: Timestamp) -> Plan<ColumnMetadata> {
    let mut plan = Plan { outdated: Vec::new(), renewed: Vec::new() };
    let mut taken = HashSet::new();
    rows.sort_by_key(|row| Reverse(row.updated_at));
    for row in rows {
        let table = live.table(row.table_oid, &row.schema_name, &row.table_name);
        let column = table.and_then(|table| Some((table, live.column(table, row.attnum, &row.column_name)?)));
        let Some((LiveTable { table, .. }, column)) = column else {
            if live.by_oid.contains_key(&row.table_oid.0) {
                plan.outdated.push(row.id);
            }
            continue;
        };
        if !taken.insert((table.oid, column.attnum)) {
            plan.outdated.push(row.id);
            continue;
        }
        let renewed = ColumnMetadata {
            table_oid: Oid(table.oid),
            attnum: column.attnum.into(),
            schema_name: table.schema.clone(),
            table_name: table.name.clone(),
            column_name: column.name.clone(),
            ..row.clone()
        };
        if renewed != row {
            plan.outdated.push(row.id);
            plan.renewed.push(ColumnMetadata { updated_at: now.into(), ..renewed });
        }
    }
    plan
}
