//! Roles.

use crate::frag::{Fragment, Statement};
use crate::ident::Ident;

/// The attributes of a new role. It is never a superuser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `LOGIN`.
    pub login: bool,
    /// `CREATEDB`.
    pub create_db: bool,
    /// `CREATEROLE`.
    pub create_role: bool,
}

/// Creates a role. `password` is a password or, better, its SCRAM verifier (`SCRAM-SHA-256$…`): a plain password would be
/// readable in the server's log and statistics.
pub fn create(name: &Ident, attributes: Attributes, password: Option<&str>) -> Statement {
    let mut fragment = Fragment::of("CREATE ROLE ");
    fragment.ident(name).sql(" NOSUPERUSER");
    fragment.sql(if attributes.login { " LOGIN" } else { " NOLOGIN" });
    fragment.sql(if attributes.create_db { " CREATEDB" } else { " NOCREATEDB" });
    fragment.sql(if attributes.create_role { " CREATEROLE" } else { " NOCREATEROLE" });
    if let Some(password) = password {
        fragment.sql(" PASSWORD ").secret(password);
    }
    fragment.finish()
}

/// Replaces a role's password, or its SCRAM verifier.
pub fn set_password(name: &Ident, password: &str) -> Statement {
    let mut fragment = Fragment::of("ALTER ROLE ");
    fragment.ident(name).sql(" PASSWORD ").secret(password);
    fragment.finish()
}

/// Sets or removes a comment.
pub fn comment(name: &Ident, text: Option<&str>) -> Statement {
    let mut fragment = Fragment::of("COMMENT ON ROLE ");
    fragment.ident(name);
    super::comment(&mut fragment, text);
    fragment.finish()
}

/// Drops a role that owns nothing and is granted nothing.
pub fn drop(name: &Ident) -> Statement {
    let mut fragment = Fragment::of("DROP ROLE ");
    fragment.ident(name);
    fragment.finish()
}
