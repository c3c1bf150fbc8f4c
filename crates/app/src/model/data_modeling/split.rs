//! A table that becomes two.

use mathesar_api::methods::data_modeling::{SplitTable, SplitTableParams};
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::column::NewColumn;
use mathesar_sql::ddl::constraint::{NewConstraint, Rule};
use mathesar_sql::ddl::relocate;
use mathesar_sql::model::{Column, ForeignKeyAction, Table};
use mathesar_sql::{Ident, QName, Statement, ddl, introspect};

use super::{free_name, leaving, names, rules_that_leave};
use crate::model::tables::usual_key;
use crate::model::{ident, metadata, run, table};
use crate::{Ctx, Error, Result};

/// `data_modeling.split_table`. How the columns are shown goes with them.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`; `ValueError` for columns that cannot go; PostgreSQL's, such as `DuplicateTable`, and
/// `DependentObjectsStillExist` when a view needs one of the columns.
pub async fn split_table(ctx: &Ctx, params: SplitTableParams) -> Result<SplitTable> {
    let (database_id, source) = (params.database_id, params.table_oid);
    let columns = params.column_attnums.clone();
    let shown = metadata::take(ctx, database_id, source, &columns).await?;
    let made = run(ctx, database_id, &Split(params)).await?;
    metadata::give(ctx, database_id, made.extracted_table_oid, shown).await?;
    metadata::follow(ctx, database_id, &[source]).await?;
    Ok(made)
}

pub struct Split(pub SplitTableParams);

/// What the plan chose.
pub struct Chosen {
    table: QName,
    reference: Ident,
}

impl Change for Split {
    type Made = Chosen;
    type Output = SplitTable;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<Chosen>> {
        let source = table(tx, self.0.table_oid).await?;
        let columns = leaving(&source, &self.0.column_attnums)?;
        let made = QName::new(source.name().schema.clone(), ident(&self.0.extracted_table_name)?);
        let reference = match self.0.relationship_fk_column_name.as_deref() {
            Some(name) => ident(name)?,
            None => free_name(&format!("{}_id", made.name), &[&source])?,
        };
        let (mut statements, key) = make(&made, &source, &columns)?;
        let goes = names(&columns);
        let number = NewColumn::new(reference.clone(), key.ty.clone());
        statements.extend([
            ddl::column::add(source.name(), &[number]),
            relocate::number_records(source.name(), &goes, &reference),
            relocate::copy_records(&made, &key.name, source.name(), &goes, &reference),
            ddl::column::continue_identity(&made, &key.name),
        ]);
        for rule in rules_that_leave(tx, &source, &columns).await? {
            statements.push(ddl::constraint::add(&made, &rule));
        }
        let (own, others) = (std::slice::from_ref(&reference), std::slice::from_ref(&key.name));
        statements.push(relocate::verify(source.name(), &goes, &made, own, others));
        statements.push(ddl::constraint::add(source.name(), &refer(&reference, &made, &key.name)));
        statements.push(ddl::column::drop(source.name(), &goes));
        Ok(Plan { statements, made: Chosen { table: made, reference } })
    }

    async fn read_back(&self, tx: &Transaction<'_>, chosen: Chosen) -> Result<SplitTable> {
        let lost = || Error::internal("what a split has just made is not in the catalogue");
        let made = tx.introspect_one(&introspect::table_by_name(&chosen.table)).await?.ok_or_else(lost)?;
        let source = table(tx, self.0.table_oid).await?;
        let column = source.columns.iter().find(|column| column.name == chosen.reference).ok_or_else(lost)?;
        Ok(SplitTable { extracted_table_oid: made.oid, new_fkey_attnum: column.attnum })
    }
}

/// Makes the table that the columns go to, empty; gives its key too.
fn make(made: &QName, source: &Table, columns: &[&Column]) -> Result<(Vec<Statement>, NewColumn)> {
    let usual = usual_key()?;
    // At first the table has all columns of the source, one of which may be called as the key is.
    let key = NewColumn { name: free_name(usual.name.as_str(), &[source])?, ..usual.clone() };
    let stay: Vec<Ident> = source
        .columns
        .iter()
        .filter(|column| columns.iter().all(|goes| goes.attnum != column.attnum))
        .map(|column| column.name.clone())
        .collect();
    let mut statements = vec![relocate::see_every_row(), relocate::create_like(made, &key, source.name())];
    if stay.is_empty() {
        return Ok((statements, key));
    }
    statements.push(ddl::column::drop(made, &stay));
    if !stay.contains(&usual.name) || key.name == usual.name {
        return Ok((statements, key));
    }
    statements.push(ddl::column::rename(made, &key.name, &usual.name));
    Ok((statements, usual))
}

fn refer(column: &Ident, table: &QName, key: &Ident) -> NewConstraint {
    NewConstraint::new(Rule::ForeignKey {
        columns: vec![column.clone()],
        target: table.clone(),
        target_columns: vec![key.clone()],
        match_full: false,
        on_update: ForeignKeyAction::default(),
        on_delete: ForeignKeyAction::default(),
    })
}
