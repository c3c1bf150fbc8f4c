//! `constraints.*`.

use mathesar_api::ErrorCode;
use mathesar_api::methods::constraints::{
    AddParams, ConstraintDef, ConstraintInfo, DeleteParams, ExclusionDef, ListParams,
};
use mathesar_api::methods::indexes::IndexMethod;
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::constraint::{Comparison, NewConstraint, Rule};
use mathesar_sql::model::{Constraint, ConstraintKind, ForeignKeyAction};
use mathesar_sql::{Ident, ddl};

use super::columns::column;
use super::{expression, ident, indexes, reading, run, table};
use crate::{Ctx, Error, Result};

pub(crate) fn info(constraint: &Constraint) -> ConstraintInfo {
    ConstraintInfo {
        oid: constraint.oid,
        name: constraint.name.as_str().to_owned(),
        kind: match constraint.kind {
            ConstraintKind::Check => "check",
            ConstraintKind::Foreign => "foreignkey",
            ConstraintKind::Primary => "primary",
            ConstraintKind::Unique => "unique",
            ConstraintKind::Exclude => "exclude",
        }
        .to_owned(),
        columns: constraint.columns.clone(),
        referent_table_oid: constraint.foreign_key.as_ref().map(|key| key.target),
        referent_columns: constraint.foreign_key.as_ref().map(|key| key.target_columns.clone()),
        definition: constraint.definition.clone(),
    }
}

/// `constraints.list`.
///
/// # Errors
/// `UndefinedTable`.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<ConstraintInfo>> {
    let mut session = ctx.connect(params.database_id).await?;
    let table = table(&session.begin(&reading()), params.table_oid).await?;
    Ok(table.constraints.iter().map(info).collect())
}

/// The constraint that a definition describes. `name_of` finds the columns of the table that gets it.
pub(super) async fn define(
    tx: &Transaction<'_>,
    definition: &ConstraintDef,
    name_of: impl Fn(i16) -> Result<Ident> + Send,
) -> Result<NewConstraint> {
    let rule = match definition.kind.as_str() {
        "p" => Rule::PrimaryKey(columns(definition, name_of)?),
        "u" => Rule::Unique(columns(definition, name_of)?),
        "f" => foreign_key(tx, definition, columns(definition, name_of)?).await?,
        "c" => check(definition)?,
        "x" => exclusion(definition, name_of)?,
        other => {
            let message = format!(
                "There is no constraint type \"{other}\"; it is f (foreign key), p (primary key), u (unique), c (check) or x (exclusion)."
            );
            return Err(Error::value(message));
        }
    };
    let name = definition.name.as_deref().map(ident).transpose()?;
    Ok(NewConstraint { name, rule, deferrable: definition.deferrable == Some(true) })
}

fn columns(definition: &ConstraintDef, name_of: impl Fn(i16) -> Result<Ident>) -> Result<Vec<Ident>> {
    if definition.columns.is_empty() {
        return Err(Error::value("A constraint needs at least one column."));
    }
    definition.columns.iter().map(|attnum| name_of(*attnum)).collect()
}

fn check(definition: &ConstraintDef) -> Result<Rule> {
    let Some(condition) = definition.expression.as_deref() else {
        return Err(Error::value("A check needs `expression`, the condition that no row may make false."));
    };
    Ok(Rule::Check(expression(condition, "expression")?))
}

fn exclusion(definition: &ConstraintDef, name_of: impl Fn(i16) -> Result<Ident>) -> Result<Rule> {
    let Some(ExclusionDef { elements, method, predicate }) = &definition.exclusion else {
        return Err(Error::value("An exclusion needs `exclusion`, what no two rows may have together."));
    };
    if elements.is_empty() {
        return Err(Error::value("exclusion.elements: an exclusion needs at least one comparison."));
    }
    let elements = elements.iter().enumerate().map(|(place, element)| {
        let path = format!("exclusion.elements[{place}]");
        let key = indexes::key(element.attnum, element.expression.as_deref(), &path, &name_of)?;
        let comparison = Comparison::of_operator(&element.operator).ok_or_else(|| {
            let known = Comparison::ALL.map(Comparison::as_sql).join(", ");
            Error::value(format!("{path}.operator: \"{}\" cannot be used here; there are {known}.", element.operator))
        })?;
        Ok((key, comparison))
    });
    Ok(Rule::Exclude {
        elements: elements.collect::<Result<_>>()?,
        method: indexes::method(method.unwrap_or(IndexMethod::Gist)),
        predicate: predicate.as_deref().map(|text| expression(text, "exclusion.predicate")).transpose()?,
    })
}

async fn foreign_key(tx: &Transaction<'_>, definition: &ConstraintDef, columns: Vec<Ident>) -> Result<Rule> {
    let Some(target) = definition.fkey_relation_id else {
        return Err(Error::value("A foreign key needs `fkey_relation_id`, the table that it refers to."));
    };
    let target = table(tx, target).await?;
    let target_columns = definition.fkey_columns.as_deref().unwrap_or(target.primary_key());
    if target_columns.len() != columns.len() {
        let message = format!(
            "A foreign key refers from each of its columns to one: {} here, {} in {}.",
            columns.len(),
            target_columns.len(),
            target.name()
        );
        return Err(Error::value(message));
    }
    let target_columns = target_columns.iter().map(|attnum| Ok(column(&target, *attnum)?.name.clone()));
    Ok(Rule::ForeignKey {
        columns,
        target: target.name().clone(),
        target_columns: target_columns.collect::<Result<_>>()?,
        match_full: match definition.fkey_match_type.as_deref() {
            None | Some("s") => false,
            Some("f") => true,
            Some(other) => return Err(Error::value(format!("There is no match type \"{other}\"; it is f or s."))),
        },
        on_update: action(definition.fkey_update_action.as_deref())?,
        on_delete: action(definition.fkey_delete_action.as_deref())?,
    })
}

pub(super) fn action(letter: Option<&str>) -> Result<ForeignKeyAction> {
    let Some(letter) = letter else { return Ok(ForeignKeyAction::default()) };
    let mut letters = letter.chars();
    let action = letters.next().and_then(ForeignKeyAction::from_letter).filter(|_| letters.next().is_none());
    action.ok_or_else(|| {
        let message = format!(
            "There is no action \"{letter}\"; it is a (no action), r (restrict), c (cascade), n (set null) or d (set default)."
        );
        Error::value(message)
    })
}

/// `constraints.add`; gives the numbers of all constraints that the table then has.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`, and PostgreSQL's, such as rows that break the rule.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<Vec<u32>> {
    run(ctx, params.database_id, &Add(params)).await
}

pub(super) struct Add(pub AddParams);

impl Change for Add {
    type Made = ();
    type Output = Vec<u32>;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = table(tx, self.0.table_oid).await?;
        let mut statements = Vec::new();
        for definition in &self.0.constraint_def_list {
            let name_of = |attnum| Ok(column(&table, attnum)?.name.clone());
            let constraint = define(tx, definition, name_of).await?;
            statements.push(ddl::constraint::add(table.name(), &constraint));
        }
        Ok(statements.into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<Vec<u32>> {
        let table = table(tx, self.0.table_oid).await?;
        Ok(table.constraints.iter().map(|constraint| constraint.oid).collect())
    }
}

/// `constraints.delete`; gives the constraint's name.
///
/// # Errors
/// `UndefinedTable`; `DoesNotExist` when the table has no such constraint; `DependentObjectsStillExist`.
pub async fn delete(ctx: &Ctx, params: DeleteParams) -> Result<String> {
    run(ctx, params.database_id, &Delete(params)).await
}

pub(super) struct Delete(pub DeleteParams);

impl Change for Delete {
    type Made = Ident;
    type Output = String;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<Ident>> {
        let table = table(tx, self.0.table_oid).await?;
        let constraint = table.constraints.iter().find(|constraint| constraint.oid == self.0.constraint_oid);
        let Some(constraint) = constraint else {
            let message = format!("{} has no such constraint any more. Read its constraints again.", table.name());
            return Err(Error::new(ErrorCode::DOES_NOT_EXIST, message));
        };
        let statements = vec![ddl::constraint::drop(table.name(), constraint)];
        Ok(Plan { statements, made: constraint.name.clone() })
    }

    async fn read_back(&self, _: &Transaction<'_>, name: Ident) -> Result<String> {
        Ok(name.as_str().to_owned())
    }
}
