//! `databases.privileges.*`, `schemas.privileges.*` and `tables.privileges.*`: what roles were granted themselves. Who owns is in
//! [`super::ownership`].

pub mod columns;
pub mod defaults;
mod wanted;

use std::collections::HashSet;

use mathesar_api::methods::databases::DatabaseParams;
use mathesar_api::methods::privileges::{
    ReplaceDatabasePrivilegesParams, ReplaceSchemaPrivilegesParams, ReplaceTablePrivilegesParams, RolePrivileges,
};
use mathesar_api::methods::schemas::SchemaParams;
use mathesar_api::methods::tables::TableParams;
use mathesar_pg::versions::ServerVersion;
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::grant::{Grantee, Object, Privilege, grant, revoke};
use mathesar_sql::model::{Grant, Oid, Role};
use mathesar_sql::{Statement, introspect};
use wanted::{Kind, Wanted, words};

use super::{current_database, reading, role_at, run, schema, summary};
use crate::{Ctx, Error, Result, limits};

/// What rights are about, as callers name it.
#[derive(Clone, Copy)]
enum Target {
    Database,
    Schema(Oid),
    Table(Oid),
}

impl Target {
    /// The same as PostgreSQL names it.
    async fn find(self, tx: &Transaction<'_>) -> Result<Object> {
        Ok(match self {
            Self::Database => Object::Database(current_database(tx).await?.name),
            Self::Schema(oid) => Object::Schema(schema(tx, oid).await.map_err(|error| error.at("schema_oid"))?.name),
            Self::Table(oid) => Object::Table(summary(tx, oid).await.map_err(|error| error.at("table_oid"))?.name),
        })
    }
}

/// `databases.privileges.list_direct`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_database(ctx: &Ctx, params: DatabaseParams) -> Result<Vec<RolePrivileges>> {
    list(ctx, params.database_id, Target::Database).await
}

/// `schemas.privileges.list_direct`.
///
/// # Errors
/// `DoesNotExist`.
pub async fn of_schema(ctx: &Ctx, params: SchemaParams) -> Result<Vec<RolePrivileges>> {
    list(ctx, params.database_id, Target::Schema(params.schema_oid)).await
}

/// `tables.privileges.list_direct`.
///
/// # Errors
/// `UndefinedTable`.
pub async fn of_table(ctx: &Ctx, params: TableParams) -> Result<Vec<RolePrivileges>> {
    list(ctx, params.database_id, Target::Table(params.table_oid)).await
}

async fn list(ctx: &Ctx, database_id: i64, target: Target) -> Result<Vec<RolePrivileges>> {
    let mut session = ctx.connect(database_id).await?;
    let tx = session.begin(&reading());
    let object = target.find(&tx).await?;
    Ok(by_role(&object, &tx.introspect(&introspect::direct_grants(&object)).await?))
}

/// Gathers grants, which come by role, in the order in which an object's rights are listed.
fn by_role(object: &Object, grants: &[Grant]) -> Vec<RolePrivileges> {
    let roles = grants.chunk_by(|one, next| one.role == next.role).map(|grants| RolePrivileges {
        role_oid: grants[0].role,
        direct: words(object.privileges(), |word| grants.iter().any(|grant| grant.privilege == word)),
    });
    roles.filter(|role| !role.direct.is_empty()).collect()
}

/// `databases.privileges.replace_for_roles`.
///
/// # Errors
/// `ValueError` for a word that is no right, or none on a server of this version, and for a role that is named twice, `DoesNotExist` for an unknown role,
/// `InsufficientPrivilege` and `InvalidGrantOperation` when what was asked cannot be had.
pub async fn replace_on_database(ctx: &Ctx, params: ReplaceDatabasePrivilegesParams) -> Result<Vec<RolePrivileges>> {
    run(ctx, params.database_id, &Replace::from(params)).await
}

/// `schemas.privileges.replace_for_roles`.
///
/// # Errors
/// Those of [`replace_on_database`], and `DoesNotExist` for the schema.
pub async fn replace_on_schema(ctx: &Ctx, params: ReplaceSchemaPrivilegesParams) -> Result<Vec<RolePrivileges>> {
    run(ctx, params.database_id, &Replace::from(params)).await
}

/// `tables.privileges.replace_for_roles`.
///
/// # Errors
/// Those of [`replace_on_database`], and `UndefinedTable`.
pub async fn replace_on_table(ctx: &Ctx, params: ReplaceTablePrivilegesParams) -> Result<Vec<RolePrivileges>> {
    run(ctx, params.database_id, &Replace::from(params)).await
}

pub(super) struct Replace {
    target: Target,
    privileges: Vec<RolePrivileges>,
}

impl From<ReplaceDatabasePrivilegesParams> for Replace {
    fn from(params: ReplaceDatabasePrivilegesParams) -> Self {
        Self { target: Target::Database, privileges: params.privileges }
    }
}

impl From<ReplaceSchemaPrivilegesParams> for Replace {
    fn from(params: ReplaceSchemaPrivilegesParams) -> Self {
        Self { target: Target::Schema(params.schema_oid), privileges: params.privileges }
    }
}

impl From<ReplaceTablePrivilegesParams> for Replace {
    fn from(params: ReplaceTablePrivilegesParams) -> Self {
        Self { target: Target::Table(params.table_oid), privileges: params.privileges }
    }
}

impl Replace {
    /// Reads what is asked for, role by role.
    fn wanted(&self, object: &Object, roles: &[Role], version: ServerVersion) -> Result<Vec<Wanted>> {
        if self.privileges.len() > limits::ROLES {
            return Err(Error::limit(format!("privileges: {} roles at most can be named at once.", limits::ROLES)));
        }
        let mut named = HashSet::new();
        let wanted = self.privileges.iter().enumerate().map(|(index, entry)| {
            let path = format!("privileges[{index}]");
            let role = role_at(roles, entry.role_oid, &format!("{path}.role_oid"))?;
            if !named.insert(role.oid) {
                let message = format!("{path}.role_oid: the role \"{}\" is named twice.", role.name);
                return Err(Error::value(message));
            }
            let kind = Kind { on: object.to_string(), rights: object.privileges(), version };
            Wanted::read(Grantee::Role(role.name.clone()), kind, &entry.direct, &format!("{path}.direct"))
        });
        wanted.collect()
    }
}

impl Change for Replace {
    type Made = (Object, Vec<Wanted>);
    type Output = Vec<RolePrivileges>;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<Self::Made>> {
        let object = self.target.find(tx).await?;
        let wanted = self.wanted(&object, &tx.introspect(&introspect::roles()).await?, tx.version())?;
        let grants = tx.introspect(&introspect::direct_grants(&object)).await?;
        let change = |wanted: &Wanted, make: fn(&[Privilege], &Object, &Grantee) -> Statement, granted: bool| {
            let rights = wanted.differing(granted, |right| wanted.has(&grants, right));
            (!rights.is_empty()).then(|| make(&rights, &object, wanted.grantee()))
        };
        // Granting comes first: the caller's role may be among those that rights are taken from.
        let granting = wanted.iter().filter_map(|wanted| change(wanted, grant, true));
        let statements = granting.chain(wanted.iter().filter_map(|wanted| change(wanted, revoke, false))).collect();
        Ok(Plan { statements, made: (object, wanted) })
    }

    async fn read_back(&self, tx: &Transaction<'_>, (object, wanted): Self::Made) -> Result<Vec<RolePrivileges>> {
        let grants = tx.introspect(&introspect::direct_grants(&object)).await?;
        wanted.iter().try_for_each(|wanted| wanted.check(&grants))?;
        Ok(by_role(&object, &grants))
    }
}
