//! What we know of tables and columns beyond PostgreSQL: `tables.metadata.*` and `columns.metadata.*`.

use jiff::Timestamp;
use mathesar_api::methods::columns::{
    ColumnMetadata, ColumnMetadataRecord, ColumnMetadataSet, ListParams, MetadataSetParams as ColumnsSetParams,
};
use mathesar_api::methods::tables::{
    MetadataListParams, MetadataSetParams as TableSetParams, TableMetadata, TableMetadataRecord,
};
use mathesar_api::{ErrorCode, Json};
use mathesar_pg::Session;
use mathesar_sql::introspect;
use mathesar_sql::model::{Attnum, Column, Oid, Table};
use mathesar_store::{ColumnName, LiveTable, MetadataAccess, Store, TableName, Trust};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::columns::column;
use super::copied::Copied;
use super::{reading, table};
use crate::{Ctx, Error, Result, explorations, files, forms, table_views};

/// Widths in CSS pixels, as in the original.
pub(super) const DISPLAY_WIDTHS: std::ops::RangeInclusive<i32> = 20..=1000;
/// Digits after the point, as in the original.
const FRACTION_DIGITS: std::ops::RangeInclusive<i32> = 0..=20;

pub(super) async fn of_tables(ctx: &Ctx, database_id: i64) -> Result<Vec<(Oid, TableMetadata)>> {
    let rows = ctx.app.store.metadata().tables(database_id).await?;
    rows.into_iter().map(|row| Ok((row.table_oid.0, read(row.settings)?))).collect()
}

/// What is kept about one table.
pub(crate) async fn of_table(ctx: &Ctx, database_id: i64, oid: Oid) -> Result<Option<TableMetadata>> {
    let row = ctx.app.store.metadata().table(database_id, oid).await?;
    row.map(|row| read(row.settings)).transpose()
}

pub(crate) async fn of_columns(ctx: &Ctx, database_id: i64, oid: Oid) -> Result<Vec<(Attnum, ColumnMetadata)>> {
    let rows = ctx.app.store.metadata().columns(database_id, oid).await?;
    let number = |attnum: i32| Attnum::try_from(attnum).map_err(Error::internal);
    rows.into_iter().map(|row| Ok((number(row.attnum)?, read(row.settings)?))).collect()
}

/// `tables.metadata.list`.
///
/// # Errors
/// Those of our own database.
pub async fn list_tables(ctx: &Ctx, params: MetadataListParams) -> Result<Vec<TableMetadataRecord>> {
    let known = of_tables(ctx, params.database_id).await?;
    let record = |(table_oid, metadata): (Oid, TableMetadata)| TableMetadataRecord {
        database_id: params.database_id,
        table_oid,
        data_file_id: metadata.data_file_id,
        import_verified: metadata.import_verified,
        column_order: metadata.column_order,
        record_summary_template: metadata.record_summary_template,
        mathesar_added_pkey_attnum: metadata.mathesar_added_pkey_attnum,
        user_tracking_attnum: metadata.user_tracking_attnum,
    };
    Ok(known.into_iter().map(record).collect())
}

/// `tables.metadata.set`: what is given is stored, `null` removes, the rest stays.
///
/// # Errors
/// `UndefinedTable`; `PermissionError` for who does not own the table, where only owners may; `ValueError` for a field that is unknown or of
/// another form.
pub async fn set_table(ctx: &Ctx, params: TableSetParams) -> Result<()> {
    let table = open(ctx, params.database_id, params.table_oid).await?;
    let store = ctx.app.store.metadata();
    let present = store.table(params.database_id, params.table_oid).await?.map(|row| row.settings);
    let settings = merge(present, params.metadata)?;
    read::<TableMetadata>(settings.clone()).map_err(refused)?;
    Ok(store.set_table(params.database_id, &named(&table), without_nulls(settings), ctx.app.clock.now()).await?)
}

/// `columns.metadata.list`.
///
/// # Errors
/// Those of our own database.
pub async fn list_columns(ctx: &Ctx, params: ListParams) -> Result<Vec<ColumnMetadataRecord>> {
    let (database_id, table_oid) = (params.database_id, params.table_oid);
    let known = of_columns(ctx, database_id, table_oid).await?;
    let record = |(attnum, metadata)| ColumnMetadataRecord { database_id, table_oid, attnum, metadata };
    Ok(known.into_iter().map(record).collect())
}

/// `columns.metadata.set`: for each column what is given is stored, `null` removes, the rest stays; all columns or none.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`; `PermissionError` for who does not own the table, where only owners may; `ValueError` for a field that
/// is unknown, of another form or out of range.
pub async fn set_columns(ctx: &Ctx, params: ColumnsSetParams) -> Result<()> {
    let table = open(ctx, params.database_id, params.table_oid).await?;
    let store = ctx.app.store.metadata();
    let present = store.columns(params.database_id, params.table_oid).await?;
    let mut changes = Vec::new();
    for mut fields in params.column_meta_data_list {
        let column = column(&table, take_attnum(&mut fields)?)?;
        let present = present.iter().find(|row| row.attnum == i32::from(column.attnum)).map(|row| row.settings.clone());
        let settings = merge(present, fields)?;
        check(&read::<ColumnMetadata>(settings.clone()).map_err(refused)?)?;
        changes.push((
            ColumnName { attnum: column.attnum, name: column.name.as_str().to_owned() },
            without_nulls(settings),
        ));
    }
    Ok(store.set_columns(params.database_id, &named(&table), changes, ctx.app.clock.now()).await?)
}

/// A table whose metadata the caller may set. PostgreSQL knows nothing of metadata, so that the switch of the database decides.
async fn open(ctx: &Ctx, database_id: i64, oid: Oid) -> Result<Table> {
    let table = live(ctx, database_id, oid).await?;
    let place = ctx.place(database_id).await?;
    if place.database.metadata_access == MetadataAccess::Collaborators
        || table.summary.current_role_owns
        || ctx.signed_in()?.is_superuser
    {
        return Ok(table);
    }
    let message = format!(
        "In this database, how a table and its columns are shown is for those who own the table, and your role {} does not own {}. Ask its \
         owner, or a superuser, who can let all collaborators do it in the settings of the database.",
        place.role.name,
        table.name()
    );
    Err(Error::new(ErrorCode::PERMISSION_DENIED, message))
}

/// What is kept about columns that are about to move to another table, by their names.
pub(super) async fn take(ctx: &Ctx, database_id: i64, oid: Oid, attnums: &[Attnum]) -> Result<Vec<(String, Value)>> {
    let rows = ctx.app.store.metadata().columns(database_id, oid).await?;
    let moves = |attnum: i32| attnums.iter().any(|moved| i32::from(*moved) == attnum);
    Ok(rows.into_iter().filter(|row| moves(row.attnum)).map(|row| (row.column_name, row.settings)).collect())
}

/// Keeps about the columns of a table what was [taken](take) from another one.
pub(super) async fn give(ctx: &Ctx, database_id: i64, oid: Oid, columns: Vec<(String, Value)>) -> Result<()> {
    if columns.is_empty() {
        return Ok(());
    }
    let table = live(ctx, database_id, oid).await?;
    let attnum_of = |name: &str| table.columns.iter().find(|column| column.name.as_str() == name).map(|c| c.attnum);
    let settings = columns
        .into_iter()
        .filter_map(|(name, settings)| Some((ColumnName { attnum: attnum_of(&name)?, name }, settings)))
        .collect();
    Ok(ctx.app.store.metadata().set_columns(database_id, &named(&table), settings, ctx.app.clock.now()).await?)
}

/// Takes over the present names of tables and their columns after a change of structure, and forgets dropped columns: after
/// a dump and restore only the names tell what belongs to what.
pub(super) async fn follow(ctx: &Ctx, database_id: i64, tables: &[Oid]) -> Result<()> {
    let mut session = ctx.connect(database_id).await?;
    let tx = session.begin(&reading());
    let mut found = Vec::with_capacity(tables.len());
    for oid in tables {
        if let Some(table) = tx.table(*oid).await? {
            found.push(live_table(&table));
        }
    }
    ctx.app.store.metadata().relink(database_id, &found, Trust::Oids, ctx.app.clock.now()).await?;
    Ok(())
}

/// Lets what we know of a database's tables follow them into a copy of it, where they have other numbers. `before` is how the
/// tables were where the copy was made; `session` is one of the copy, of a role that may look into every schema.
///
/// # Errors
/// PostgreSQL's, and those of our own database.
pub async fn follow_copy(
    store: &Store,
    database_id: i64,
    before: &[LiveTable],
    session: &mut Session,
    now: Timestamp,
) -> Result<()> {
    let tx = session.begin(&reading());
    let mut found = Vec::new();
    let schemas = tx.introspect(&introspect::schemas()).await?;
    for schema in &schemas {
        for summary in tx.introspect(&introspect::tables(schema.oid)).await? {
            if let Some(table) = tx.table(summary.oid).await? {
                found.push(live_table(&table));
            }
        }
    }
    store.metadata().relink(database_id, &found, Trust::Names, now).await?;
    super::layout::follow_copy(store, database_id, before, &found).await?;
    let copied = Copied::new(before, &schemas, &found);
    explorations::follow_copy(store, database_id, &copied).await?;
    forms::follow_copy(store, database_id, &copied).await?;
    table_views::follow_copy(store, database_id, &copied).await
}

pub(crate) fn live_table(table: &Table) -> LiveTable {
    let column = |column: &Column| ColumnName { attnum: column.attnum, name: column.name.as_str().to_owned() };
    LiveTable { table: named(table), columns: table.columns.iter().map(column).collect() }
}

pub(super) async fn live(ctx: &Ctx, database_id: i64, oid: Oid) -> Result<Table> {
    let mut session = ctx.connect(database_id).await?;
    table(&session.begin(&reading()), oid).await
}

fn named(table: &Table) -> TableName {
    let name = table.name();
    TableName { oid: table.oid(), schema: name.schema.as_str().to_owned(), name: name.name.as_str().to_owned() }
}

fn take_attnum(fields: &mut ColumnMetadataSet) -> Result<Attnum> {
    let attnum = fields.shift_remove("attnum").and_then(|attnum| serde_json::from_str(attnum.text()).ok());
    attnum.ok_or_else(|| Error::value("Each column's metadata needs its `attnum`, the column's number."))
}

fn merge(present: Option<Value>, fields: impl IntoIterator<Item = (String, Json)>) -> Result<Value> {
    let mut merged = match present {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    };
    for (name, value) in fields {
        // A `null` stays until the names have been checked: an unknown one must not pass because there is nothing to remove.
        merged.insert(name, serde_json::from_str(value.text()).map_err(Error::internal)?);
    }
    Ok(Value::Object(merged))
}

fn without_nulls(settings: Value) -> Value {
    match settings {
        Value::Object(fields) => Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        other => other,
    }
}

/// What of a table's fields elsewhere is kept here, as it is stored; `None` where that is nothing.
///
/// # Errors
/// `ValueError` for a field of another form.
pub(crate) fn table_settings(fields: &Map<String, Value>) -> Result<Option<Value>> {
    let settings = known::<TableMetadata>(fields)?;
    read::<TableMetadata>(settings.clone()).map_err(refused)?;
    Ok(unless_empty(settings))
}

/// The same of a column's.
///
/// # Errors
/// Those of [`table_settings`]; `ValueError` for a field that is out of range.
pub(crate) fn column_settings(fields: &Map<String, Value>) -> Result<Option<Value>> {
    let settings = known::<ColumnMetadata>(fields)?;
    check(&read::<ColumnMetadata>(settings.clone()).map_err(refused)?)?;
    Ok(unless_empty(settings))
}

fn known<T: Default + Serialize>(fields: &Map<String, Value>) -> Result<Value> {
    let names = serde_json::to_value(T::default()).map_err(Error::internal)?;
    let known = fields.iter().filter(|(name, value)| names.get(name.as_str()).is_some() && !value.is_null());
    Ok(known.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn unless_empty(settings: Value) -> Option<Value> {
    Some(settings).filter(|settings| settings.as_object().is_some_and(|fields| !fields.is_empty()))
}

/// Reads through text: a field that is kept as raw JSON cannot be read from a tree.
fn read<T: DeserializeOwned>(settings: Value) -> Result<T> {
    serde_json::from_str(&settings.to_string()).map_err(Error::internal)
}

fn refused(error: Error) -> Error {
    let reason = std::error::Error::source(&error).map_or_else(String::new, ToString::to_string);
    Error::value(format!("The metadata cannot be stored: {reason}."))
}

fn check(metadata: &ColumnMetadata) -> Result<()> {
    let words: [(&str, &Option<String>, &[&str]); 5] = [
        ("bool_input", &metadata.bool_input, &["dropdown", "checkbox"]),
        ("num_grouping", &metadata.num_grouping, &["always", "auto", "never"]),
        ("num_format", &metadata.num_format, &["english", "german", "french", "hindi", "swiss"]),
        ("mon_currency_location", &metadata.mon_currency_location, &["after-minus", "end-with-space"]),
        ("user_display_field", &metadata.user_display_field, &["full_name", "email", "username"]),
    ];
    if metadata.file_backend.as_deref().is_some_and(|backend| backend != files::BACKEND) {
        return Err(Error::value(format!("`file_backend` is \"{}\", or null.", files::BACKEND)));
    }
    for (name, value, allowed) in words {
        if let Some(value) = value
            && !allowed.contains(&value.as_str())
        {
            return Err(Error::value(format!("`{name}` is one of {}, not \"{value}\".", allowed.join(", "))));
        }
    }
    let numbers = [
        ("display_width", metadata.display_width, DISPLAY_WIDTHS),
        ("num_min_frac_digits", metadata.num_min_frac_digits, FRACTION_DIGITS),
        ("num_max_frac_digits", metadata.num_max_frac_digits, FRACTION_DIGITS),
    ];
    for (name, value, range) in numbers {
        if value.is_some_and(|value| !range.contains(&value)) {
            return Err(Error::value(format!("`{name}` is from {} to {}.", range.start(), range.end())));
        }
    }
    let digits = metadata.num_min_frac_digits.zip(metadata.num_max_frac_digits);
    if digits.is_some_and(|(least, most)| least > most) {
        return Err(Error::value("`num_min_frac_digits` must not be greater than `num_max_frac_digits`."));
    }
    Ok(())
}
