//! `roles.reach`: what a role may do in a database, and by what.
//!
//! The rules are those of PostgreSQL's `aclmask` and `roles_is_member_of`, followed from what the catalogue says. The tests hold
//! the outcome against `has_table_privilege` and its like.

mod standing;

use std::collections::HashMap;

use mathesar_api::methods::roles::{
    ObjectReach, ReachBy, ReachParams, ReachPolicy, ReachReason, RoleReach, SchemaReach, TableReach,
};
use mathesar_sql::introspect;
use mathesar_sql::model::{AclItem, ColumnAcl, ObjectAcl, Oid, Policy, TableAcl};
use standing::{Standing, Way};

use super::{gone, no_table, reading, schemas, tables};
use crate::{Ctx, Error, Result};

const OF_DATABASES: &[&str] = &["CONNECT", "CREATE", "TEMPORARY"];
const OF_SCHEMAS: &[&str] = &["USAGE", "CREATE"];
const OF_TABLES: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"];

/// The version (`server_version_num`) from which on there is `MAINTAIN`.
const MAINTAIN_SINCE: u32 = 170_000;

/// What PostgreSQL's own roles may do with every schema that is none of its own, whatever the access lists say.
const PREDEFINED_ON_SCHEMAS: &[(&str, &[&str])] =
    &[("pg_read_all_data", &["USAGE"]), ("pg_write_all_data", &["USAGE"])];
/// The same for tables.
const PREDEFINED_ON_TABLES: &[(&str, &[&str])] = &[
    ("pg_read_all_data", &["SELECT"]),
    ("pg_write_all_data", &["INSERT", "UPDATE", "DELETE"]),
    ("pg_maintain", &["MAINTAIN"]),
];

/// `roles.reach`.
///
/// # Errors
/// `DoesNotExist` for an unknown role, `UndefinedTable` for an unknown table.
pub async fn of_role(ctx: &Ctx, params: ReachParams) -> Result<RoleReach> {
    let mut session = ctx.connect(params.database_id).await?;
    let tx = session.begin(&reading());
    let (server, database) = (introspect::server(), introspect::database_acl());
    let (roles, members, schemas) = (introspect::role_powers(), introspect::members(), introspect::schema_acls());
    let (tables, columns) = (introspect::table_acls(params.table_oid), introspect::column_acls(params.table_oid));
    let policies = introspect::policies(params.table_oid);
    let (server, database, roles, members, schemas, tables, columns, policies) = tokio::try_join!(
        tx.introspect_one(&server),
        tx.introspect_one(&database),
        tx.introspect(&roles),
        tx.introspect(&members),
        tx.introspect(&schemas),
        tx.introspect(&tables),
        tx.introspect(&columns),
        tx.introspect(&policies),
    )?;
    let missing = || Error::internal("the current database is not in the catalogue");
    let (server, database) = (server.ok_or_else(missing)?, database.ok_or_else(missing)?);
    let standing = Standing::of(params.role_oid, &roles, &members);
    let standing = standing.ok_or_else(|| gone("role", params.role_oid).at("role_oid"))?;
    if let Some(oid) = params.table_oid.filter(|_| tables.is_empty()) {
        return Err(no_table(oid).at("table_oid"));
    }
    let of_tables =
        OF_TABLES.iter().copied().filter(|word| *word != "MAINTAIN" || server.version_number >= MAINTAIN_SINCE);
    let reached = Reach { standing, of_tables: of_tables.collect() };
    let shown = |schema: &ObjectAcl| match params.table_oid {
        Some(_) => tables.iter().any(|table| table.schema == schema.oid),
        None => !schemas::OF_THE_ORIGINAL.contains(&schema.name.as_str()),
    };
    Ok(reached.in_database(&database, schemas.iter().filter(|schema| shown(schema)), &tables, &columns, &policies))
}

/// One role, and what there is to reach.
struct Reach<'a> {
    standing: Standing<'a>,
    /// The rights on tables that this version of PostgreSQL has.
    of_tables: Vec<&'static str>,
}

/// The kind of an object, as far as it decides what rights there are.
struct Kind<'k> {
    rights: &'k [&'static str],
    predefined: &'k [(&'static str, &'static [&'static str])],
}

impl Reach<'_> {
    fn in_database<'o>(
        &self,
        database: &ObjectAcl,
        schemas: impl Iterator<Item = &'o ObjectAcl>,
        tables: &[TableAcl],
        columns: &[ColumnAcl],
        policies: &[Policy],
    ) -> RoleReach {
        let database = self.object(&Kind { rights: OF_DATABASES, predefined: &[] }, database, &[]);
        let on_schemas = Kind { rights: OF_SCHEMAS, predefined: PREDEFINED_ON_SCHEMAS };
        let schemas: Vec<_> = schemas
            .map(|schema| SchemaReach {
                oid: schema.oid,
                name: schema.name.as_str().to_owned(),
                reach: self.object(&on_schemas, schema, &[]),
            })
            .collect();
        let lacking: HashMap<Oid, Vec<String>> =
            schemas.iter().map(|schema| (schema.oid, lacking(&database, &schema.reach))).collect();
        let tables = tables.iter().filter_map(|table| {
            let own = |column: &ColumnAcl| column.table == table.object.oid;
            let start = columns.partition_point(|column| column.table < table.object.oid);
            let granted = columns[start..].iter().take_while(|column| own(column)).collect::<Vec<_>>();
            let missing = lacking.get(&table.schema)?.clone();
            Some(self.table(table, &granted, policies, missing))
        });
        RoleReach { tables: tables.collect(), database, schemas }
    }

    fn table(&self, table: &TableAcl, columns: &[&ColumnAcl], policies: &[Policy], missing: Vec<String>) -> TableReach {
        let kind = Kind { rights: &self.of_tables, predefined: PREDEFINED_ON_TABLES };
        TableReach {
            oid: table.object.oid,
            schema_oid: table.schema,
            name: table.object.name.as_str().to_owned(),
            kind: tables::kind(table.kind),
            reach: self.object(&kind, &table.object, columns),
            missing,
            policies: self.is_narrowed(table).then(|| self.policies(table.object.oid, policies)),
        }
    }

    /// Whether row-level security holds for the role, as `check_enable_rls` of PostgreSQL decides.
    fn is_narrowed(&self, table: &TableAcl) -> bool {
        let owns = !table.row_security_forced && self.standing.has_rights_of(table.object.owner);
        table.row_security && !owns && !self.standing.bypasses_row_security()
    }

    fn policies(&self, table: Oid, policies: &[Policy]) -> Vec<ReachPolicy> {
        let holds = |policy: &&Policy| {
            let everybody = policy.roles.is_empty();
            policy.table == table && (everybody || policy.roles.iter().any(|role| self.standing.has_rights_of(*role)))
        };
        let holding = policies.iter().filter(holds).map(|policy| ReachPolicy {
            name: policy.name.as_str().to_owned(),
            command: policy.command.as_sql().to_owned(),
            permissive: policy.permissive,
        });
        holding.collect()
    }

    fn object(&self, kind: &Kind<'_>, object: &ObjectAcl, columns: &[&ColumnAcl]) -> ObjectReach {
        let mut reasons = Vec::new();
        if let Some(way) = self.standing.way_to_superuser() {
            reasons.push(self.reason(ReachBy::Superuser, way, kind.rights.iter().copied()));
        }
        // What else gives a superuser rights makes no difference.
        if !self.standing.is_superuser() {
            reasons.extend(self.granted(kind.rights, object.owner, &object.acl));
            for (role, rights) in kind.predefined {
                let rights = rights.iter().copied().filter(|right| kind.rights.contains(right));
                let way = self.standing.way_to_named(role);
                reasons.extend(way.map(|way| self.reason(ReachBy::PredefinedRole, way, rights)));
            }
            reasons.extend(self.granted_on_columns(kind.rights, object.owner, columns));
        }
        reasons.sort_by_key(|reason| (reason.set_role.is_some(), reason.via.len()));
        let at_once = |right: &&&str| {
            reasons.iter().any(|reason| {
                reason.set_role.is_none()
                    && reason.columns.is_empty()
                    && reason.privileges.iter().any(|one| one == **right)
            })
        };
        let privileges = kind.rights.iter().filter(at_once).map(|right| (*right).to_owned()).collect();
        ObjectReach { privileges, reasons }
    }

    /// A reason for each grantee of an access list whose rights the role can have.
    fn granted(&self, rights: &[&'static str], owner: Oid, acl: &[AclItem]) -> Vec<ReachReason> {
        let mut grantees: Vec<Option<Oid>> = Vec::new();
        for item in acl {
            if !grantees.contains(&item.grantee) {
                grantees.push(item.grantee);
            }
        }
        let everybody = Way { via: Vec::new(), set_role: None };
        let reasons = grantees.into_iter().filter_map(|grantee| {
            let (by, way) = match grantee {
                None => (ReachBy::Public, &everybody),
                Some(role) if role == owner => (ReachBy::Owner, self.standing.way_to(role)?),
                Some(role) => (ReachBy::Grant, self.standing.way_to(role)?),
            };
            let has = |right: &&str| acl.iter().any(|item| item.grantee == grantee && item.privilege == *right);
            Some(self.reason(by, way, rights.iter().copied().filter(has)))
        });
        reasons.filter(|reason| !reason.privileges.is_empty()).collect()
    }

    /// The same for the access lists of columns; columns that are open in the same way are told together.
    fn granted_on_columns(&self, rights: &[&'static str], owner: Oid, columns: &[&ColumnAcl]) -> Vec<ReachReason> {
        let mut reasons: Vec<ReachReason> = Vec::new();
        for column in columns {
            for reason in self.granted(rights, owner, &column.acl) {
                let same =
                    |told: &&mut ReachReason| ReachReason { columns: Vec::new(), ..ReachReason::clone(told) } == reason;
                let name = column.name.as_str().to_owned();
                match reasons.iter_mut().find(same) {
                    Some(told) => told.columns.push(name),
                    None => reasons.push(ReachReason { columns: vec![name], ..reason }),
                }
            }
        }
        reasons
    }

    fn reason(&self, by: ReachBy, way: &Way, rights: impl Iterator<Item = &'static str>) -> ReachReason {
        ReachReason {
            by,
            via: way.via.iter().map(|role| self.standing.name(*role)).collect(),
            set_role: way.set_role.map(|role| self.standing.name(role)),
            privileges: rights.map(str::to_owned).collect(),
            columns: Vec::new(),
        }
    }
}

/// What a role lacks to use anything in a schema.
fn lacking(database: &ObjectReach, schema: &ObjectReach) -> Vec<String> {
    let needed = [("CONNECT", &database.privileges), ("USAGE", &schema.privileges)];
    let missing = needed.into_iter().filter(|(right, had)| !had.iter().any(|one| one == right));
    missing.map(|(right, _)| right.to_owned()).collect()
}
