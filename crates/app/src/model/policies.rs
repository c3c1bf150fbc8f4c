//! `policies.*`: row-level security.

use mathesar_api::ErrorCode;
use mathesar_api::methods::policies::{
    AddParams, DeleteParams, PolicyCommand, PolicyDef, PolicyInfo, RowSecurity, SetRowSecurityParams,
};
use mathesar_api::methods::tables::TableParams;
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::policy::{self, NewPolicy};
use mathesar_sql::expression::Expression;
use mathesar_sql::model::{self, Oid, Policy, Role, TableAcl};
use mathesar_sql::{QName, introspect};

use super::{ident, no_table, reading, role_at, run, summary};
use crate::{Ctx, Error, Result, limits};

fn info(policy: Policy) -> PolicyInfo {
    PolicyInfo {
        oid: policy.oid,
        name: policy.name.as_str().to_owned(),
        command: match policy.command {
            model::PolicyCommand::All => PolicyCommand::All,
            model::PolicyCommand::Select => PolicyCommand::Select,
            model::PolicyCommand::Insert => PolicyCommand::Insert,
            model::PolicyCommand::Update => PolicyCommand::Update,
            model::PolicyCommand::Delete => PolicyCommand::Delete,
        },
        permissive: policy.permissive,
        role_oids: policy.roles,
        using: policy.using,
        check: policy.check,
    }
}

const fn command(command: PolicyCommand) -> model::PolicyCommand {
    match command {
        PolicyCommand::All => model::PolicyCommand::All,
        PolicyCommand::Select => model::PolicyCommand::Select,
        PolicyCommand::Insert => model::PolicyCommand::Insert,
        PolicyCommand::Update => model::PolicyCommand::Update,
        PolicyCommand::Delete => model::PolicyCommand::Delete,
    }
}

/// What a table has of row-level security.
async fn of_table(tx: &Transaction<'_>, table: Oid) -> Result<RowSecurity> {
    let present = present(tx, table).await?;
    let policies = tx.introspect(&introspect::policies(Some(table))).await?;
    Ok(RowSecurity {
        enabled: present.row_security,
        forced: present.row_security_forced,
        policies: policies.into_iter().map(info).collect(),
    })
}

async fn present(tx: &Transaction<'_>, table: Oid) -> Result<TableAcl> {
    let present = tx.introspect_one(&introspect::table_acls(Some(table), 1)).await?;
    present.ok_or_else(|| no_table(table).at("table_oid"))
}

async fn name(tx: &Transaction<'_>, table: Oid) -> Result<QName> {
    Ok(summary(tx, table).await.map_err(|error| error.at("table_oid"))?.name)
}

/// `policies.list`.
///
/// # Errors
/// `UndefinedTable`.
pub async fn list(ctx: &Ctx, params: TableParams) -> Result<RowSecurity> {
    let mut session = ctx.connect(params.database_id).await?;
    of_table(&session.begin(&reading()), params.table_oid).await
}

/// `policies.add`.
///
/// # Errors
/// `UndefinedTable`; `DoesNotExist` for an unknown role; `ValueError` for an expression that is more than one; and PostgreSQL's,
/// such as `DuplicateObject`, `InsufficientPrivilege` for who does not own the table, and `SyntaxError`.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<RowSecurity> {
    run(ctx, params.database_id, &Add(params)).await
}

pub(super) struct Add(pub AddParams);

impl Add {
    fn define(definition: &PolicyDef, roles: &[Role]) -> Result<NewPolicy> {
        if definition.role_oids.len() > limits::ROLES {
            return Err(Error::limit(format!("policy_def.role_oids: {} roles at most can be named.", limits::ROLES)));
        }
        let named = definition
            .role_oids
            .iter()
            .enumerate()
            .map(|(index, oid)| Ok(role_at(roles, *oid, &format!("policy_def.role_oids[{index}]"))?.name.clone()));
        Ok(NewPolicy {
            name: ident(&definition.name)?,
            command: command(definition.command),
            permissive: definition.permissive,
            roles: named.collect::<Result<_>>()?,
            using: expression(definition.using.as_deref(), "policy_def.using")?,
            check: expression(definition.check.as_deref(), "policy_def.check")?,
        })
    }
}

/// The expression that somebody wrote in the parameter at `path`.
fn expression(text: Option<&str>, path: &str) -> Result<Option<Expression>> {
    let read = text.map(Expression::new).transpose();
    read.map_err(|error| Error::value(format!("{path}: {error}.")))
}

impl Change for Add {
    type Made = ();
    type Output = RowSecurity;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = name(tx, self.0.table_oid).await?;
        let policy = Self::define(&self.0.policy_def, &tx.introspect(&introspect::roles()).await?)?;
        Ok(vec![policy::create(&table, &policy)].into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<RowSecurity> {
        of_table(tx, self.0.table_oid).await
    }
}

/// `policies.delete`.
///
/// # Errors
/// `UndefinedTable`; `DoesNotExist` when the table has no such policy; `InsufficientPrivilege`.
pub async fn delete(ctx: &Ctx, params: DeleteParams) -> Result<RowSecurity> {
    run(ctx, params.database_id, &Delete(params)).await
}

pub(super) struct Delete(pub DeleteParams);

impl Change for Delete {
    type Made = ();
    type Output = RowSecurity;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = name(tx, self.0.table_oid).await?;
        let policies = tx.introspect(&introspect::policies(Some(self.0.table_oid))).await?;
        let Some(policy) = policies.iter().find(|policy| policy.oid == self.0.policy_oid) else {
            let message = format!("policy_oid: {table} has no such policy any more. Read its policies again.");
            return Err(Error::new(ErrorCode::DOES_NOT_EXIST, message));
        };
        Ok(vec![policy::drop(&table, &policy.name)].into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<RowSecurity> {
        of_table(tx, self.0.table_oid).await
    }
}

/// `policies.set_row_security`.
///
/// # Errors
/// `UndefinedTable`, and PostgreSQL's: `InsufficientPrivilege` for who does not own the table, `WrongObjectType` for a view.
pub async fn set_row_security(ctx: &Ctx, params: SetRowSecurityParams) -> Result<RowSecurity> {
    run(ctx, params.database_id, &SetRowSecurity(params)).await
}

pub(super) struct SetRowSecurity(pub SetRowSecurityParams);

impl Change for SetRowSecurity {
    type Made = ();
    type Output = RowSecurity;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let (table, present) = (name(tx, self.0.table_oid).await?, present(tx, self.0.table_oid).await?);
        let enabled = self.0.enabled.filter(|on| *on != present.row_security);
        let forced = self.0.forced.filter(|on| *on != present.row_security_forced);
        let statements = enabled.map(|on| policy::enable(&table, on)).into_iter();
        Ok(statements.chain(forced.map(|on| policy::force(&table, on))).collect::<Vec<_>>().into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<RowSecurity> {
        of_table(tx, self.0.table_oid).await
    }
}
