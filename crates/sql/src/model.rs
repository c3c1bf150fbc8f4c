//! The picture of a database that statements are built from: pure data, read from the catalogue by [`crate::introspect`].

use mathesar_types::pgtype::ColumnType;

use crate::ddl::default_privileges::Objects;
use crate::ident::{Ident, QName};
use crate::type_ref::TypeRef;

/// An object identifier.
pub type Oid = u32;

/// The number of a column within its table (`pg_attribute.attnum`).
pub type Attnum = i16;

/// A database of a server, or the one that we are connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// `pg_database.oid`.
    pub oid: Oid,
    /// Name.
    pub name: Ident,
    /// The owning role.
    pub owner: Oid,
    /// Whether the current role is the owner or a member of it.
    pub current_role_owns: bool,
    /// Whether the current role has `CONNECT`.
    pub connect: bool,
    /// Whether the current role has `CREATE`.
    pub create: bool,
    /// Whether the current role has `TEMPORARY`.
    pub temporary: bool,
    /// Comment.
    pub comment: Option<String>,
}

/// A schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// `pg_namespace.oid`.
    pub oid: Oid,
    /// Name.
    pub name: Ident,
    /// The owning role.
    pub owner: Oid,
    /// Whether the current role is the owner or a member of it.
    pub current_role_owns: bool,
    /// Whether the current role has `USAGE`.
    pub usage: bool,
    /// Whether the current role has `CREATE`.
    pub create: bool,
    /// Comment.
    pub comment: Option<String>,
    /// Tables of one's own kind in it: ordinary, partitioned and foreign ones; partitions are counted with their parent.
    pub table_count: u32,
}

/// A role, as PostgreSQL's `pg_roles` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// `pg_roles.oid`.
    pub oid: Oid,
    /// Name.
    pub name: Ident,
    /// `SUPERUSER`.
    pub superuser: bool,
    /// `INHERIT`.
    pub inherits: bool,
    /// `CREATEROLE`.
    pub create_role: bool,
    /// `CREATEDB`.
    pub create_db: bool,
    /// `LOGIN`.
    pub login: bool,
    /// Comment.
    pub comment: Option<String>,
    /// Its direct members.
    pub members: Vec<RoleMember>,
    /// Whether it is the role that asks.
    pub is_current: bool,
    /// Whether the role that asks is a member of it, directly or not.
    pub current_is_member: bool,
}

/// A direct member of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleMember {
    /// The member.
    pub oid: Oid,
    /// Whether it may grant the membership on.
    pub admin: bool,
}

/// A right on an object that a role was granted itself, by one grantor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who has it.
    pub role: Oid,
    /// Its name.
    pub role_name: Ident,
    /// PostgreSQL's word for the right.
    pub privilege: String,
    /// Who granted it: the owner, or one who has it with the option to grant it on.
    pub grantor: Ident,
}

/// A right on a single column that a role was granted itself, by one grantor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnGrant {
    /// The column.
    pub attnum: Attnum,
    /// Who has what from whom.
    pub grant: Grant,
}

/// A direct membership in a role, by one grantor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Who is a member.
    pub member: Oid,
    /// Its name.
    pub member_name: Ident,
    /// Who granted it, before PostgreSQL 16 `None`: there a membership is one, whoever granted it.
    pub grantor: Option<Ident>,
}

/// The kinds of relations that have rows to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TableKind {
    /// An ordinary table (`r`).
    Table,
    /// A partitioned table (`p`).
    Partitioned,
    /// A view (`v`).
    View,
    /// A materialised view (`m`).
    MaterializedView,
    /// A foreign table (`f`).
    Foreign,
}

impl TableKind {
    /// The word of `COMMENT ON`, `ALTER` and `DROP`.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Table | Self::Partitioned => "TABLE",
            Self::View => "VIEW",
            Self::MaterializedView => "MATERIALIZED VIEW",
            Self::Foreign => "FOREIGN TABLE",
        }
    }
}

/// What the current role may do with a whole table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TablePrivileges {
    /// `SELECT` on every column.
    pub select: bool,
    /// `INSERT` into every column.
    pub insert: bool,
    /// `UPDATE` of every column.
    pub update: bool,
    /// `DELETE`.
    pub delete: bool,
    /// `TRUNCATE`.
    pub truncate: bool,
    /// `REFERENCES`.
    pub references: bool,
    /// `TRIGGER`.
    pub trigger: bool,
    /// `MAINTAIN`; before PostgreSQL 17, which has no such right, `false`.
    pub maintain: bool,
}

/// A relation without its columns: an entry of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSummary {
    /// `pg_class.oid`.
    pub oid: Oid,
    /// The schema.
    pub schema_oid: Oid,
    /// Schema and name.
    pub name: QName,
    /// What it is.
    pub kind: TableKind,
    /// The owning role.
    pub owner: Oid,
    /// Whether the current role is the owner or a member of it.
    pub current_role_owns: bool,
    /// What the current role may do.
    pub privileges: TablePrivileges,
    /// Comment.
    pub comment: Option<String>,
    /// Rows as PostgreSQL last estimated them; `None` when it was never analysed.
    pub estimated_rows: Option<u64>,
    /// Size in pages of 8 kB, as last estimated.
    pub pages: u32,
    /// Whether row-level security is on.
    pub row_security: bool,
    /// Whether other tables inherit from it, so that its own keys do not hold for all the rows that it shows.
    pub has_inheritors: bool,
    /// The table that it is a partition of.
    pub partition_of: Option<Oid>,
}

/// A table, view or foreign table with everything that reading and changing its rows needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What its entry in a list says.
    pub summary: TableSummary,
    /// Its columns by position, dropped ones left out.
    pub columns: Vec<Column>,
    /// What names one of its rows.
    pub key: RowIdentity,
    /// Its constraints.
    pub constraints: Vec<Constraint>,
}

impl Table {
    /// `pg_class.oid`.
    pub const fn oid(&self) -> Oid {
        self.summary.oid
    }

    /// Schema and name.
    pub const fn name(&self) -> &QName {
        &self.summary.name
    }

    /// The column of that number.
    pub fn column(&self, attnum: Attnum) -> Option<&Column> {
        self.columns.iter().find(|column| column.attnum == attnum)
    }

    /// The columns that the current role may read.
    pub fn readable(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.privileges.select)
    }

    /// The columns of the primary key; none without one.
    pub fn primary_key(&self) -> &[Attnum] {
        self.constraints.iter().find(|c| c.kind == ConstraintKind::Primary).map_or(&[], |c| c.columns.as_slice())
    }

    /// The foreign keys.
    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint, &ForeignKey)> {
        self.constraints.iter().filter_map(|constraint| Some((constraint, constraint.foreign_key.as_ref()?)))
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its number; numbers of dropped columns stay unused.
    pub attnum: Attnum,
    /// Name.
    pub name: Ident,
    /// Type with modifier.
    pub ty: ColumnType,
    /// Whether it refuses NULL, by itself or by its domain.
    pub not_null: bool,
    /// Its default; for a generated column the default is its expression.
    pub default: Option<ColumnDefault>,
    /// Whether it is an identity column.
    pub identity: Option<Identity>,
    /// Whether it is a generated column.
    pub generated: Option<Generated>,
    /// Comment.
    pub comment: Option<String>,
    /// What the current role may do with it.
    pub privileges: ColumnPrivileges,
    /// Whether something outside its table would be lost with it: a view, a function, another table's foreign key.
    pub has_dependents: bool,
}

impl Column {
    /// The type without its modifier, to cast values to.
    pub fn type_ref(&self) -> TypeRef {
        TypeRef::of(&self.ty.pg)
    }

    /// Whether PostgreSQL computes the value and refuses one from outside.
    pub const fn is_computed(&self) -> bool {
        self.generated.is_some() || matches!(self.identity, Some(Identity::Always))
    }
}

/// A column's default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDefault {
    /// As `pg_get_expr` writes it.
    pub expression: String,
    /// The value as text when the default is a plain literal; `None` when it is computed for each row.
    pub literal: Option<String>,
}

/// The forms of identity columns (`pg_attribute.attidentity`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Identity {
    /// `GENERATED ALWAYS AS IDENTITY`.
    Always,
    /// `GENERATED BY DEFAULT AS IDENTITY`.
    ByDefault,
}

/// The forms of generated columns: those of tables (`pg_attribute.attgenerated`) and of views.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Generated {
    /// `STORED`.
    Stored,
    /// `VIRTUAL`, from PostgreSQL 18 on.
    Virtual,
    /// A column of a view that is no column of the table behind it.
    Expression,
}

/// What the current role may do with a column, by grants on the column or on the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ColumnPrivileges {
    /// `SELECT`.
    pub select: bool,
    /// `INSERT`.
    pub insert: bool,
    /// `UPDATE`.
    pub update: bool,
    /// `REFERENCES`.
    pub references: bool,
}

/// What names a row of a table. Every place that has to name a row reads this one answer (architecture, section 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowIdentity {
    /// The primary key.
    PrimaryKey(Vec<Attnum>),
    /// A unique key of columns that are all NOT NULL.
    Unique(Vec<Attnum>),
    /// The row version itself: `tableoid`, `ctid` and a digest of the readable columns.
    RowVersion,
    /// Nothing: rows can be shown, not changed.
    ReadOnly(ReadOnlyReason),
}

impl RowIdentity {
    /// The key's columns; none for a row version.
    pub fn columns(&self) -> &[Attnum] {
        match self {
            Self::PrimaryKey(columns) | Self::Unique(columns) => columns,
            Self::RowVersion | Self::ReadOnly(_) => &[],
        }
    }
}

/// Why no row of a table can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadOnlyReason {
    /// A view of several tables, or one that does not show a key of its table.
    View,
    /// A materialised view: PostgreSQL itself refuses changes.
    MaterializedView,
    /// A foreign table without a key: its wrapper need not know `ctid`.
    Foreign,
    /// The role may read some columns only, none of which is a key; `ctid` needs `SELECT` on the table.
    NoReadableKey,
}

/// A constraint of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// `pg_constraint.oid`.
    pub oid: Oid,
    /// Name.
    pub name: Ident,
    /// What it demands.
    pub kind: ConstraintKind,
    /// The columns of the table that it is about, in the constraint's order.
    pub columns: Vec<Attnum>,
    /// As `pg_get_constraintdef` writes it.
    pub definition: String,
    /// Whether it is `DEFERRABLE`.
    pub deferrable: bool,
    /// Where a foreign key points.
    pub foreign_key: Option<ForeignKey>,
}

/// An index of a table or materialised view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its `pg_class.oid`.
    pub oid: Oid,
    /// Name; its schema is that of its table.
    pub name: Ident,
    /// Name of its method (`pg_am.amname`).
    pub method: String,
    /// Whether no two rows may have the same keys.
    pub unique: bool,
    /// What it finds rows by; 0 stands for an expression.
    pub columns: Vec<Attnum>,
    /// The condition for the rows that are in it, as `pg_get_expr` writes it.
    pub predicate: Option<String>,
    /// As `pg_get_indexdef` writes it.
    pub definition: String,
    /// The constraint that it is for.
    pub constraint: Option<Oid>,
    /// Whether queries can use it.
    pub valid: bool,
}

/// The kinds of constraints (`pg_constraint.contype`); NOT NULL is a property of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConstraintKind {
    /// `CHECK`.
    Check,
    /// `FOREIGN KEY`.
    Foreign,
    /// `PRIMARY KEY`.
    Primary,
    /// `UNIQUE`.
    Unique,
    /// `EXCLUDE`.
    Exclude,
}

/// Where a foreign key points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// The table pointed at.
    pub target: Oid,
    /// Its schema and name.
    pub target_name: QName,
    /// Its columns, in the order of the constraint's own columns.
    pub target_columns: Vec<Attnum>,
    /// `MATCH FULL`: of several columns either all are NULL or none.
    pub match_full: bool,
    /// `ON UPDATE`.
    pub on_update: ForeignKeyAction,
    /// `ON DELETE`.
    pub on_delete: ForeignKeyAction,
}

/// A foreign key between two tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// `pg_constraint.oid`.
    pub constraint: Oid,
    /// The table that refers.
    pub table: Oid,
    /// Its columns.
    pub columns: Vec<Attnum>,
    /// The table referred to.
    pub target: Oid,
    /// The columns there, in the same order.
    pub target_columns: Vec<Attnum>,
}

/// What happens to referring rows (`pg_constraint.confupdtype`, `confdeltype`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ForeignKeyAction {
    /// `NO ACTION`.
    #[default]
    NoAction,
    /// `RESTRICT`.
    Restrict,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL`.
    SetNull,
    /// `SET DEFAULT`.
    SetDefault,
}

impl ForeignKeyAction {
    /// The words of SQL.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }

    /// The letter that the catalogue and the original's API use.
    pub const fn letter(self) -> char {
        match self {
            Self::NoAction => 'a',
            Self::Restrict => 'r',
            Self::Cascade => 'c',
            Self::SetNull => 'n',
            Self::SetDefault => 'd',
        }
    }

    /// Reads the catalogue's letter.
    pub const fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'a' => Self::NoAction,
            'r' => Self::Restrict,
            'c' => Self::Cascade,
            'n' => Self::SetNull,
            'd' => Self::SetDefault,
            _ => return None,
        })
    }
}

/// What the other end of a connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// `server_version_num`: 150004 for 15.4.
    pub version_number: u32,
    /// `server_version`, for people.
    pub version: String,
    /// `current_user`.
    pub role: Ident,
    /// `current_database()`.
    pub database: Ident,
    /// Whether it is a replica or the role only reads by default (`default_transaction_read_only`).
    pub read_only: bool,
    /// `server_encoding`.
    pub encoding: String,
}

/// Something that depends on an object and would stop its removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependant {
    /// As `pg_identify_object` calls its kind: `view`, `table constraint`, `function`.
    pub kind: String,
    /// As `pg_describe_object` describes it, such as `view sales.totals`.
    pub description: String,
}

/// A role as far as it decides what may be done, PostgreSQL's own roles among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolePowers {
    /// `pg_roles.oid`.
    pub oid: Oid,
    /// Name.
    pub name: Ident,
    /// `SUPERUSER`.
    pub superuser: bool,
    /// `BYPASSRLS`.
    pub bypasses_row_security: bool,
}

/// That a role is a direct member of another, whoever granted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberOf {
    /// The role that has members.
    pub role: Oid,
    /// Its member.
    pub member: Oid,
    /// Whether the member has the role's rights without doing anything.
    pub inherits: bool,
    /// Whether the member may `SET ROLE` to it.
    pub may_set: bool,
}

/// A right as an object's access list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclItem {
    /// Who has it; `None` is `PUBLIC`.
    pub grantee: Option<Oid>,
    /// PostgreSQL's word for the right.
    pub privilege: String,
}

/// An object and its whole access list. Where nothing was ever granted, that is PostgreSQL's default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectAcl {
    /// Object identifier.
    pub oid: Oid,
    /// Name.
    pub name: Ident,
    /// The owning role.
    pub owner: Oid,
    /// Who may do what.
    pub acl: Vec<AclItem>,
}

/// A table, view or foreign table and its access list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableAcl {
    /// What it is called, whose it is, who may do what with the whole of it.
    pub object: ObjectAcl,
    /// The schema.
    pub schema: Oid,
    /// What it is.
    pub kind: TableKind,
    /// Whether row-level security is on.
    pub row_security: bool,
    /// Whether it holds for the owner too.
    pub row_security_forced: bool,
}

/// A column on which something was granted, and its access list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnAcl {
    /// The table.
    pub table: Oid,
    /// The column's name.
    pub name: Ident,
    /// Who may do what with it, besides those who may with the table.
    pub acl: Vec<AclItem>,
}

/// The rights that objects are given when they are made, as far as somebody changed PostgreSQL's own (a row of `pg_default_acl`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultAcl {
    /// The role that makes them.
    pub owner: Oid,
    /// The schema in which it makes them, and whose rights come on top of those of the database; `None` is the whole database, where
    /// the list is all that they have.
    pub schema: Option<Oid>,
    /// What they are.
    pub objects: Objects,
    /// Who may do what.
    pub acl: Vec<AclItem>,
}

/// A policy of row-level security.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// `pg_policy.oid`.
    pub oid: Oid,
    /// The table.
    pub table: Oid,
    /// Name, unique within the table.
    pub name: Ident,
    /// The commands that it is about.
    pub command: PolicyCommand,
    /// Whether it lets rows through, rather than holding back what others let through.
    pub permissive: bool,
    /// The roles that it is about; none is `PUBLIC`.
    pub roles: Vec<Oid>,
    /// Which rows are seen, as `pg_get_expr` writes it.
    pub using: Option<String>,
    /// Which rows may be written, as `pg_get_expr` writes it; `None` where `using` decides that too.
    pub check: Option<String>,
}

/// The commands that a policy is about (`pg_policy.polcmd`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyCommand {
    /// All of them.
    All,
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
}

impl PolicyCommand {
    /// PostgreSQL's word, which the API uses too.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }

    /// Reads the catalogue's letter.
    pub const fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            '*' => Self::All,
            'r' => Self::Select,
            'a' => Self::Insert,
            'w' => Self::Update,
            'd' => Self::Delete,
            _ => return None,
        })
    }
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// `pg_type.oid`.
    pub oid: Oid,
    /// The schema.
    pub schema_oid: Oid,
    /// Schema and name.
    pub name: QName,
    /// As `format_type` writes it.
    pub display: String,
    /// Whether the current role is the owner or a member of it.
    pub current_role_owns: bool,
    /// Its values in their order.
    pub values: Vec<String>,
}
