//! `tables.*`.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use mathesar_api::methods::columns::ColumnDef;
use mathesar_api::methods::tables::{
    AddParams, AddedTable, DeleteParams, ListParams, PatchParams, PkeyColumnDef, PkeyType, RowIdentityInfo, TableInfo,
    TableKind, TableMetadata, TableParams,
};
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::column::{NewColumn, NewDefault};
use mathesar_sql::ddl::constraint::{NewConstraint, Rule};
use mathesar_sql::ddl::new_type;
use mathesar_sql::model::{self, ReadOnlyReason, RowIdentity, TableSummary};
use mathesar_sql::{Ident, QName, ddl, introspect};

use super::{
    columns, constraints, ident, layout, metadata, named, new_column, reading, role, run, schema, summary, table,
};
use crate::{Ctx, Error, Result, limits};

/// What the key is called when nobody says, as in the original.
const USUAL_KEY: &str = "id";

/// The entry of a table in a list.
pub(crate) fn info(summary: TableSummary) -> TableInfo {
    let may = summary.privileges;
    TableInfo {
        oid: summary.oid,
        name: summary.name.name.as_str().to_owned(),
        schema: summary.schema_oid,
        description: summary.comment,
        owner_oid: summary.owner,
        current_role_priv: named(&[
            (may.select, "SELECT"),
            (may.insert, "INSERT"),
            (may.update, "UPDATE"),
            (may.delete, "DELETE"),
            (may.truncate, "TRUNCATE"),
            (may.references, "REFERENCES"),
            (may.trigger, "TRIGGER"),
            (may.maintain, "MAINTAIN"),
        ]),
        current_role_owns: summary.current_role_owns,
        kind: kind(summary.kind),
        partition_of: summary.partition_of,
        estimated_rows: summary.estimated_rows.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX)),
        row_identity: None,
        metadata: None,
        layout: None,
    }
}

/// What kind of relation it is, in the contract's words.
pub(super) const fn kind(kind: model::TableKind) -> TableKind {
    match kind {
        model::TableKind::Table => TableKind::Table,
        model::TableKind::Partitioned => TableKind::PartitionedTable,
        model::TableKind::View => TableKind::View,
        model::TableKind::MaterializedView => TableKind::MaterializedView,
        model::TableKind::Foreign => TableKind::ForeignTable,
    }
}

/// What names a row of the table, in the contract's words.
fn identity(key: &RowIdentity) -> RowIdentityInfo {
    let (kind, reason) = match key {
        RowIdentity::PrimaryKey(_) => ("primary_key", None),
        RowIdentity::Unique(_) => ("unique", None),
        RowIdentity::RowVersion => ("row_version", None),
        RowIdentity::ReadOnly(reason) => ("none", Some(read_only_words(*reason).to_owned())),
    };
    RowIdentityInfo { kind: kind.to_owned(), columns: key.columns().to_vec(), reason }
}

/// Why no row of a table can be written, for people.
pub(crate) const fn read_only_words(reason: ReadOnlyReason) -> &'static str {
    match reason {
        ReadOnlyReason::View => {
            "This is a view of several tables, or one that does not show a key of its table, so its rows are changed there."
        }
        ReadOnlyReason::MaterializedView => "This is a materialised view: PostgreSQL fills it from its query.",
        ReadOnlyReason::Foreign => "This is a foreign table without a key, so its rows cannot be told apart.",
        ReadOnlyReason::NoReadableKey => "Your role may not read the columns that tell its rows apart.",
    }
}

/// `tables.list`.
///
/// # Errors
/// `DoesNotExist` when there is no such schema.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<TableInfo>> {
    let mut session = ctx.connect(params.database_id).await?;
    let tx = session.begin(&reading());
    schema(&tx, params.schema_oid).await?;
    let tables = tx.introspect(&introspect::tables(params.schema_oid)).await?;
    Ok(partitions_after_parents(tables.into_iter().map(info).collect()))
}

/// Puts partitions behind their parent, and theirs behind them; a partition whose parent is in another schema stands alone.
fn partitions_after_parents(tables: Vec<TableInfo>) -> Vec<TableInfo> {
    let here: HashSet<u32> = tables.iter().map(|table| table.oid).collect();
    let mut children: HashMap<Option<u32>, Vec<TableInfo>> = HashMap::new();
    for table in tables {
        children.entry(table.partition_of.filter(|parent| here.contains(parent))).or_default().push(table);
    }
    // The next one is taken from the end, so what comes first is pushed last.
    let mut waiting = children.remove(&None).unwrap_or_default();
    waiting.reverse();
    let mut ordered = Vec::with_capacity(here.len());
    while let Some(table) = waiting.pop() {
        waiting.extend(children.remove(&Some(table.oid)).unwrap_or_default().into_iter().rev());
        ordered.push(table);
    }
    ordered
}

/// `tables.list_with_metadata`.
///
/// # Errors
/// Those of [`list`].
pub async fn list_with_metadata(ctx: &Ctx, params: ListParams) -> Result<Vec<TableInfo>> {
    let database_id = params.database_id;
    let mut tables = list(ctx, params).await?;
    let mut known: HashMap<u32, TableMetadata> = metadata::of_tables(ctx, database_id).await?.into_iter().collect();
    for table in &mut tables {
        table.metadata = known.remove(&table.oid);
    }
    Ok(tables)
}

/// `tables.get`.
///
/// # Errors
/// `UndefinedTable`.
pub async fn get(ctx: &Ctx, params: TableParams) -> Result<TableInfo> {
    let mut session = ctx.connect(params.database_id).await?;
    let table = table(&session.begin(&reading()), params.table_oid).await?;
    Ok(TableInfo { row_identity: Some(identity(&table.key)), ..info(table.summary) })
}

/// `tables.get_with_metadata`.
///
/// # Errors
/// Those of [`get`].
pub async fn get_with_metadata(ctx: &Ctx, params: TableParams) -> Result<TableInfo> {
    let metadata = metadata::of_table(ctx, params.database_id, params.table_oid).await?;
    let layout = layout::of_table(ctx, params.database_id, params.table_oid).await?;
    Ok(TableInfo { metadata, layout, ..get(ctx, params).await? })
}

/// `tables.add`.
///
/// # Errors
/// `LimitReached` for too many columns, and PostgreSQL's, such as `DuplicateTable`.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<AddedTable> {
    run(ctx, params.database_id, &Add(params)).await
}

pub(super) struct Add(pub AddParams);

impl Change for Add {
    type Made = (QName, IndexMap<String, String>);
    type Output = AddedTable;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<Self::Made>> {
        let params = &self.0;
        let schema = schema(tx, params.schema_oid).await?;
        let name = match &params.table_name {
            Some(name) => ident(name)?,
            None => free_name(&tx.introspect(&introspect::tables(schema.oid)).await?)?,
        };
        let name = QName::new(schema.name, name);
        let key = params.pkey_column_info.clone().unwrap_or(PkeyColumnDef { name: None, kind: None });
        let (definitions, renamed) = beside_key(&key, &params.column_data_list)?;
        let mut columns = vec![key_column(ident(key_name(&key))?, key.kind.unwrap_or(PkeyType::Identity))?];
        columns.extend(
            definitions
                .iter()
                .map(|definition| new_column::define(definition, tx.version()))
                .collect::<Result<Vec<_>>>()?,
        );
        let names: Vec<Ident> = columns.iter().map(|column| column.name.clone()).collect();
        let mut rules = vec![NewConstraint::new(Rule::PrimaryKey(vec![names[0].clone()]))];
        for definition in &params.constraint_data_list {
            rules.push(constraints::define(tx, definition, |attnum| name_at(&names, attnum)).await?);
        }
        let mut statements = vec![ddl::table::create(&name, &columns, &rules)];
        if let Some(comment) = params.comment.as_deref().filter(|comment| !comment.is_empty()) {
            statements.push(ddl::table::comment(model::TableKind::Table, &name, Some(comment)));
        }
        for (definition, column) in definitions.iter().zip(&names[1..]) {
            if let Some(comment) = &definition.description {
                statements.push(ddl::column::comment(&name, column, Some(comment)));
            }
        }
        if let Some(oid) = params.owner_oid {
            statements.push(ddl::table::set_owner(model::TableKind::Table, &name, &role(tx, oid).await?.name));
        }
        Ok(Plan { statements, made: (name, renamed) })
    }

    async fn read_back(&self, tx: &Transaction<'_>, (name, renamed): Self::Made) -> Result<AddedTable> {
        let made = tx.introspect_one(&introspect::table_by_name(&name)).await?;
        let made = made.ok_or_else(|| Error::internal("a table that was just made is not in the catalogue"))?;
        Ok(AddedTable { oid: made.oid, name: name.name.as_str().to_owned(), renamed_columns: renamed })
    }
}

/// The first "Table N" that is not taken.
fn free_name(tables: &[TableSummary]) -> Result<Ident> {
    let taken = |name: &str| tables.iter().any(|table| table.name.name.as_str() == name);
    let free = (1..=tables.len() + 1).map(|number| format!("Table {number}")).find(|name| !taken(name));
    ident(&free.unwrap_or_default())
}

fn key_name(key: &PkeyColumnDef) -> &str {
    key.name.as_deref().unwrap_or(USUAL_KEY)
}

/// The key of a table when nobody says, as in the original.
pub(super) fn usual_key() -> Result<NewColumn> {
    key_column(ident(USUAL_KEY)?, PkeyType::Identity)
}

/// A column that gives each new record a key.
pub(super) fn key_column(name: Ident, kind: PkeyType) -> Result<NewColumn> {
    let (ty, default) = match kind {
        PkeyType::Identity => ("integer", NewDefault::Identity),
        PkeyType::Uuidv4 => ("uuid", NewDefault::RandomUuid),
    };
    let ty = new_type::parse(ty, &new_type::Options::default()).map_err(Error::internal)?;
    Ok(NewColumn { default: Some(default), ..NewColumn::new(name, ty) })
}

/// The columns beside the key, with names for those that have none or the key's; and which were renamed.
pub(crate) fn beside_key(
    key: &PkeyColumnDef,
    columns: &[ColumnDef],
) -> Result<(Vec<ColumnDef>, IndexMap<String, String>)> {
    if columns.len() >= limits::TABLE_COLUMNS {
        let message = format!("A table can have {} columns at most.", limits::TABLE_COLUMNS);
        return Err(Error::limit(message));
    }
    let key = key_name(key).to_owned();
    let mut renamed = IndexMap::new();
    let mut taken: Vec<String> = columns.iter().filter_map(|column| column.name.clone()).collect();
    taken.push(key.clone());
    let mut named = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let name = match &column.name {
            Some(name) if *name != key => name.clone(),
            Some(_) => {
                let free = (1..).map(|n| format!("{key}_{n}")).find(|name| !taken.contains(name)).unwrap_or_default();
                renamed.insert(key.clone(), free.clone());
                taken.push(free.clone());
                free
            }
            None => new_column::free_name(index + 1, &mut taken),
        };
        named.push(ColumnDef { name: Some(name), ..column.clone() });
    }
    Ok((named, renamed))
}

fn name_at(names: &[Ident], attnum: i16) -> Result<Ident> {
    let index = usize::try_from(attnum).ok().and_then(|attnum| attnum.checked_sub(1));
    let name = index.and_then(|index| names.get(index));
    name.cloned().ok_or_else(|| Error::value(format!("The new table has no column number {attnum}.")))
}

/// `tables.patch`.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`, and PostgreSQL's.
pub async fn patch(ctx: &Ctx, params: PatchParams) -> Result<String> {
    let (database_id, table_oid) = (params.database_id, params.table_oid);
    let name = run(ctx, database_id, &Patch(params)).await?;
    metadata::follow(ctx, database_id, &[table_oid]).await?;
    Ok(name)
}

pub(super) struct Patch(pub PatchParams);

impl Change for Patch {
    type Made = ();
    type Output = String;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = summary(tx, self.0.table_oid).await?;
        let mut statements = match self.0.table_data_dict.columns.as_deref() {
            None | Some([]) => Vec::new(),
            Some(patches) => columns::changes(&super::table(tx, table.oid).await?, patches)?,
        };
        if let Some(comment) = &self.0.table_data_dict.description {
            statements.push(ddl::table::comment(table.kind, &table.name, comment.as_deref()));
        }
        if let Some(name) = &self.0.table_data_dict.name
            && name != table.name.name.as_str()
        {
            statements.push(ddl::table::rename(table.kind, &table.name, &ident(name)?));
        }
        Ok(statements.into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<String> {
        Ok(summary(tx, self.0.table_oid).await?.name.name.as_str().to_owned())
    }
}

/// `tables.delete`; gives the qualified name.
///
/// # Errors
/// `UndefinedTable`; `DependentObjectsStillExist` without `cascade`.
pub async fn delete(ctx: &Ctx, params: DeleteParams) -> Result<String> {
    let (database_id, table_oid) = (params.database_id, params.table_oid);
    let name = run(ctx, database_id, &Delete(params)).await?;
    ctx.app.store.metadata().forget_table(database_id, table_oid).await?;
    Ok(name)
}

pub(super) struct Delete(pub DeleteParams);

impl Change for Delete {
    type Made = QName;
    type Output = String;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<QName>> {
        let table = summary(tx, self.0.table_oid).await?;
        let statements = vec![ddl::table::drop(table.kind, &table.name, self.0.cascade)];
        Ok(Plan { statements, made: table.name })
    }

    async fn read_back(&self, _: &Transaction<'_>, name: QName) -> Result<String> {
        Ok(name.to_string())
    }
}
