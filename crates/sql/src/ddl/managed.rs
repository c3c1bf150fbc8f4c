//! What the managed PostgreSQL asks about itself before it changes itself, or is copied as a whole; and how it is made from a copy.
//!
//! What is copied comes as JSON, one row of one `text` for each thing: these few rows are read once and written into a file.

use crate::ddl::grant::Privilege;
use crate::frag::{Fragment, Statement};
use crate::ident::Ident;

/// Finds a database: one row with its object identifier (`int8`) and the name of the role that owns it (`text`), or none.
pub fn database(name: &Ident) -> Statement {
    let mut fragment =
        Fragment::of("SELECT d.oid::int8, pg_catalog.pg_get_userbyid(d.datdba)::text FROM pg_catalog.pg_database d");
    fragment.sql(" WHERE d.datname = ").bind(name.as_str());
    fragment.finish()
}

/// Reads every role but the bootstrap superuser and PostgreSQL's own. Only a superuser may read the verifiers.
pub fn roles() -> Statement {
    Fragment::of(
        "SELECT pg_catalog.json_build_object('name', a.rolname, 'inherit', a.rolinherit, 'create_role', a.rolcreaterole, \
         'create_db', a.rolcreatedb, 'login', a.rolcanlogin, 'above', a.rolsuper OR a.rolreplication OR a.rolbypassrls, \
         'connection_limit', a.rolconnlimit, 'verifier', a.rolpassword, 'valid_until', a.rolvaliduntil, \
         'comment', pg_catalog.shobj_description(a.oid, 'pg_authid'))::text \
         FROM pg_catalog.pg_authid a WHERE a.rolname !~ '^pg_' AND a.oid <> 10 ORDER BY a.rolname",
    )
    .finish()
}

/// Reads who is a member of what. PostgreSQL 15 has no options of inheriting and setting: they come as NULL.
pub fn memberships() -> Statement {
    Fragment::of(
        "SELECT pg_catalog.json_build_object('role', pg_catalog.pg_get_userbyid(m.roleid), \
         'member', pg_catalog.pg_get_userbyid(m.member), \
         'grantor', CASE WHEN m.grantor <> 10 THEN pg_catalog.pg_get_userbyid(m.grantor) END, 'admin', m.admin_option, \
         'inherit', pg_catalog.to_jsonb(m) -> 'inherit_option', 'set', pg_catalog.to_jsonb(m) -> 'set_option')::text \
         FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_authid a ON a.oid = m.member \
         WHERE a.rolname !~ '^pg_' AND m.member <> 10 ORDER BY m.roleid, m.member",
    )
    .finish()
}

/// Reads every database that people's tables can be in, with who may do what to it.
pub fn databases() -> Statement {
    Fragment::of(
        "SELECT pg_catalog.json_build_object('name', d.datname, 'owner', pg_catalog.pg_get_userbyid(d.datdba), \
         'connection_limit', d.datconnlimit, 'comment', pg_catalog.shobj_description(d.oid, 'pg_database'), \
         'bytes', pg_catalog.pg_database_size(d.oid), 'rights', (SELECT coalesce(pg_catalog.json_agg(\
         pg_catalog.json_build_object('grantee', CASE WHEN a.grantee <> 0 THEN pg_catalog.pg_get_userbyid(a.grantee) END, \
         'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]') \
         FROM pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a))::text \
         FROM pg_catalog.pg_database d WHERE NOT d.datistemplate AND d.datallowconn AND d.datname <> 'postgres' \
         ORDER BY d.datname",
    )
    .finish()
}

/// Reads the settings that roles and databases carry.
pub fn settings() -> Statement {
    Fragment::of(
        "SELECT pg_catalog.json_build_object('database', d.datname, 'role', r.rolname, 'settings', s.setconfig)::text \
         FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase \
         LEFT JOIN pg_catalog.pg_authid r ON r.oid = s.setrole \
         WHERE s.setrole <> 10 AND d.datname IS DISTINCT FROM 'postgres' ORDER BY d.datname, r.rolname",
    )
    .finish()
}

/// Reads the names of the schemas that are not PostgreSQL's own.
pub fn schemas() -> Statement {
    Fragment::of(
        "SELECT n.nspname::text FROM pg_catalog.pg_namespace n \
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1",
    )
    .finish()
}

/// Reads the numbers of the tables, and of their columns, of the database that one is connected to: a copy has other ones.
pub fn table_numbers() -> Statement {
    Fragment::of(
        "SELECT pg_catalog.json_build_object('oid', c.oid::int8, 'schema', n.nspname, 'name', c.relname, 'columns', \
         (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(a.attnum, a.attname)), '[]') \
         FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))::text \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
    )
    .finish()
}

/// Reads the databases whose texts were sorted by another version of the collation than this server has, so that their indexes
/// may be wrong: one row of name, recorded version and present version.
pub fn outdated_collations() -> Statement {
    Fragment::of(
        "SELECT d.datname::text, d.datcollversion, pg_catalog.pg_database_collation_actual_version(d.oid) \
         FROM pg_catalog.pg_database d WHERE d.datallowconn \
         AND d.datcollversion <> pg_catalog.pg_database_collation_actual_version(d.oid) ORDER BY 1",
    )
    .finish()
}

/// Builds all indexes of the database anew that one is connected to. Cannot run inside a transaction.
pub fn reindex(database: &Ident) -> Statement {
    let mut fragment = Fragment::of("REINDEX DATABASE ");
    fragment.ident(database);
    fragment.finish()
}

/// Notes that the database sorts by the present version of its collation.
pub fn refresh_collation_version(database: &Ident) -> Statement {
    let mut fragment = Fragment::of("ALTER DATABASE ");
    fragment.ident(database).sql(" REFRESH COLLATION VERSION");
    fragment.finish()
}

/// Gathers the planner's statistics about the whole database.
pub fn analyze() -> Statement {
    Fragment::of("ANALYZE").finish()
}

/// What a copied role may do. It is never a superuser, and neither replicates nor passes by policies.
#[derive(Clone, Copy, Debug)]
pub struct Attributes {
    /// `INHERIT`.
    pub inherit: bool,
    /// `CREATEROLE`.
    pub create_role: bool,
    /// `CREATEDB`.
    pub create_db: bool,
}

/// Makes a role like the one that was copied, which nobody can sign in as yet.
pub fn create_role(name: &Ident, attributes: Attributes) -> Statement {
    let mut fragment = Fragment::of("CREATE ROLE ");
    fragment.ident(name).sql(" NOSUPERUSER NOREPLICATION NOBYPASSRLS NOLOGIN");
    fragment.sql(if attributes.inherit { " INHERIT" } else { " NOINHERIT" });
    fragment.sql(if attributes.create_role { " CREATEROLE" } else { " NOCREATEROLE" });
    fragment.sql(if attributes.create_db { " CREATEDB" } else { " NOCREATEDB" });
    fragment.finish()
}

/// Lets a role sign in with a password, whose verifier this is.
pub fn let_in(name: &Ident, verifier: &str) -> Statement {
    let mut fragment = Fragment::of("ALTER ROLE ");
    fragment.ident(name).sql(" LOGIN PASSWORD ").secret(verifier);
    fragment.finish()
}

/// How a role signs in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// `LOGIN`.
    pub login: bool,
    /// The SCRAM verifier of its password.
    pub verifier: Option<&'a str>,
    /// `CONNECTION LIMIT`; -1 is none.
    pub connection_limit: i32,
    /// `VALID UNTIL`.
    pub valid_until: Option<&'a str>,
}

/// Lets a role sign in as it did where it was copied.
pub fn set_sign_in(name: &Ident, how: &SignIn<'_>) -> Statement {
    let mut fragment = Fragment::of("ALTER ROLE ");
    fragment.ident(name).sql(if how.login { " LOGIN" } else { " NOLOGIN" });
    fragment.sql(" CONNECTION LIMIT ").int(how.connection_limit).sql(" PASSWORD ");
    match how.verifier {
        Some(verifier) => fragment.secret(verifier),
        None => fragment.sql("NULL"),
    };
    if let Some(moment) = how.valid_until {
        fragment.sql(" VALID UNTIL ").literal(moment);
    }
    fragment.finish()
}

/// How a member is one. `None` leaves what PostgreSQL does by itself, which is all that version 15 can.
#[derive(Clone, Copy, Debug, Default)]
pub struct MembershipOptions {
    /// May make others members.
    pub admin: bool,
    /// Has the role's rights without asking for them.
    pub inherit: Option<bool>,
    /// May become the role.
    pub set: Option<bool>,
}

/// Makes `member` a member of `role`; `grantor` must be able to, `None` is whoever runs it.
pub fn grant_membership(role: &Ident, member: &Ident, how: MembershipOptions, grantor: Option<&Ident>) -> Statement {
    let mut fragment = Fragment::of("GRANT ");
    fragment.ident(role).sql(" TO ").ident(member);
    let word = |value: bool| if value { "TRUE" } else { "FALSE" };
    let mut options = Vec::new();
    for (name, value) in [(" INHERIT ", how.inherit), (" SET ", how.set)] {
        if let Some(value) = value {
            let mut option = Fragment::of(name);
            option.sql(word(value));
            options.push(option);
        }
    }
    if how.admin {
        options.push(Fragment::of(" ADMIN OPTION"));
    }
    if !options.is_empty() {
        fragment.sql(" WITH").join(",", options);
    }
    if let Some(grantor) = grantor {
        fragment.sql(" GRANTED BY ").ident(grantor);
    }
    fragment.finish()
}

/// Grants a right on a database, `PUBLIC` for no grantee.
pub fn grant_on_database(database: &Ident, right: Privilege, grantee: Option<&Ident>, grantable: bool) -> Statement {
    let mut fragment = Fragment::of("GRANT ");
    fragment.sql(right.as_sql()).sql(" ON DATABASE ").ident(database).sql(" TO ");
    match grantee {
        Some(role) => fragment.ident(role),
        None => fragment.sql("PUBLIC"),
    };
    if grantable {
        fragment.sql(" WITH GRANT OPTION");
    }
    fragment.finish()
}

/// Opens the schemas that `owner` makes from now on to everybody, or no longer.
pub fn open_new_schemas(owner: &Ident, open: bool) -> Statement {
    let mut fragment = Fragment::of("ALTER DEFAULT PRIVILEGES FOR ROLE ");
    fragment.ident(owner).sql(if open {
        " GRANT CREATE, USAGE ON SCHEMAS TO PUBLIC"
    } else {
        " REVOKE CREATE, USAGE ON SCHEMAS FROM PUBLIC"
    });
    fragment.finish()
}

/// Limits how many may be connected to a database; -1 does not.
pub fn limit_connections(database: &Ident, limit: i32) -> Statement {
    let mut fragment = Fragment::of("ALTER DATABASE ");
    fragment.ident(database).sql(" CONNECTION LIMIT ").int(limit);
    fragment.finish()
}

/// Becomes `role` until the transaction ends.
pub fn become_role(role: &Ident) -> Statement {
    let mut fragment = Fragment::of("SET LOCAL ROLE ");
    fragment.ident(role);
    fragment.finish()
}

/// Sets a run-time setting until the transaction ends; lists are written as PostgreSQL shows them.
pub fn set_here(name: &str, value: &str) -> Statement {
    let mut fragment = Fragment::of("SELECT pg_catalog.set_config(");
    fragment.bind(name).sql(", ").bind(value).sql(", true)");
    fragment.finish()
}

/// Lets what is set at this moment be the setting of a role, of a database, or of the one in the other. `name` is in parts, as
/// settings of extensions have two.
pub fn keep_setting(role: Option<&Ident>, database: Option<&Ident>, name: &[Ident]) -> Statement {
    let mut fragment = Fragment::of("ALTER ");
    match (role, database) {
        (Some(role), None) => fragment.sql("ROLE ").ident(role),
        (Some(role), Some(database)) => fragment.sql("ROLE ").ident(role).sql(" IN DATABASE ").ident(database),
        (None, Some(database)) => fragment.sql("DATABASE ").ident(database),
        (None, None) => fragment.sql("ROLE ALL"),
    };
    let parts = name.iter().map(|part| {
        let mut piece = Fragment::new();
        piece.ident(part);
        piece
    });
    fragment.sql(" SET ").join(".", parts).sql(" FROM CURRENT");
    fragment.finish()
}
