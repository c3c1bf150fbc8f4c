//! `roles.*` of PostgreSQL; the stored ones are in [`crate::databases::roles`].

use mathesar_api::methods::roles::{AddParams, CurrentRole, ListParams, RoleInfo, RoleMember};
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::grant::{Grantee, Object, Privilege, grant};
use mathesar_sql::ddl::role::Attributes;
use mathesar_sql::model::Role;
use mathesar_sql::{Ident, ddl, introspect};

use super::{ident, reading, run};
use crate::{Ctx, Error, Result};

fn info(role: Role) -> RoleInfo {
    let members: Vec<_> =
        role.members.iter().map(|member| RoleMember { oid: member.oid, admin: member.admin }).collect();
    RoleInfo {
        oid: role.oid,
        name: role.name.as_str().to_owned(),
        superuser: role.superuser,
        inherits: role.inherits,
        create_role: role.create_role,
        create_db: role.create_db,
        login: role.login,
        description: role.comment,
        members: (!members.is_empty()).then_some(members),
    }
}

async fn all(ctx: &Ctx, database_id: i64) -> Result<Vec<Role>> {
    let mut session = ctx.connect(database_id).await?;
    Ok(session.begin(&reading()).introspect(&introspect::roles()).await?)
}

/// `roles.list`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<RoleInfo>> {
    Ok(all(ctx, params.database_id).await?.into_iter().map(info).collect())
}

/// `roles.get_current_role`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn get_current(ctx: &Ctx, params: ListParams) -> Result<CurrentRole> {
    let (mut current, mut parents) = (None, Vec::new());
    for role in all(ctx, params.database_id).await? {
        if role.is_current {
            current = Some(info(role));
        } else if role.current_is_member {
            parents.push(info(role));
        }
    }
    let current_role = current.ok_or_else(|| Error::internal("the current role is not in the catalogue"))?;
    Ok(CurrentRole { current_role, parent_roles: parents })
}

/// `roles.add`. A role that signs in is let into the caller's own database too, because it is made to be used there and nobody
/// but the owner may `CONNECT` to a database that we made.
///
/// # Errors
/// PostgreSQL's, such as `DuplicateObject`, and `InsufficientPrivilege` without CREATEROLE.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<RoleInfo> {
    run(ctx, params.database_id, &Add(params)).await
}

pub(super) struct Add(pub AddParams);

impl Change for Add {
    type Made = Ident;
    type Output = RoleInfo;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<Ident>> {
        let name = ident(&self.0.rolename)?;
        let attributes = Attributes { login: self.0.login == Some(true), ..Attributes::default() };
        let password = self.0.password.as_deref().filter(|password| !password.is_empty());
        let verifier = password.map(mathesar_pg::password::verifier);
        let mut statements = vec![ddl::role::create(&name, attributes, verifier.as_deref())];
        let database = tx.introspect_one(&introspect::current_database()).await?;
        if let Some(own) = database.filter(|database| attributes.login && database.current_role_owns) {
            statements.push(grant(&[Privilege::Connect], &Object::Database(own.name), &Grantee::Role(name.clone())));
        }
        Ok(Plan { statements, made: name })
    }

    async fn read_back(&self, tx: &Transaction<'_>, name: Ident) -> Result<RoleInfo> {
        let made = tx.introspect(&introspect::roles()).await?.into_iter().find(|role| role.name == name);
        made.map(info).ok_or_else(|| Error::internal("a role that was just made is not in the catalogue"))
    }
}
