//! `policies.*`: row-level security.

use mathesar_api::ErrorCode;
use mathesar_api::methods::policies::{
    AddParams, DeleteParams, PatchParams, PolicyCommand, PolicyDef, PolicyInfo, PolicyPatch, RowSecurity,
    SetRowSecurityParams,
};
use mathesar_api::methods::tables::TableParams;
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::policy::{self, NewPolicy, PolicyChange};
use mathesar_sql::expression::Expression;
use mathesar_sql::model::{self, Oid, Policy, Role, TableAcl};
use mathesar_sql::{Ident, QName, Statement, introspect};

use super::{expression, ident, no_table, reading, role_at, run, summary};
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

/// The policy of that number.
async fn find(tx: &Transaction<'_>, of: Oid, table: &QName, oid: Oid) -> Result<Policy> {
    let policies = tx.introspect(&introspect::policies(Some(of))).await?;
    policies.into_iter().find(|policy| policy.oid == oid).ok_or_else(|| {
        let message = format!("policy_oid: {table} has no such policy any more. Read its policies again.");
        Error::new(ErrorCode::DOES_NOT_EXIST, message)
    })
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
        Ok(NewPolicy {
            name: ident(&definition.name)?,
            command: command(definition.command),
            permissive: definition.permissive,
            roles: names(roles, &definition.role_oids, "policy_def.role_oids")?,
            using: said(definition.using.as_deref(), "using")?,
            check: said(definition.check.as_deref(), "check")?,
        })
    }
}

/// The names of the roles that the parameter at `path` lists.
fn names(roles: &[Role], oids: &[Oid], path: &str) -> Result<Vec<Ident>> {
    if oids.len() > limits::ROLES {
        return Err(Error::limit(format!("{path}: {} roles at most can be named.", limits::ROLES)));
    }
    let named = oids.iter().enumerate();
    named.map(|(index, oid)| Ok(role_at(roles, *oid, &format!("{path}[{index}]"))?.name.clone())).collect()
}

/// The condition of `policy_def.FIELD`.
fn said(text: Option<&str>, field: &str) -> Result<Option<Expression>> {
    text.map(|text| expression(text, &format!("policy_def.{field}"))).transpose()
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

/// `policies.patch`.
///
/// # Errors
/// Those of [`add`]; `DoesNotExist` when the table has no such policy; `ValueError` for what PostgreSQL cannot change of one.
pub async fn patch(ctx: &Ctx, params: PatchParams) -> Result<RowSecurity> {
    run(ctx, params.database_id, &Patch(params)).await
}

pub(super) struct Patch(pub PatchParams);

impl Patch {
    /// The statements that make `patch` true; the new name comes last, so that the other one can use the old name.
    fn statements(table: &QName, policy: &Policy, patch: &PolicyPatch, roles: &[Role]) -> Result<Vec<Statement>> {
        if patch.command.is_some_and(|wanted| command(wanted) != policy.command) {
            return Err(unchangeable("command", "the command that a policy is about"));
        }
        if patch.permissive.is_some_and(|wanted| wanted != policy.permissive) {
            return Err(unchangeable("permissive", "whether a policy lets rows through or holds them back"));
        }
        let mut statements = Vec::new();
        let others = patch.role_oids.as_deref().filter(|wanted| !same_roles(wanted, &policy.roles));
        let change = PolicyChange {
            roles: others.map(|oids| names(roles, oids, "patch.role_oids")).transpose()?,
            using: condition(patch.using.as_ref(), policy.using.as_deref(), "using")?,
            check: condition(patch.check.as_ref(), policy.check.as_deref(), "check")?,
        };
        if change.roles.is_some() || change.using.is_some() || change.check.is_some() {
            statements.push(policy::change(table, &policy.name, &change));
        }
        if let Some(name) = patch.name.as_deref().filter(|name| *name != policy.name.as_str()) {
            statements.push(policy::rename(table, &policy.name, &ident(name)?));
        }
        Ok(statements)
    }
}

fn same_roles(wanted: &[Oid], present: &[Oid]) -> bool {
    wanted.iter().all(|oid| present.contains(oid)) && present.iter().all(|oid| wanted.contains(oid))
}

/// The new condition of `patch.FIELD`; `None` when it stays as it is.
fn condition(wanted: Option<&Option<String>>, present: Option<&str>, field: &str) -> Result<Option<Expression>> {
    match wanted {
        None => Ok(None),
        Some(wanted) if wanted.as_deref() == present => Ok(None),
        Some(None) => Err(unchangeable(field, "that a policy has this condition")),
        Some(Some(text)) => expression(text, &format!("patch.{field}")).map(Some),
    }
}

fn unchangeable(field: &str, what: &str) -> Error {
    Error::value(format!("patch.{field}: PostgreSQL cannot change {what}. Delete the policy and add another one."))
}

impl Change for Patch {
    type Made = ();
    type Output = RowSecurity;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = name(tx, self.0.table_oid).await?;
        let policy = find(tx, self.0.table_oid, &table, self.0.policy_oid).await?;
        let roles = tx.introspect(&introspect::roles()).await?;
        Ok(Self::statements(&table, &policy, &self.0.patch, &roles)?.into())
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
        let policy = find(tx, self.0.table_oid, &table, self.0.policy_oid).await?;
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
