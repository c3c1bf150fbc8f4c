//! Columns that refer to records of another table, and tables of nothing else.

use mathesar_api::methods::data_modeling::{AddForeignKeyColumnParams, AddMappingTableParams};
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::column::NewColumn;
use mathesar_sql::ddl::constraint::{NewConstraint, Rule};
use mathesar_sql::model::{ForeignKeyAction, Table};
use mathesar_sql::{Ident, QName, TypeRef, ddl};

use crate::model::columns::column;
use crate::model::constraints::action;
use crate::model::tables::usual_key;
use crate::model::{ident, run, schema, table};
use crate::{Ctx, Error, Result};

/// `data_modeling.add_foreign_key_column`.
///
/// # Errors
/// `UndefinedTable`; `ValueError` when the table referred to has no primary key; PostgreSQL's, such as `DuplicateColumn`.
pub async fn add_foreign_key_column(ctx: &Ctx, params: AddForeignKeyColumnParams) -> Result<()> {
    run(ctx, params.database_id, &AddColumn(params)).await
}

pub struct AddColumn(pub AddForeignKeyColumnParams);

impl Change for AddColumn {
    type Made = ();
    type Output = ();
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let referrer = table(tx, self.0.referrer_table_oid).await?;
        let actions = Actions {
            on_update: action(self.0.fkey_update_action.as_deref())?,
            on_delete: action(self.0.fkey_delete_action.as_deref())?,
        };
        let referent = table(tx, self.0.referent_table_oid).await?;
        let (columns, foreign_key) = reference(&self.0.column_name, &referent, actions)?;
        let mut statements = vec![
            ddl::column::add(referrer.name(), &columns),
            ddl::constraint::add(referrer.name(), &NewConstraint::new(foreign_key)),
        ];
        if self.0.unique {
            let unique = NewConstraint::new(Rule::Unique(names(&columns)));
            statements.push(ddl::constraint::add(referrer.name(), &unique));
        }
        Ok(statements.into())
    }

    async fn read_back(&self, _: &Transaction<'_>, (): ()) -> Result<()> {
        Ok(())
    }
}

/// `data_modeling.add_mapping_table`.
///
/// # Errors
/// `DoesNotExist` for the schema; `UndefinedTable`; `ValueError` when a table referred to has no primary key, or none is named;
/// PostgreSQL's, such as `DuplicateTable`.
pub async fn add_mapping_table(ctx: &Ctx, params: AddMappingTableParams) -> Result<()> {
    run(ctx, params.database_id, &AddMapping(params)).await
}

pub struct AddMapping(pub AddMappingTableParams);

impl Change for AddMapping {
    type Made = ();
    type Output = ();
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        if self.0.mapping_columns.is_empty() {
            return Err(Error::value("`mapping_columns` is empty: a mapping table refers to at least one table."));
        }
        let name = QName::new(schema(tx, self.0.schema_oid).await?.name, ident(&self.0.table_name)?);
        let key = usual_key()?;
        let mut rules = vec![NewConstraint::new(Rule::PrimaryKey(vec![key.name.clone()]))];
        let mut columns = vec![key];
        for mapping in &self.0.mapping_columns {
            let referent = table(tx, mapping.referent_table_oid).await?;
            let (added, foreign_key) = reference(&mapping.column_name, &referent, Actions::default())?;
            columns.extend(added);
            rules.push(NewConstraint::new(foreign_key));
        }
        Ok(vec![ddl::table::create(&name, &columns, &rules)].into())
    }

    async fn read_back(&self, _: &Transaction<'_>, (): ()) -> Result<()> {
        Ok(())
    }
}

/// What changes of a record do to those that refer to it.
#[derive(Clone, Copy, Default)]
struct Actions {
    on_update: ForeignKeyAction,
    on_delete: ForeignKeyAction,
}

/// The columns that refer to a table by its primary key, and the rule that they do.
fn reference(name: &str, referent: &Table, actions: Actions) -> Result<(Vec<NewColumn>, Rule)> {
    let key = referent.primary_key().iter().map(|attnum| column(referent, *attnum)).collect::<Result<Vec<_>>>()?;
    if key.is_empty() {
        let message = format!("{} has no primary key to refer to. Give it one first.", referent.name());
        return Err(Error::value(message));
    }
    let mut columns = Vec::with_capacity(key.len());
    for part in &key {
        let name = if key.len() == 1 { ident(name)? } else { ident(&format!("{name}_{}", part.name))? };
        columns.push(NewColumn::new(name, TypeRef::of_column(&part.ty)));
    }
    let rule = Rule::ForeignKey {
        columns: names(&columns),
        target: referent.name().clone(),
        target_columns: key.iter().map(|part| part.name.clone()).collect(),
        match_full: false,
        on_update: actions.on_update,
        on_delete: actions.on_delete,
    };
    Ok((columns, rule))
}

fn names(columns: &[NewColumn]) -> Vec<Ident> {
    columns.iter().map(|column| column.name.clone()).collect()
}
