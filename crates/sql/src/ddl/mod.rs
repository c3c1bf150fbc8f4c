//! Changes of structure, one object a file. Utility statements take no parameters, so values stand in them as literals that
//! [`crate::frag`] quotes.

pub mod cast;
pub mod column;
pub mod constraint;
pub mod database;
pub mod default_privileges;
pub mod enumeration;
pub mod grant;
pub mod index;
pub mod managed;
pub mod new_type;
pub mod policy;
pub mod relocate;
pub mod role;
pub mod schema;
pub mod table;
pub mod trial;

use crate::cost::{Cost, Lock, Work};
use crate::frag::{Fragment, Statement};
use crate::ident::{Ident, QName};

/// Ends `COMMENT ON …`: the text, or `NULL`, which removes the comment.
fn comment(fragment: &mut Fragment, text: Option<&str>) {
    match text {
        Some(text) => fragment.sql(" IS ").literal(text),
        None => fragment.sql(" IS NULL"),
    };
}

/// Names in brackets.
fn list(names: &[Ident]) -> Fragment {
    let mut fragment = Fragment::of("(");
    let names = names.iter().map(|name| {
        let mut one = Fragment::new();
        one.ident(name);
        one
    });
    fragment.join(", ", names).sql(")");
    fragment
}

/// Ends an `ALTER TABLE` or its like, during which nobody else can use the relation.
fn exclusive(fragment: Fragment, relation: &QName, work: Work) -> Statement {
    fragment.finish().costing([Cost { relation: relation.clone(), lock: Lock::AccessExclusive, work }])
}
