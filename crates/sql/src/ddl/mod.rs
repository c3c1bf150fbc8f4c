//! Changes of structure, one object a file. Utility statements take no parameters, so values stand in them as literals that
//! [`crate::frag`] quotes.

pub mod cast;
pub mod column;
pub mod constraint;
pub mod database;
pub mod default_privileges;
pub mod enumeration;
pub mod grant;
pub mod managed;
pub mod new_type;
pub mod policy;
pub mod relocate;
pub mod role;
pub mod schema;
pub mod table;
pub mod trial;

use crate::frag::Fragment;

/// Ends `COMMENT ON …`: the text, or `NULL`, which removes the comment.
fn comment(fragment: &mut Fragment, text: Option<&str>) {
    match text {
        Some(text) => fragment.sql(" IS ").literal(text),
        None => fragment.sql(" IS NULL"),
    };
}
