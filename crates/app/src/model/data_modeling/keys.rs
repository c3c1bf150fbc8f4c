//! Which column is the primary key.

use mathesar_api::methods::columns::AddPrimaryKeyColumnParams;
use mathesar_api::methods::data_modeling::ChangePrimaryKeyColumnParams;
use mathesar_api::methods::tables::PkeyType;
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::constraint::{NewConstraint, Rule};
use mathesar_sql::model::{Attnum, Column, ConstraintKind, Table};
use mathesar_sql::{Ident, Statement, ddl};

use super::names_at;
use crate::model::columns::column;
use crate::model::tables::key_column;
use crate::model::{ident, metadata, run, table};
use crate::{Ctx, Error, Result};

/// `data_modeling.change_primary_key_column`.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`; PostgreSQL's: `UniqueViolation` and `NotNullViolation` when the column's values are no key,
/// `DependentObjectsStillExist` when another table refers to the key until now.
pub async fn change_primary_key_column(ctx: &Ctx, params: ChangePrimaryKeyColumnParams) -> Result<()> {
    let (database_id, oid) = (params.database_id, params.table_oid);
    run(ctx, database_id, &ChangeKey(params)).await?;
    metadata::follow(ctx, database_id, &[oid]).await
}

pub struct ChangeKey(pub ChangePrimaryKeyColumnParams);

impl Change for ChangeKey {
    type Made = ();
    type Output = ();
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = table(tx, self.0.table_oid).await?;
        let column = column(&table, self.0.column_attnum)?;
        if table.primary_key() == [column.attnum] {
            return Err(Error::value(format!("The column \"{}\" is the primary key already.", column.name)));
        }
        let mut statements = retire(&table, self.0.drop_existing_pk_column, Some(column.attnum));
        statements.push(ddl::constraint::add(table.name(), &primary(&column.name)));
        statements.extend(self.0.default.map(|kind| counting(&table, column, kind)).into_iter().flatten());
        Ok(statements.into())
    }

    async fn read_back(&self, _: &Transaction<'_>, (): ()) -> Result<()> {
        Ok(())
    }
}

/// `columns.add_primary_key_column`.
///
/// # Errors
/// `UndefinedTable`; PostgreSQL's, such as `DuplicateColumn`, and `DependentObjectsStillExist` when another table refers to the key
/// until now.
pub async fn add_primary_key_column(ctx: &Ctx, params: AddPrimaryKeyColumnParams) -> Result<()> {
    let (database_id, oid) = (params.database_id, params.table_oid);
    run(ctx, database_id, &AddKey(params)).await?;
    metadata::follow(ctx, database_id, &[oid]).await
}

pub struct AddKey(pub AddPrimaryKeyColumnParams);

impl Change for AddKey {
    type Made = ();
    type Output = ();
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = table(tx, self.0.table_oid).await?;
        let key = key_column(ident(&self.0.name)?, self.0.pkey_type)?;
        let mut statements = retire(&table, self.0.drop_existing_pkey_column, None);
        let rule = primary(&key.name);
        statements.extend([ddl::column::add(table.name(), &[key]), ddl::constraint::add(table.name(), &rule)]);
        Ok(statements.into())
    }

    async fn read_back(&self, _: &Transaction<'_>, (): ()) -> Result<()> {
        Ok(())
    }
}

fn primary(column: &Ident) -> NewConstraint {
    NewConstraint::new(Rule::PrimaryKey(vec![column.clone()]))
}

/// Ends the primary key until now: the columns too, but for one that stays, or the rule alone.
fn retire(table: &Table, drop_columns: bool, stays: Option<Attnum>) -> Vec<Statement> {
    let Some(key) = table.constraints.iter().find(|constraint| constraint.kind == ConstraintKind::Primary) else {
        return Vec::new();
    };
    let mut statements = vec![ddl::constraint::drop(table.name(), key)];
    let dropped: Vec<Attnum> = key.columns.iter().copied().filter(|attnum| Some(*attnum) != stays).collect();
    if drop_columns && !dropped.is_empty() {
        statements.push(ddl::column::drop(table.name(), &names_at(table, &dropped)));
    }
    statements
}

/// Has new records get a key by themselves.
fn counting(table: &Table, column: &Column, kind: PkeyType) -> Vec<Statement> {
    let name = table.name();
    match kind {
        PkeyType::Uuidv4 => vec![ddl::column::set_random_uuid(name, &column.name)],
        PkeyType::Identity if column.identity.is_some() => Vec::new(),
        PkeyType::Identity => {
            let mut statements = Vec::new();
            if column.default.is_some() {
                statements.push(ddl::column::set_default(name, column, None));
            }
            statements.push(ddl::column::add_identity(name, &column.name));
            statements.push(ddl::column::continue_identity(name, &column.name));
            statements
        }
    }
}
