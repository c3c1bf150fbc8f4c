//! Schemas.

use crate::frag::{Fragment, Statement};
use crate::ident::Ident;

/// Creates a schema; without an owner it is the current role's.
pub fn create(name: &Ident, owner: Option<&Ident>) -> Statement {
    let mut fragment = Fragment::of("CREATE SCHEMA ");
    fragment.ident(name);
    if let Some(owner) = owner {
        fragment.sql(" AUTHORIZATION ").ident(owner);
    }
    fragment.finish()
}

/// Renames a schema.
pub fn rename(name: &Ident, to: &Ident) -> Statement {
    let mut fragment = Fragment::of("ALTER SCHEMA ");
    fragment.ident(name).sql(" RENAME TO ").ident(to);
    fragment.finish()
}

/// Gives a schema to another role.
pub fn set_owner(name: &Ident, owner: &Ident) -> Statement {
    let mut fragment = Fragment::of("ALTER SCHEMA ");
    fragment.ident(name).sql(" OWNER TO ").ident(owner);
    fragment.finish()
}

/// Sets or removes a comment.
pub fn comment(name: &Ident, text: Option<&str>) -> Statement {
    let mut fragment = Fragment::of("COMMENT ON SCHEMA ");
    fragment.ident(name);
    super::comment(&mut fragment, text);
    fragment.finish()
}

/// Drops an empty schema; what it holds must be dropped before, so that nothing is lost that was not named.
pub fn drop(name: &Ident) -> Statement {
    let mut fragment = Fragment::of("DROP SCHEMA ");
    fragment.ident(name);
    fragment.finish()
}

/// `DROP SCHEMA … CASCADE`: with everything in it. Look at [`crate::introspect::schema_dependants`] first: it would take what
/// depends on it from outside along.
pub fn drop_with_contents(name: &Ident) -> Statement {
    let mut fragment = Fragment::of("DROP SCHEMA ");
    fragment.ident(name).sql(" CASCADE");
    fragment.finish()
}
