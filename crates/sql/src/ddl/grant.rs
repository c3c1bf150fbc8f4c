//! Rights.

use std::fmt;

use crate::frag::{Fragment, Statement};
use crate::ident::{Ident, QName};

/// What a right is about.
#[derive(Clone, Debug)]
pub enum Object {
    /// A database.
    Database(Ident),
    /// A schema.
    Schema(Ident),
    /// A table, view or foreign table.
    Table(QName),
}

/// A right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Privilege {
    /// `CONNECT` to a database.
    Connect,
    /// `CREATE` in a database or schema.
    Create,
    /// `TEMPORARY` tables in a database.
    Temporary,
    /// `USAGE` of a schema, sequence or type.
    Usage,
    /// `EXECUTE` of a function.
    Execute,
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `TRUNCATE`.
    Truncate,
    /// `REFERENCES`.
    References,
    /// `TRIGGER`.
    Trigger,
    /// `MAINTAIN`: `VACUUM`, `ANALYZE`, `REINDEX`, `REFRESH MATERIALIZED VIEW` and the like.
    Maintain,
}

/// The rights that there are on single columns of a table, in the order in which they are listed.
pub const ON_COLUMNS: &[Privilege] = &[Privilege::Select, Privilege::Insert, Privilege::Update, Privilege::References];

impl Object {
    /// The rights that there are on it, in the order in which they are listed; some of them not [on every server](Privilege::since).
    pub const fn privileges(&self) -> &'static [Privilege] {
        use Privilege::{
            Connect, Create, Delete, Insert, Maintain, References, Select, Temporary, Trigger, Truncate, Update, Usage,
        };
        match self {
            Self::Database(_) => &[Connect, Create, Temporary],
            Self::Schema(_) => &[Usage, Create],
            Self::Table(_) => &[Select, Insert, Update, Delete, Truncate, References, Trigger, Maintain],
        }
    }

    /// The right on it that PostgreSQL calls `word`; `None` for one that is not among [`privileges`](Self::privileges).
    pub fn privilege(&self, word: &str) -> Option<Privilege> {
        self.privileges().iter().copied().find(|right| right.as_sql() == word)
    }
}

/// With its kind and as a person would write its name, for messages.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(name) => write!(f, "the database \"{name}\""),
            Self::Schema(name) => write!(f, "the schema \"{name}\""),
            Self::Table(name) => write!(f, "the table {name}"),
        }
    }
}

impl Privilege {
    /// PostgreSQL's word, which the API uses too.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::Create => "CREATE",
            Self::Temporary => "TEMPORARY",
            Self::Usage => "USAGE",
            Self::Execute => "EXECUTE",
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Truncate => "TRUNCATE",
            Self::References => "REFERENCES",
            Self::Trigger => "TRIGGER",
            Self::Maintain => "MAINTAIN",
        }
    }

    /// The version (`server_version_num`) from which on PostgreSQL has it; 0 where all that we work with have it.
    pub const fn since(self) -> u32 {
        match self {
            Self::Maintain => 170_000,
            _ => 0,
        }
    }
}

/// Who gets a right.
#[derive(Clone, Debug)]
pub enum Grantee {
    /// A role.
    Role(Ident),
    /// Every role.
    Public,
}

impl Grantee {
    pub(super) fn name(&self) -> Fragment {
        match self {
            Self::Role(role) => {
                let mut fragment = Fragment::new();
                fragment.ident(role);
                fragment
            }
            Self::Public => Fragment::of("PUBLIC"),
        }
    }
}

/// `GRANT … ON … TO …`, or `REVOKE … ON … FROM …`.
pub(super) fn change(granting: bool, rights: impl Iterator<Item = Fragment>, on: Fragment, who: &Grantee) -> Fragment {
    let (verb, preposition) = if granting { ("GRANT ", " TO ") } else { ("REVOKE ", " FROM ") };
    let mut fragment = Fragment::of(verb);
    fragment.join(", ", rights).sql(" ON ").push(on).sql(preposition).push(who.name());
    fragment
}

pub(super) fn words(privileges: &[Privilege]) -> impl Iterator<Item = Fragment> {
    privileges.iter().map(|privilege| Fragment::of(privilege.as_sql()))
}

fn target(object: &Object) -> Fragment {
    let mut fragment = Fragment::new();
    match object {
        Object::Database(name) => fragment.sql("DATABASE ").ident(name),
        Object::Schema(name) => fragment.sql("SCHEMA ").ident(name),
        Object::Table(name) => fragment.sql("TABLE ").qname(name),
    };
    fragment
}

/// Grants rights; `privileges` must not be empty.
pub fn grant(privileges: &[Privilege], on: &Object, to: &Grantee) -> Statement {
    change(true, words(privileges), target(on), to).finish()
}

/// Takes rights back; `privileges` must not be empty. Those on a whole table are taken from its single columns too, as far as the
/// same grantor gave them there.
pub fn revoke(privileges: &[Privilege], on: &Object, from: &Grantee) -> Statement {
    change(false, words(privileges), target(on), from).finish()
}

/// A right and the columns that it is about, which must not be none.
pub type ColumnRight = (Privilege, Vec<Ident>);

fn column_words(rights: &[ColumnRight]) -> impl Iterator<Item = Fragment> {
    rights.iter().map(|(privilege, columns)| {
        let name = |column: &Ident| {
            let mut fragment = Fragment::new();
            fragment.ident(column);
            fragment
        };
        let mut fragment = Fragment::of(privilege.as_sql());
        fragment.sql(" (").join(", ", columns.iter().map(name)).sql(")");
        fragment
    })
}

/// Grants rights on single columns of a table; `rights` must not be empty.
pub fn grant_on_columns(rights: &[ColumnRight], table: &QName, to: &Grantee) -> Statement {
    change(true, column_words(rights), target(&Object::Table(table.clone())), to).finish()
}

/// Takes rights on single columns of a table back; `rights` must not be empty. What was granted on the whole table stays.
pub fn revoke_on_columns(rights: &[ColumnRight], table: &QName, from: &Grantee) -> Statement {
    change(false, column_words(rights), target(&Object::Table(table.clone())), from).finish()
}

/// Makes `member` a member of `role`.
pub fn grant_role(role: &Ident, member: &Ident) -> Statement {
    let mut fragment = Fragment::of("GRANT ");
    fragment.ident(role).sql(" TO ").ident(member);
    fragment.finish()
}

/// Ends the membership of `member` in `role` that `grantor` granted; `None` is whoever runs it.
pub fn revoke_role(role: &Ident, member: &Ident, grantor: Option<&Ident>) -> Statement {
    let mut fragment = Fragment::of("REVOKE ");
    fragment.ident(role).sql(" FROM ").ident(member);
    if let Some(grantor) = grantor {
        fragment.sql(" GRANTED BY ").ident(grantor);
    }
    fragment.finish()
}

/// Lets who runs it become `role` without having its rights otherwise. Needs PostgreSQL 16 and the membership's option of
/// administration, which whoever makes a role has there.
pub fn let_current_become(role: &Ident) -> Statement {
    let mut fragment = Fragment::of("GRANT ");
    fragment.ident(role).sql(" TO CURRENT_USER WITH INHERIT FALSE, SET TRUE");
    fragment.finish()
}

/// Takes [`let_current_become`] back, and nothing that others granted.
pub fn let_current_become_no_more(role: &Ident) -> Statement {
    let mut fragment = Fragment::of("REVOKE ");
    fragment.ident(role).sql(" FROM CURRENT_USER GRANTED BY CURRENT_USER");
    fragment.finish()
}
