//! Rights.

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
    /// `USAGE` of a schema.
    Usage,
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
}

impl Privilege {
    /// The right that PostgreSQL calls `word`; `None` for one that is not here.
    pub fn parse(word: &str) -> Option<Self> {
        const ALL: [Privilege; 11] = [
            Privilege::Connect,
            Privilege::Create,
            Privilege::Temporary,
            Privilege::Usage,
            Privilege::Select,
            Privilege::Insert,
            Privilege::Update,
            Privilege::Delete,
            Privilege::Truncate,
            Privilege::References,
            Privilege::Trigger,
        ];
        ALL.into_iter().find(|right| right.as_sql() == word)
    }

    /// PostgreSQL's word, which the API uses too.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::Create => "CREATE",
            Self::Temporary => "TEMPORARY",
            Self::Usage => "USAGE",
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Truncate => "TRUNCATE",
            Self::References => "REFERENCES",
            Self::Trigger => "TRIGGER",
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

fn rights(
    verb: &'static str,
    privileges: &[Privilege],
    on: &Object,
    preposition: &'static str,
    who: &Grantee,
) -> Statement {
    let mut fragment = Fragment::of(verb);
    fragment.join(", ", privileges.iter().map(|privilege| Fragment::of(privilege.as_sql())));
    match on {
        Object::Database(name) => fragment.sql(" ON DATABASE ").ident(name),
        Object::Schema(name) => fragment.sql(" ON SCHEMA ").ident(name),
        Object::Table(name) => fragment.sql(" ON TABLE ").qname(name),
    };
    fragment.sql(preposition);
    match who {
        Grantee::Role(role) => fragment.ident(role),
        Grantee::Public => fragment.sql("PUBLIC"),
    };
    fragment.finish()
}

/// Grants rights; `privileges` must not be empty.
pub fn grant(privileges: &[Privilege], on: &Object, to: &Grantee) -> Statement {
    rights("GRANT ", privileges, on, " TO ", to)
}

/// Takes rights back; `privileges` must not be empty.
pub fn revoke(privileges: &[Privilege], on: &Object, from: &Grantee) -> Statement {
    rights("REVOKE ", privileges, on, " FROM ", from)
}

/// Makes `member` a member of `role`.
pub fn grant_role(role: &Ident, member: &Ident) -> Statement {
    let mut fragment = Fragment::of("GRANT ");
    fragment.ident(role).sql(" TO ").ident(member);
    fragment.finish()
}

/// Ends the membership of `member` in `role`.
pub fn revoke_role(role: &Ident, member: &Ident) -> Statement {
    let mut fragment = Fragment::of("REVOKE ");
    fragment.ident(role).sql(" FROM ").ident(member);
    fragment.finish()
}
