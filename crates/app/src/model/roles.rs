//! `roles.*` of PostgreSQL; the stored ones are in [`crate::databases::roles`].

use std::collections::HashSet;

use mathesar_api::ErrorCode;
use mathesar_api::methods::roles::{
    AddParams, CurrentRole, DeleteParams, ListParams, RoleInfo, RoleMember, SetMembersParams,
};
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::grant::{Grantee, Object, Privilege, grant, grant_role, revoke, revoke_role};
use mathesar_sql::ddl::role::Attributes;
use mathesar_sql::model::{Membership, Oid, Role};
use mathesar_sql::{Ident, ddl, introspect};

use super::{current_database, ident, reading, role_at, run};
use crate::{Ctx, Error, Result, limits};

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
        let database = current_database(tx).await?;
        if attributes.login && database.current_role_owns {
            let on = Object::Database(database.name);
            statements.push(grant(&[Privilege::Connect], &on, &Grantee::Role(name.clone())));
        }
        Ok(Plan { statements, made: name })
    }

    async fn read_back(&self, tx: &Transaction<'_>, name: Ident) -> Result<RoleInfo> {
        let made = tx.introspect(&introspect::roles()).await?.into_iter().find(|role| role.name == name);
        made.map(info).ok_or_else(|| Error::internal("a role that was just made is not in the catalogue"))
    }
}

/// `roles.delete`. What the role was granted on the caller's own database goes with it, because [`add`] granted it.
///
/// # Errors
/// `DoesNotExist`, and PostgreSQL's: `DependentObjectsStillExist` names what the role owns or has rights on.
pub async fn delete(ctx: &Ctx, params: DeleteParams) -> Result<()> {
    run(ctx, params.database_id, &Delete(params)).await
}

pub(super) struct Delete(pub DeleteParams);

impl Change for Delete {
    type Made = ();
    type Output = ();
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let roles = tx.introspect(&introspect::roles()).await?;
        let role = role_at(&roles, self.0.role_oid, "role_oid")?;
        let mut statements = Vec::new();
        let database = current_database(tx).await?;
        if database.current_role_owns {
            let on = Object::Database(database.name);
            let grants = tx.introspect(&introspect::direct_grants(&on)).await?;
            let has = |right: &Privilege| grants.iter().any(|g| g.role == role.oid && g.privilege == right.as_sql());
            let rights: Vec<_> = on.privileges().iter().copied().filter(has).collect();
            if !rights.is_empty() {
                statements.push(revoke(&rights, &on, &Grantee::Role(role.name.clone())));
            }
        }
        statements.push(ddl::role::drop(&role.name));
        Ok(statements.into())
    }

    async fn read_back(&self, _: &Transaction<'_>, (): ()) -> Result<()> {
        Ok(())
    }
}

/// `roles.set_members`.
///
/// # Errors
/// `DoesNotExist` for an unknown role, `InsufficientPrivilege` without the right to administer the role, and PostgreSQL's, such
/// as `InvalidGrantOperation` where a role would be a member of itself.
pub async fn set_members(ctx: &Ctx, params: SetMembersParams) -> Result<RoleInfo> {
    run(ctx, params.database_id, &SetMembers(params)).await
}

pub(super) struct SetMembers(pub SetMembersParams);

impl SetMembers {
    fn wanted(&self) -> HashSet<Oid> {
        self.0.members.iter().copied().collect()
    }
}

impl Change for SetMembers {
    type Made = ();
    type Output = RoleInfo;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        if self.0.members.len() > limits::ROLES {
            return Err(Error::limit(format!("members: {} roles at most can be named at once.", limits::ROLES)));
        }
        let roles = tx.introspect(&introspect::roles()).await?;
        let parent = role_at(&roles, self.0.parent_role_oid, "parent_role_oid")?;
        let (mut known, mut statements) =
            (parent.members.iter().map(|member| member.oid).collect::<HashSet<_>>(), Vec::new());
        for (index, oid) in self.0.members.iter().enumerate() {
            let member = role_at(&roles, *oid, &format!("members[{index}]"))?;
            if known.insert(*oid) {
                statements.push(grant_role(&parent.name, &member.name));
            }
        }
        let wanted = self.wanted();
        let mut ending = tx.introspect(&introspect::memberships(parent.oid)).await?;
        let caller = caller(&roles);
        ending.retain(|membership| !wanted.contains(&membership.member) && !is_given_with_role(membership, caller));
        for ended in grantors_last(ending) {
            statements.push(revoke_role(&parent.name, &ended.member_name, ended.grantor.as_ref()));
        }
        Ok(statements.into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<RoleInfo> {
        let roles = tx.introspect(&introspect::roles()).await?;
        let parent = role_at(&roles, self.0.parent_role_oid, "parent_role_oid")?.clone();
        // PostgreSQL only warns about a membership that whoever asks may not end.
        let found: HashSet<_> = parent.members.iter().map(|member| member.oid).collect();
        let caller = caller(&roles).map(|caller| caller.oid);
        if found.symmetric_difference(&self.wanted()).any(|oid| Some(*oid) != caller) {
            let message = format!(
                "Your role may not change all of these memberships in \"{}\": others granted them. Nothing was changed.",
                parent.name
            );
            return Err(Error::new(ErrorCode::INVALID_GRANT_OPERATION, message));
        }
        Ok(info(parent))
    }
}

/// The role that asks, unless it may do everything.
fn caller(roles: &[Role]) -> Option<&Role> {
    roles.iter().find(|role| role.is_current && !role.superuser)
}

/// Whether it is what PostgreSQL 16 and later give whoever makes a role, so that they can administer it. They cannot end it, and
/// clients that know older versions do not count them among the members.
fn is_given_with_role(membership: &Membership, caller: Option<&Role>) -> bool {
    let by_another = |caller: &Role| membership.grantor.as_ref().is_some_and(|grantor| *grantor != caller.name);
    caller.is_some_and(|caller| membership.member == caller.oid && by_another(caller))
}

/// Puts those who granted a membership behind those whom they granted it to, as PostgreSQL wants them to be ended.
fn grantors_last(mut left: Vec<Membership>) -> Vec<Membership> {
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let granted_to_others =
            |one: &Membership| left.iter().any(|other| other.grantor.as_ref() == Some(&one.member_name));
        let next = left.iter().position(|one| !granted_to_others(one)).unwrap_or_default();
        ordered.push(left.remove(next));
    }
    ordered
}
