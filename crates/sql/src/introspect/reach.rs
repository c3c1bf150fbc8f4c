//! Reads what decides who may do what: powers and memberships of roles, access lists, policies.
//!
//! Of whole databases, and without asking `has_table_privilege` for each right of each table: that would tell what a role may do,
//! and not why.

use super::{DecodeError, Fields, Introspection, read_kind};
use crate::ddl::default_privileges::Objects;
use crate::frag::Fragment;
use crate::model::{
    AclItem, ColumnAcl, DefaultAcl, MemberOf, ObjectAcl, Oid, Policy, PolicyCommand, RolePowers, TableAcl,
};

/// Every role of the server, PostgreSQL's own ones included.
pub fn role_powers() -> Introspection<RolePowers> {
    Introspection::new(Fragment::of(include_str!("role_powers.sql")), |row| {
        Ok(RolePowers {
            oid: row.number()?,
            name: row.ident()?,
            superuser: row.flag()?,
            bypasses_row_security: row.flag()?,
        })
    })
}

/// Every direct membership of the server, and that of the database's owner in `pg_database_owner`, which no list has.
pub fn members() -> Introspection<MemberOf> {
    Introspection::new(Fragment::of(include_str!("members.sql")), |row| {
        Ok(MemberOf { role: row.number()?, member: row.number()?, inherits: row.flag()?, may_set: row.flag()? })
    })
}

/// The access list of the database that we are connected to: one row.
pub fn database_acl() -> Introspection<ObjectAcl> {
    Introspection::new(Fragment::of(include_str!("database_acl.sql")), read_object)
}

/// The access lists of the schemas that people made, by name.
pub fn schema_acls() -> Introspection<ObjectAcl> {
    Introspection::new(Fragment::of(include_str!("schema_acls.sql")), read_object)
}

/// The access lists of the tables of these schemas by name, so many at most, or of one of them.
pub fn table_acls(table: Option<Oid>, most: u32) -> Introspection<TableAcl> {
    let mut fragment = about(include_str!("table_acls.sql"), "   AND c.oid = ", table);
    fragment.sql(" ORDER BY c.relname, c.oid LIMIT ").int(most);
    Introspection::new(fragment, |row| {
        Ok(TableAcl {
            object: read_object(row)?,
            schema: row.number()?,
            kind: read_kind(row)?,
            row_security: row.flag()?,
            row_security_forced: row.flag()?,
        })
    })
}

/// How many tables each of these schemas has, schemas without any left out.
pub fn table_counts() -> Introspection<(Oid, i64)> {
    Introspection::new(Fragment::of(include_str!("table_counts.sql")), |row| Ok((row.number()?, row.number()?)))
}

/// The access lists of columns on which something was granted, of one table or of all.
pub fn column_acls(table: Option<Oid>) -> Introspection<ColumnAcl> {
    let mut fragment = about(include_str!("column_acls.sql"), "   AND a.attrelid = ", table);
    fragment.sql(" ORDER BY a.attrelid, a.attnum");
    Introspection::new(fragment, |row| Ok(ColumnAcl { table: row.number()?, name: row.ident()?, acl: read_acl(row)? }))
}

/// The rights that objects are given when they are made, where somebody said so: by the name of who makes them, and by kind.
pub fn default_acls() -> Introspection<DefaultAcl> {
    Introspection::new(Fragment::of(include_str!("default_acls.sql")), |row| {
        Ok(DefaultAcl {
            owner: row.number()?,
            schema: row.optional_number()?,
            objects: row.letter()?.and_then(Objects::from_letter).ok_or_else(|| row.form("a kind of object"))?,
            acl: read_acl(row)?,
        })
    })
}

/// The policies of one table or of all, by name.
pub fn policies(table: Option<Oid>) -> Introspection<Policy> {
    let mut fragment = about(include_str!("policies.sql"), " WHERE p.polrelid = ", table);
    fragment.sql(" ORDER BY p.polname");
    Introspection::new(fragment, |row| {
        Ok(Policy {
            oid: row.number()?,
            table: row.number()?,
            name: row.ident()?,
            command: {
                let letter = row.letter()?;
                letter.and_then(PolicyCommand::from_letter).ok_or_else(|| row.form("a command of a policy"))?
            },
            permissive: row.flag()?,
            roles: row.numbers()?,
            using: row.owned()?,
            check: row.owned()?,
        })
    })
}

fn about(sql: &'static str, condition: &'static str, table: Option<Oid>) -> Fragment {
    let mut fragment = Fragment::of(sql);
    if let Some(oid) = table {
        fragment.sql(condition).int(oid);
    }
    fragment
}

fn read_object(row: &mut Fields<'_>) -> Result<ObjectAcl, DecodeError> {
    Ok(ObjectAcl { oid: row.number()?, name: row.ident()?, owner: row.number()?, acl: read_acl(row)? })
}

fn read_acl(row: &mut Fields<'_>) -> Result<Vec<AclItem>, DecodeError> {
    let item = |text: &String| {
        let (grantee, privilege) = text.split_once(':')?;
        let grantee: Oid = grantee.parse().ok()?;
        // The number 0 stands for PUBLIC.
        Some(AclItem { grantee: (grantee != 0).then_some(grantee), privilege: privilege.to_owned() })
    };
    let items = row.texts()?.iter().map(item).collect::<Option<_>>();
    items.ok_or_else(|| row.form("an access list"))
}
