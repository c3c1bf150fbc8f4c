//! Reads the catalogue: `pg_catalog` only, never `information_schema` (fifteen times slower, and it hides what one does not own).
//!
//! Every query selects text fields only, and each comes with the function that reads its rows, so that the order of the
//! fields is known in one place. Works on PostgreSQL 14 to 18 and needs no right but `CONNECT`.

mod decode;
mod default;
mod reach;
mod rights;
mod table;

pub use decode::{DecodeError, Fields};
pub use reach::{
    column_acls, database_acl, default_acls, members, policies, role_powers, schema_acls, table_acls, table_counts,
};
pub use rights::{column_grants, direct_grants, may_let_itself_become, memberships};
pub use table::{ColumnRow, KeyRow, TableQuery, TypeRow, ViewQuery};

use crate::frag::{Fragment, Statement};
use crate::ident::{Ident, QName};
use crate::model::{
    Attnum, Database, Dependant, Enum, Index, Link, Oid, Role, RoleMember, Schema, Server, Table, TableKind,
    TablePrivileges, TableSummary,
};

/// A catalogue query together with the reader of its rows.
#[derive(Clone, Debug)]
pub struct Introspection<T> {
    statement: Statement,
    read: fn(&mut Fields<'_>) -> Result<T, DecodeError>,
}

impl<T> Introspection<T> {
    fn new(fragment: Fragment, read: fn(&mut Fields<'_>) -> Result<T, DecodeError>) -> Self {
        Self { statement: fragment.finish(), read }
    }

    /// What to run. Every column of its result has the type `text`.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Reads one row, given as its text fields.
    ///
    /// # Errors
    /// [`DecodeError`] when the row is not of the query's form.
    pub fn decode(&self, row: &[Option<&str>]) -> Result<T, DecodeError> {
        (self.read)(&mut Fields::new(row))
    }
}

/// What the other end of the connection is: one row.
pub fn server() -> Introspection<Server> {
    Introspection::new(Fragment::of(include_str!("server.sql")), |row| {
        Ok(Server {
            version_number: row.number()?,
            version: row.text()?.to_owned(),
            role: row.ident()?,
            database: row.ident()?,
            read_only: row.flag()?,
            encoding: row.text()?.to_owned(),
        })
    })
}

/// The databases of the server that accept connections, by name.
pub fn databases() -> Introspection<Database> {
    let mut fragment = Fragment::of(include_str!("databases.sql"));
    fragment.sql(" ORDER BY d.datname");
    Introspection::new(fragment, read_database)
}

/// The database that we are connected to: one row.
pub fn current_database() -> Introspection<Database> {
    let mut fragment = Fragment::of(include_str!("databases.sql"));
    fragment.sql("   AND d.datname = pg_catalog.current_database()");
    Introspection::new(fragment, read_database)
}

/// The schemas that people made, by name.
pub fn schemas() -> Introspection<Schema> {
    let mut fragment = Fragment::of(include_str!("schemas.sql"));
    fragment.sql(" ORDER BY n.nspname");
    Introspection::new(fragment, read_schema)
}

/// One schema: one row, or none when it is gone.
pub fn schema(oid: Oid) -> Introspection<Schema> {
    let mut fragment = Fragment::of(include_str!("schemas.sql"));
    fragment.sql("   AND n.oid = ").int(oid);
    Introspection::new(fragment, read_schema)
}

/// The schema of that name: one row or none.
pub fn schema_by_name(name: &Ident) -> Introspection<Schema> {
    let mut fragment = Fragment::of(include_str!("schemas.sql"));
    fragment.sql("   AND n.nspname = ").bind(name.as_str());
    Introspection::new(fragment, read_schema)
}

/// The roles of the server by name, PostgreSQL's own left out.
pub fn roles() -> Introspection<Role> {
    let mut fragment = Fragment::of(include_str!("roles.sql"));
    fragment.sql(" ORDER BY r.rolname");
    Introspection::new(fragment, read_role)
}

/// The tables, views and foreign tables of a schema by name, partitions among them.
pub fn tables(schema: Oid) -> Introspection<TableSummary> {
    let mut fragment = Fragment::of(include_str!("relations.sql"));
    fragment.sql("   AND c.relnamespace = ").int(schema).sql(" ORDER BY c.relname");
    Introspection::new(fragment, read_summary)
}

/// The entry of one table: one row, or none when it is gone.
pub fn table_summary(oid: Oid) -> Introspection<TableSummary> {
    let mut fragment = Fragment::of(include_str!("relations.sql"));
    fragment.sql("   AND c.oid = ").int(oid);
    Introspection::new(fragment, read_summary)
}

/// Whether a materialised view can be filled anew while others read it: it was filled before, and a unique index over columns
/// tells its rows apart. One row, or none when there is no materialised view of that number.
pub fn refreshable(oid: Oid) -> Introspection<bool> {
    let mut fragment = Fragment::of(include_str!("refreshable.sql"));
    fragment.sql("   AND c.oid = ").int(oid);
    Introspection::new(fragment, |row| row.flag())
}

/// Whether an `INSTEAD OF INSERT` trigger of a view takes the rows that come in, which `COPY` asks for: one row.
pub fn inserts_by_trigger(view: Oid) -> Introspection<bool> {
    // ROW, INSERT and INSTEAD OF, as bits of tgtype.
    let mut fragment =
        Fragment::of("SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger AS g WHERE g.tgtype & 69 = 69 AND g.tgrelid = ");
    fragment.int(view).sql(")::text");
    Introspection::new(fragment, |row| row.flag())
}

/// The entry of the table of that name: one row or none.
pub fn table_by_name(name: &QName) -> Introspection<TableSummary> {
    let mut fragment = Fragment::of(include_str!("relations.sql"));
    fragment.sql("   AND n.nspname = ").bind(name.schema.as_str()).sql(" AND c.relname = ").bind(name.name.as_str());
    Introspection::new(fragment, read_summary)
}

/// The queries that complete the picture of a view. Few relations are views, and these queries cost as much as all others together.
pub fn view(oid: Oid) -> ViewQuery {
    ViewQuery::new(oid)
}

/// The enums of the database, by name.
pub fn enums() -> Introspection<Enum> {
    Introspection::new(Fragment::of(include_str!("enums.sql")), |row| {
        Ok(Enum {
            oid: row.number()?,
            schema_oid: row.number()?,
            name: QName::new(row.ident()?, row.ident()?),
            display: row.text()?.to_owned(),
            current_role_owns: row.flag()?,
            values: row.texts()?,
        })
    })
}

/// The indexes of a table or materialised view, by name.
pub fn indexes(table: Oid) -> Introspection<Index> {
    let mut fragment = Fragment::of(include_str!("indexes.sql"));
    fragment.int(table).sql(" ORDER BY c.relname");
    Introspection::new(fragment, |row| {
        let (oid, name, method, unique) = (row.number()?, row.ident()?, row.text()?.to_owned(), row.flag()?);
        let columns = row.keys()?;
        let (predicate, definition) = (row.owned()?, row.text()?.to_owned());
        let (constraint, valid) = (row.optional_number()?, row.flag()?);
        Ok(Index { oid, name, method, unique, columns, predicate, definition, constraint, valid })
    })
}

/// The queries that make up the whole picture of one table; run them in one transaction or pipeline. [`view`] follows for a view.
pub fn table(oid: Oid) -> TableQuery {
    TableQuery::new(oid)
}

/// The foreign keys of one column in the whole database, those of partitions left out, which are their parent's.
pub fn links() -> Introspection<Link> {
    Introspection::new(Fragment::of(include_str!("links.sql")), |row| {
        Ok(Link {
            constraint: row.number()?,
            table: row.number()?,
            columns: row.numbers()?,
            target: row.number()?,
            target_columns: row.numbers()?,
        })
    })
}

/// SQLSTATE of the failure of [`still_as`]: `division_by_zero`.
pub const NOT_AS_PICTURED: &str = "22012";

/// Fails when the names and types of a table and of its columns are not those of its picture any more. It fails rather than
/// answers so that it can travel with the `COMMIT` that it has to stop.
pub fn still_as(table: &Table) -> Statement {
    let columns: Vec<String> =
        table.columns.iter().map(|c| format!("{} {} {}", c.attnum, c.ty.pg.oid, c.name.as_str())).collect();
    // The name is looked up in PostgreSQL's caches, which costs nothing beside a join of pg_class and pg_namespace.
    let mut fragment = Fragment::of("SELECT 1 / (coalesce(pg_catalog.to_regclass(pg_catalog.format('%I.%I', ");
    fragment.bind(table.name().schema.as_str()).sql(", ").bind(table.name().name.as_str());
    fragment.sql("))::pg_catalog.oid = ").int(table.oid()).sql(", false) AND ARRAY(");
    fragment.sql(include_str!("shape.sql")).int(table.oid());
    fragment.sql(" ORDER BY a.attnum) = ").bind_list(columns.iter().map(|column| Some(column.as_str()))).sql(")::int");
    fragment.finish()
}

/// What depends on a table, or on one of its columns, and would stop its removal.
pub fn dependants(table: Oid, column: Option<Attnum>) -> Introspection<Dependant> {
    let mut fragment = Fragment::of(include_str!("dependants.sql"));
    fragment.sql("   AND d.refobjid = ").int(table);
    if let Some(attnum) = column {
        fragment.sql(" AND d.refobjsubid = ").int(attnum);
    }
    fragment.sql(" AND x.objid <> ").int(table).sql(" ORDER BY 2");
    Introspection::new(fragment, |row| {
        Ok(Dependant { kind: row.text()?.to_owned(), description: row.text()?.to_owned() })
    })
}

/// What lies outside of schemas and would be lost with them: views of other schemas, foreign keys of other tables, columns of their
/// types.
pub fn schema_dependants(schemas: &[Oid]) -> Introspection<Dependant> {
    let number = |oid: &Oid| {
        let mut fragment = Fragment::new();
        fragment.int(*oid);
        fragment
    };
    let mut fragment = Fragment::of("WITH schema (oid) AS (SELECT pg_catalog.unnest(ARRAY[");
    fragment.join(", ", schemas.iter().map(number)).sql(include_str!("schema_dependants.sql"));
    Introspection::new(fragment, |row| {
        Ok(Dependant { kind: row.text()?.to_owned(), description: row.text()?.to_owned() })
    })
}

fn read_database(row: &mut Fields<'_>) -> Result<Database, DecodeError> {
    Ok(Database {
        oid: row.number()?,
        name: row.ident()?,
        owner: row.number()?,
        current_role_owns: row.flag()?,
        connect: row.flag()?,
        create: row.flag()?,
        temporary: row.flag()?,
        comment: row.owned()?,
    })
}

fn read_schema(row: &mut Fields<'_>) -> Result<Schema, DecodeError> {
    Ok(Schema {
        oid: row.number()?,
        name: row.ident()?,
        owner: row.number()?,
        current_role_owns: row.flag()?,
        usage: row.flag()?,
        create: row.flag()?,
        comment: row.owned()?,
        table_count: row.number()?,
    })
}

fn read_role(row: &mut Fields<'_>) -> Result<Role, DecodeError> {
    Ok(Role {
        oid: row.number()?,
        name: row.ident()?,
        superuser: row.flag()?,
        inherits: row.flag()?,
        create_role: row.flag()?,
        create_db: row.flag()?,
        login: row.flag()?,
        comment: row.owned()?,
        members: row.texts()?.iter().map(|text| read_member(text, row)).collect::<Result<_, _>>()?,
        is_current: row.flag()?,
        current_is_member: row.flag()?,
    })
}

fn read_member(text: &str, row: &Fields<'_>) -> Result<RoleMember, DecodeError> {
    let (oid, admin) = text.split_once(':').ok_or_else(|| row.form("a membership"))?;
    Ok(RoleMember { oid: oid.parse().map_err(|_| row.form("a membership"))?, admin: admin.starts_with('t') })
}

fn read_summary(row: &mut Fields<'_>) -> Result<TableSummary, DecodeError> {
    Ok(TableSummary {
        oid: row.number()?,
        schema_oid: row.number()?,
        name: QName::new(row.ident()?, row.ident()?),
        kind: read_kind(row)?,
        owner: row.number()?,
        current_role_owns: row.flag()?,
        privileges: TablePrivileges {
            select: row.flag()?,
            insert: row.flag()?,
            update: row.flag()?,
            delete: row.flag()?,
            truncate: row.flag()?,
            references: row.flag()?,
            trigger: row.flag()?,
            maintain: row.flag()?,
        },
        comment: row.owned()?,
        estimated_rows: row.optional_number()?,
        pages: row.number()?,
        row_security: row.flag()?,
        has_inheritors: row.flag()?,
        partition_of: row.optional_number()?,
    })
}

fn read_kind(row: &mut Fields<'_>) -> Result<TableKind, DecodeError> {
    Ok(match row.letter()? {
        Some('r') => TableKind::Table,
        Some('p') => TableKind::Partitioned,
        Some('v') => TableKind::View,
        Some('m') => TableKind::MaterializedView,
        Some('f') => TableKind::Foreign,
        _ => return Err(row.form("a kind of relation")),
    })
}
