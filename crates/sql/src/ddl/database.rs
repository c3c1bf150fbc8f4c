//! Databases. Those that make and drop one cannot run inside a transaction.

use crate::frag::{Fragment, Statement};
use crate::ident::Ident;

/// How a new database compares and sorts texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collation {
    /// As the server's `template0` does.
    Server,
    /// By ICU's root collation (`und`), the same on every operating system. Needs PostgreSQL 15.
    IcuRoot,
}

/// Creates a database in UTF-8 from `template0`, which carries nothing of anyone's along.
pub fn create(name: &Ident, owner: Option<&Ident>, collation: Collation) -> Statement {
    let mut fragment = Fragment::of("CREATE DATABASE ");
    fragment.ident(name).sql(" TEMPLATE template0 ENCODING 'UTF8'");
    if collation == Collation::IcuRoot {
        fragment.sql(" LOCALE_PROVIDER icu ICU_LOCALE 'und'");
    }
    if let Some(owner) = owner {
        fragment.sql(" OWNER ").ident(owner);
    }
    fragment.finish()
}

/// Gives a database to another role.
pub fn set_owner(name: &Ident, owner: &Ident) -> Statement {
    let mut fragment = Fragment::of("ALTER DATABASE ");
    fragment.ident(name).sql(" OWNER TO ").ident(owner);
    fragment.finish()
}

/// Sets or removes a comment.
pub fn comment(name: &Ident, text: Option<&str>) -> Statement {
    let mut fragment = Fragment::of("COMMENT ON DATABASE ");
    fragment.ident(name);
    super::comment(&mut fragment, text);
    fragment.finish()
}

/// Drops a database; with `disconnect` its sessions are ended first, else they stop it.
pub fn drop(name: &Ident, disconnect: bool) -> Statement {
    let mut fragment = Fragment::of("DROP DATABASE ");
    fragment.ident(name);
    if disconnect {
        fragment.sql(" WITH (FORCE)");
    }
    fragment.finish()
}
