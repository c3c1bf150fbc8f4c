//! Reads who was granted what.

use super::{DecodeError, Fields, Introspection};
use crate::ddl::grant::Object;
use crate::frag::Fragment;
use crate::model::{ColumnGrant, Grant, Membership, Oid};

/// What roles were granted themselves on an object, by the roles' names: PostgreSQL's own roles and `PUBLIC` left out. Where
/// nothing was ever granted, the object has PostgreSQL's default, which is that the owner has everything.
pub fn direct_grants(on: &Object) -> Introspection<Grant> {
    let mut fragment = Fragment::of(
        "SELECT r.oid::text, r.rolname::text, a.privilege_type, pg_catalog.pg_get_userbyid(a.grantor)::text FROM (",
    );
    match on {
        Object::Database(name) => fragment
            .sql("SELECT coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba)) FROM pg_catalog.pg_database AS d")
            .sql(" WHERE d.datname = ")
            .bind(name.as_str()),
        Object::Schema(name) => fragment
            .sql("SELECT coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)) FROM pg_catalog.pg_namespace AS n")
            .sql(" WHERE n.nspname = ")
            .bind(name.as_str()),
        Object::Table(name) => fragment
            .sql("SELECT coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner)) FROM pg_catalog.pg_class AS c")
            .sql(" JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = ")
            .bind(name.schema.as_str())
            .sql(" AND c.relname = ")
            .bind(name.name.as_str()),
    };
    fragment.sql(
        ") AS o (acl) CROSS JOIN LATERAL pg_catalog.aclexplode(o.acl) AS a \
         JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee WHERE r.rolname !~ '^pg_' ORDER BY r.rolname",
    );
    Introspection::new(fragment, read_grant)
}

/// What roles were granted themselves on single columns of a table, by the roles' names and the columns' numbers: PostgreSQL's own roles
/// and `PUBLIC` left out. What they have by grants on the whole table is not among it.
pub fn column_grants(table: Oid) -> Introspection<ColumnGrant> {
    let mut fragment = Fragment::of(include_str!("column_grants.sql"));
    fragment.int(table).sql(" ORDER BY r.rolname, a.attnum");
    Introspection::new(fragment, |row| Ok(ColumnGrant { grant: read_grant(row)?, attnum: row.number()? }))
}

fn read_grant(row: &mut Fields<'_>) -> Result<Grant, DecodeError> {
    Ok(Grant { role: row.number()?, role_name: row.ident()?, privilege: row.text()?.to_owned(), grantor: row.ident()? })
}

/// The direct memberships in a role, by the members' names.
pub fn memberships(role: Oid) -> Introspection<Membership> {
    let mut fragment = Fragment::of(
        "SELECT m.member::text, pg_catalog.pg_get_userbyid(m.member)::text, \
         CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000 \
         THEN pg_catalog.pg_get_userbyid(m.grantor)::text END FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = ",
    );
    fragment.int(role).sql(" ORDER BY 2, 3");
    Introspection::new(fragment, |row| {
        Ok(Membership { member: row.number()?, member_name: row.ident()?, grantor: row.optional_ident()? })
    })
}

/// Whether the current role, which may not become `role`, may let itself do so and take that back without a trace: one row.
/// From PostgreSQL 16 on whoever makes a role administers it, but may not become it.
pub fn may_let_itself_become(role: Oid) -> Introspection<bool> {
    let mut fragment = Fragment::of(
        "SELECT CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000 THEN \
         NOT pg_catalog.pg_has_role(r.oid, 'SET') AND pg_catalog.pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION') \
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = r.oid AND m.member = m.grantor \
         AND pg_catalog.pg_get_userbyid(m.member) = CURRENT_USER) END::text FROM pg_catalog.pg_roles AS r WHERE r.oid = ",
    );
    fragment.int(role);
    Introspection::new(fragment, |row| row.flag())
}
