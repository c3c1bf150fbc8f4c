//! Enums: types whose values are named one by one.

use crate::frag::{Fragment, Statement};
use crate::ident::QName;

/// Creates an enum with its values in their order.
pub fn create<'a>(name: &QName, values: impl IntoIterator<Item = &'a str>) -> Statement {
    let mut fragment = Fragment::of("CREATE TYPE ");
    fragment.qname(name).sql(" AS ENUM (").join(", ", values.into_iter().map(label)).sql(")");
    fragment.finish()
}

/// Adds a value before another one, or behind all of them. Only the next transaction can use it.
pub fn add_value(name: &QName, value: &str, before: Option<&str>) -> Statement {
    let mut fragment = Fragment::of("ALTER TYPE ");
    fragment.qname(name).sql(" ADD VALUE ").literal(value);
    if let Some(before) = before {
        fragment.sql(" BEFORE ").literal(before);
    }
    fragment.finish()
}

/// Renames a value wherever it stands, without touching a row.
pub fn rename_value(name: &QName, value: &str, to: &str) -> Statement {
    let mut fragment = Fragment::of("ALTER TYPE ");
    fragment.qname(name).sql(" RENAME VALUE ").literal(value).sql(" TO ").literal(to);
    fragment.finish()
}

fn label(value: &str) -> Fragment {
    let mut fragment = Fragment::new();
    fragment.literal(value);
    fragment
}
