//! Rights that objects are given when they are made.

use std::fmt;

use super::grant::{Grantee, Privilege, change, words};
use crate::frag::{Fragment, Statement};
use crate::ident::Ident;

/// The kinds of objects that there are default rights for (`pg_default_acl.defaclobjtype`), some of them not
/// [on every server](Objects::since).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Objects {
    /// Tables, views and foreign tables.
    Tables,
    /// Sequences.
    Sequences,
    /// Functions and procedures.
    Functions,
    /// Types and domains.
    Types,
    /// Schemas.
    Schemas,
    /// Large objects.
    LargeObjects,
}

impl Objects {
    /// The kind of that letter.
    pub fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'r' => Self::Tables,
            'S' => Self::Sequences,
            'f' => Self::Functions,
            'T' => Self::Types,
            'n' => Self::Schemas,
            'L' => Self::LargeObjects,
            _ => return None,
        })
    }

    const fn as_sql(self) -> &'static str {
        match self {
            Self::Tables => "TABLES",
            Self::Sequences => "SEQUENCES",
            Self::Functions => "FUNCTIONS",
            Self::Types => "TYPES",
            Self::Schemas => "SCHEMAS",
            Self::LargeObjects => "LARGE OBJECTS",
        }
    }

    /// The first version of PostgreSQL with default rights for them, as `server_version_num`; 0 for all that we know.
    pub const fn since(self) -> u32 {
        if matches!(self, Self::LargeObjects) { 180_000 } else { 0 }
    }

    /// Whether they are made in schemas, so that there are default rights of a schema for them.
    pub const fn are_in_schemas(self) -> bool {
        !matches!(self, Self::Schemas | Self::LargeObjects)
    }

    /// The rights that there are on them, in the order in which they are listed; some of them not [on every server](Privilege::since).
    pub const fn privileges(self) -> &'static [Privilege] {
        use Privilege::{
            Create, Delete, Execute, Insert, Maintain, References, Select, Trigger, Truncate, Update, Usage,
        };
        match self {
            Self::Tables => &[Select, Insert, Update, Delete, Truncate, References, Trigger, Maintain],
            Self::Sequences => &[Usage, Select, Update],
            Self::Functions => &[Execute],
            Self::Types => &[Usage],
            Self::Schemas => &[Usage, Create],
            Self::LargeObjects => &[Select, Update],
        }
    }

    /// Whether everybody has the right on them as long as nobody said otherwise for the whole database (`acldefault` of PostgreSQL).
    pub const fn is_everybodys(self, right: Privilege) -> bool {
        matches!((self, right), (Self::Functions, Privilege::Execute) | (Self::Types, Privilege::Usage))
    }
}

/// As a person would call them, for messages.
impl fmt::Display for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_sql().to_lowercase())
    }
}

/// Whose objects it is about, of which kind, and where.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The role that makes them, and so owns them.
    pub owner: &'a Ident,
    /// The schema in which it makes them; `None` is any.
    pub schema: Option<&'a Ident>,
    /// What they are.
    pub objects: Objects,
}

/// Grants rights on what is made later; `privileges` must not be empty.
pub fn grant(privileges: &[Privilege], scope: &Scope<'_>, to: &Grantee) -> Statement {
    alter(true, privileges, scope, to)
}

/// Grants them no more; `privileges` must not be empty. What was made before keeps them. In a schema, only what was granted for
/// that schema ends.
pub fn revoke(privileges: &[Privilege], scope: &Scope<'_>, from: &Grantee) -> Statement {
    alter(false, privileges, scope, from)
}

fn alter(granting: bool, privileges: &[Privilege], scope: &Scope<'_>, who: &Grantee) -> Statement {
    let mut fragment = Fragment::of("ALTER DEFAULT PRIVILEGES FOR ROLE ");
    fragment.ident(scope.owner);
    if let Some(schema) = scope.schema {
        fragment.sql(" IN SCHEMA ").ident(schema);
    }
    let objects = Fragment::of(scope.objects.as_sql());
    fragment.sql(" ").push(change(granting, words(privileges), objects, who));
    fragment.finish()
}
