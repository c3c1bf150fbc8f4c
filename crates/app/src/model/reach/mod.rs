//! `roles.reach`: what a role may do in a database, and by what.
//!
//! The rules are those of PostgreSQL's `aclmask` and `roles_is_member_of`, followed from what the catalogue says. The tests hold
//! the outcome against `has_table_privilege` and its like.

mod standing;

use std::collections::{HashMap, HashSet};

use mathesar_api::methods::roles::{
    DefaultReach, ObjectReach, ReachBy, ReachParams, ReachPolicy, ReachReason, RoleReach, SchemaReach, TableReach,
};
use mathesar_pg::Transaction;
use mathesar_sql::ddl::grant::Privilege;
use mathesar_sql::introspect;
use mathesar_sql::model::{AclItem, ColumnAcl, DefaultAcl, ObjectAcl, Oid, Policy, TableAcl};
use standing::{Standing, Way};

use super::privileges::defaults;
use super::{gone, no_table, reading, schemas, tables};
use crate::{Ctx, Error, Result, limits};

const OF_DATABASES: &[&str] = &["CONNECT", "CREATE", "TEMPORARY"];
const OF_SCHEMAS: &[&str] = &["USAGE", "CREATE"];
const OF_TABLES: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"];

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
    let server = tx.version();
    let (roles, members) = (introspect::role_powers(), introspect::members());
    let (roles, members) = tokio::try_join!(tx.introspect(&roles), tx.introspect(&members))?;
    let standing = Standing::of(params.role_oid, &roles, &members);
    let standing = standing.ok_or_else(|| gone("role", params.role_oid).at("role_oid"))?;
    let found = Found::read(&tx, params.table_oid).await?;
    let of_tables =
        OF_TABLES.iter().copied().filter(|word| *word != "MAINTAIN" || server.number >= Privilege::Maintain.since());
    Ok(Reach { standing, of_tables: of_tables.collect() }.in_database(&found))
}

/// What there is to reach.
struct Found {
    database: ObjectAcl,
    schemas: Vec<ObjectAcl>,
    /// Of these schemas.
    tables: Vec<TableAcl>,
    tables_left: i64,
    columns: Vec<ColumnAcl>,
    policies: Vec<Policy>,
    defaults: Vec<DefaultAcl>,
}

impl Found {
    /// Reads the whole database, as far as that is not too much, or one table.
    async fn read(tx: &Transaction<'_>, table: Option<Oid>) -> Result<Self> {
        let (database, schemas) = (introspect::database_acl(), introspect::schema_acls());
        let (tables, columns) = (introspect::table_acls(table, limits::REACHED_TABLES), introspect::column_acls(table));
        let (counts, policies, defaults) =
            (introspect::table_counts(), introspect::policies(table), introspect::default_acls());
        let (database, mut schemas, mut tables, counts, columns, policies, mut defaults) = tokio::try_join!(
            tx.introspect_one(&database),
            tx.introspect(&schemas),
            tx.introspect(&tables),
            tx.introspect(&counts),
            tx.introspect(&columns),
            tx.introspect(&policies),
            tx.introspect(&defaults),
        )?;
        let database = database.ok_or_else(|| Error::internal("the current database is not in the catalogue"))?;
        if let Some(oid) = table {
            let Some(found) = tables.first() else { return Err(no_table(oid).at("table_oid")) };
            schemas.retain(|schema| schema.oid == found.schema);
            defaults.clear();
        } else {
            schemas.retain(|schema| !schemas::OF_THE_ORIGINAL.contains(&schema.name.as_str()));
        }
        let shown: HashSet<Oid> = schemas.iter().map(|schema| schema.oid).collect();
        tables.retain(|table| shown.contains(&table.schema));
        defaults.retain(|acl| acl.schema.is_none_or(|schema| shown.contains(&schema)));
        let all: i64 = counts.iter().filter(|(schema, _)| shown.contains(schema)).map(|(_, count)| count).sum();
        let tables_left = if table.is_some() { 0 } else { all - i64::try_from(tables.len()).unwrap_or(all) };
        Ok(Self { database, schemas, tables, tables_left, columns, policies, defaults })
    }
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
    fn in_database(&self, found: &Found) -> RoleReach {
        let database = self.object(&Kind { rights: OF_DATABASES, predefined: &[] }, &found.database, &[]);
        let on_schemas = Kind { rights: OF_SCHEMAS, predefined: PREDEFINED_ON_SCHEMAS };
        let schemas: Vec<_> = found
            .schemas
            .iter()
            .map(|schema| SchemaReach {
                oid: schema.oid,
                name: schema.name.as_str().to_owned(),
                reach: self.object(&on_schemas, schema, &[]),
            })
            .collect();
        let lacking: HashMap<Oid, Vec<String>> =
            schemas.iter().map(|schema| (schema.oid, lacking(&database, &schema.reach))).collect();
        let tables = found.tables.iter().filter_map(|table| {
            let own = |column: &ColumnAcl| column.table == table.object.oid;
            let start = found.columns.partition_point(|column| column.table < table.object.oid);
            let granted = found.columns[start..].iter().take_while(|column| own(column)).collect::<Vec<_>>();
            let missing = lacking.get(&table.schema)?.clone();
            Some(self.table(table, &granted, &found.policies, missing))
        });
        RoleReach {
            tables: tables.collect(),
            tables_left: found.tables_left,
            defaults: found.defaults.iter().filter_map(|acl| self.by_default(acl)).collect(),
            database,
            schemas,
        }
    }

    /// What it will be given on what is made later; `None` is nothing. A superuser needs nothing to be given.
    fn by_default(&self, acl: &DefaultAcl) -> Option<DefaultReach> {
        let words: Vec<_> = acl.objects.privileges().iter().map(|right| right.as_sql()).collect();
        let mut reasons = self.granted(&words, acl.owner, &acl.acl);
        reasons.retain(|reason| reason.by != ReachBy::Owner);
        let given = !reasons.is_empty() && !self.standing.is_superuser();
        given.then(|| DefaultReach {
            owner: self.standing.name(acl.owner),
            schema_oid: acl.schema,
            objects: defaults::objects_told(acl.objects),
            reasons,
        })
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
