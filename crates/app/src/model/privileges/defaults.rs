//! `databases.default_privileges.*` and `schemas.default_privileges.*`: rights that objects are given when they are made.

use std::collections::HashSet;

use mathesar_api::methods::databases::DatabaseParams;
use mathesar_api::methods::privileges::{
    DefaultObjects, DefaultPrivileges, DefaultRolePrivileges, ReplaceDatabaseDefaultsParams,
    ReplaceSchemaDefaultsParams,
};
use mathesar_api::methods::schemas::SchemaParams;
use mathesar_pg::versions::ServerVersion;
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::default_privileges::{Objects, Scope, grant, revoke};
use mathesar_sql::ddl::grant::{Grantee, Privilege};
use mathesar_sql::model::{DefaultAcl, Oid, Role};
use mathesar_sql::{Ident, Statement, introspect};

use super::wanted::{Kind, Wanted, words};
use crate::model::{reading, role_at, run, schema};
use crate::{Ctx, Error, Result, limits};

/// `databases.default_privileges.list`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_database(ctx: &Ctx, params: DatabaseParams) -> Result<Vec<DefaultPrivileges>> {
    list(ctx, params.database_id, None).await
}

/// `schemas.default_privileges.list`.
///
/// # Errors
/// `DoesNotExist`.
pub async fn of_schema(ctx: &Ctx, params: SchemaParams) -> Result<Vec<DefaultPrivileges>> {
    list(ctx, params.database_id, Some(params.schema_oid)).await
}

async fn list(ctx: &Ctx, database_id: i64, schema: Option<Oid>) -> Result<Vec<DefaultPrivileges>> {
    let mut session = ctx.connect(database_id).await?;
    let tx = session.begin(&reading());
    name_of(&tx, schema).await?;
    told(&tx, schema).await
}

/// `databases.default_privileges.replace_for_roles`.
///
/// # Errors
/// `ValueError` for a word that is no right, or none on a server of this version, and for what is named twice, `DoesNotExist` for an unknown
/// role, and PostgreSQL's `InsufficientPrivilege` for objects of a role that the caller's is no member of.
pub async fn replace_in_database(ctx: &Ctx, params: ReplaceDatabaseDefaultsParams) -> Result<Vec<DefaultPrivileges>> {
    run(ctx, params.database_id, &Replace::from(params)).await
}

/// `schemas.default_privileges.replace_for_roles`.
///
/// # Errors
/// Those of [`replace_in_database`], `DoesNotExist` for the schema, and `ValueError` for rights on schemas, which no schema has.
pub async fn replace_in_schema(ctx: &Ctx, params: ReplaceSchemaDefaultsParams) -> Result<Vec<DefaultPrivileges>> {
    run(ctx, params.database_id, &Replace::from(params)).await
}

/// The name of the schema, where it is about one.
async fn name_of(tx: &Transaction<'_>, oid: Option<Oid>) -> Result<Option<Ident>> {
    let Some(oid) = oid else { return Ok(None) };
    Ok(Some(schema(tx, oid).await.map_err(|error| error.at("schema_oid"))?.name))
}

/// What is set in a schema, or for the whole database; everybody first, then roles by name, PostgreSQL's own left out.
async fn told(tx: &Transaction<'_>, schema: Option<Oid>) -> Result<Vec<DefaultPrivileges>> {
    let roles = tx.introspect(&introspect::roles()).await?;
    let acls = tx.introspect(&introspect::default_acls()).await?;
    let grantees = || std::iter::once(None).chain(roles.iter().map(|role| Some(role.oid)));
    let told = acls.iter().filter(|acl| acl.schema == schema).map(|acl| {
        let has =
            |role: Option<Oid>, word: &str| acl.acl.iter().any(|one| one.grantee == role && one.privilege == word);
        let given = grantees().map(|role| DefaultRolePrivileges {
            role_oid: role,
            direct: words(acl.objects.privileges(), |word| has(role, word)),
        });
        let privileges = given.filter(|role| !role.direct.is_empty()).collect();
        DefaultPrivileges { owner_oid: acl.owner, objects: objects_told(acl.objects), privileges }
    });
    Ok(told.collect())
}

/// The kind of objects as the contract names it.
pub(in crate::model) const fn objects_told(objects: Objects) -> DefaultObjects {
    match objects {
        Objects::Tables => DefaultObjects::Tables,
        Objects::Sequences => DefaultObjects::Sequences,
        Objects::Functions => DefaultObjects::Functions,
        Objects::Types => DefaultObjects::Types,
        Objects::Schemas => DefaultObjects::Schemas,
        Objects::LargeObjects => DefaultObjects::LargeObjects,
    }
}

const fn objects_asked(objects: DefaultObjects) -> Objects {
    match objects {
        DefaultObjects::Tables => Objects::Tables,
        DefaultObjects::Sequences => Objects::Sequences,
        DefaultObjects::Functions => Objects::Functions,
        DefaultObjects::Types => Objects::Types,
        DefaultObjects::Schemas => Objects::Schemas,
        DefaultObjects::LargeObjects => Objects::LargeObjects,
    }
}

pub(in crate::model) struct Replace {
    schema: Option<Oid>,
    asked: Vec<DefaultPrivileges>,
}

impl From<ReplaceDatabaseDefaultsParams> for Replace {
    fn from(params: ReplaceDatabaseDefaultsParams) -> Self {
        Self { schema: None, asked: params.default_privileges }
    }
}

impl From<ReplaceSchemaDefaultsParams> for Replace {
    fn from(params: ReplaceSchemaDefaultsParams) -> Self {
        Self { schema: Some(params.schema_oid), asked: params.default_privileges }
    }
}

/// What one role shall be given on one kind of objects of one owner.
struct Given {
    owner: Oid,
    owner_name: Ident,
    objects: Objects,
    role: Option<Oid>,
    wanted: Wanted,
}

impl Given {
    /// Whether it is given the right as things stand.
    fn has(&self, schema: Option<Oid>, acls: &[DefaultAcl], right: Privilege) -> bool {
        let own = |acl: &&DefaultAcl| acl.owner == self.owner && acl.schema == schema && acl.objects == self.objects;
        match acls.iter().find(own) {
            Some(acl) => acl.acl.iter().any(|item| item.grantee == self.role && item.privilege == right.as_sql()),
            // Where nothing was said for the database, PostgreSQL's own rights hold; those of a schema only come on top.
            None if schema.is_some() => false,
            None => self.role.map_or(self.objects.is_everybodys(right), |role| role == self.owner),
        }
    }
}

impl Replace {
    /// The kind of objects that the parameter at `path` names, if there can be default rights for it here.
    fn possible(&self, objects: Objects, version: ServerVersion, path: &str) -> Result<Objects> {
        let since = ServerVersion { number: objects.since() };
        if version < since {
            return Err(Error::value(format!(
                "{path}.objects: there are default rights for {objects} from PostgreSQL {} on, and this server is of version {}.",
                since.major(),
                version.major()
            )));
        }
        if self.schema.is_some() && !objects.are_in_schemas() {
            let message =
                format!("{path}.objects: no {objects} are made in a schema. Set that for the whole database.");
            return Err(Error::value(message));
        }
        Ok(objects)
    }

    /// Reads what is asked for.
    fn read(&self, roles: &[Role], version: ServerVersion) -> Result<Vec<Given>> {
        let most = limits::ROLES;
        if self.asked.len() > most || self.asked.iter().map(|entry| entry.privileges.len()).sum::<usize>() > most {
            return Err(Error::limit(format!("default_privileges: {most} roles at most can be named at once.")));
        }
        let mut named = HashSet::new();
        let mut given = Vec::new();
        for (index, entry) in self.asked.iter().enumerate() {
            let path = format!("default_privileges[{index}]");
            let owner = role_at(roles, entry.owner_oid, &format!("{path}.owner_oid"))?;
            let objects = self.possible(objects_asked(entry.objects), version, &path)?;
            for (index, role) in entry.privileges.iter().enumerate() {
                let path = format!("{path}.privileges[{index}]");
                let grantee = grantee(roles, role.role_oid, &format!("{path}.role_oid"))?;
                if !named.insert((owner.oid, objects, role.role_oid)) {
                    let message = format!("{path}.role_oid: the role is named twice for these objects.");
                    return Err(Error::value(message));
                }
                let on = format!("{objects} that \"{}\" makes later", owner.name);
                let kind = Kind { on, rights: objects.privileges(), version };
                given.push(Given {
                    owner: owner.oid,
                    owner_name: owner.name.clone(),
                    objects,
                    role: role.role_oid,
                    wanted: Wanted::read(grantee, kind, &role.direct, &format!("{path}.direct"))?,
                });
            }
        }
        Ok(given)
    }
}

/// The role of that number; everybody without one.
fn grantee(roles: &[Role], oid: Option<Oid>, path: &str) -> Result<Grantee> {
    let role = oid.map(|oid| role_at(roles, oid, path)).transpose()?;
    Ok(role.map_or(Grantee::Public, |role| Grantee::Role(role.name.clone())))
}

type Make = fn(&[Privilege], &Scope<'_>, &Grantee) -> Statement;

impl Change for Replace {
    type Made = ();
    type Output = Vec<DefaultPrivileges>;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let schema = name_of(tx, self.schema).await?;
        let given = self.read(&tx.introspect(&introspect::roles()).await?, tx.version())?;
        let acls = tx.introspect(&introspect::default_acls()).await?;
        let mut statements = Vec::new();
        for given in &given {
            let scope = Scope { owner: &given.owner_name, schema: schema.as_ref(), objects: given.objects };
            for (granted, make) in [(true, grant as Make), (false, revoke)] {
                let rights = given.wanted.differing(granted, |right| given.has(self.schema, &acls, right));
                if !rights.is_empty() {
                    statements.push(make(&rights, &scope, given.wanted.grantee()));
                }
            }
        }
        Ok(statements.into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<Vec<DefaultPrivileges>> {
        told(tx, self.schema).await
    }
}
