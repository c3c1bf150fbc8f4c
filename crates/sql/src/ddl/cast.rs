//! How values of a column become values of another type: nothing is rounded, cut or lost silently; what would be is an error
//! of PostgreSQL that names the value.

use mathesar_types::family::{FamilyId, family_of};
use mathesar_types::pgtype::PgType;

use crate::frag::Fragment;
use crate::type_ref::TypeRef;

/// An expression that gives `value`, of type `from`, as `to`.
pub fn convert(value: &Fragment, from: &PgType, to: &TypeRef) -> Fragment {
    let target = to.clone().without_modifiers();
    let built_in = to.name().schema.as_str() == "pg_catalog" && !to.is_array();
    let name = if built_in { to.name().name.as_str() } else { "" };
    let family = family_of(from).id;
    match (family, name) {
        // Any type has a text form, and the assignment refuses what is too long.
        (_, "text" | "varchar" | "bpchar") => cast(value, &["::text"], None),
        (FamilyId::Number, "int2" | "int4" | "int8") => whole_number(value, &target),
        (FamilyId::Number, "bool") => zero_or_one(value),
        (FamilyId::Number, "money") => cast(value, &["::text::pg_catalog.numeric"], Some(&target)),
        (FamilyId::Money, "numeric") => cast(value, &[], Some(&target)),
        (FamilyId::Money, "int2" | "int4" | "int8" | "float4" | "float8") => {
            whole_number(&cast(value, &["::pg_catalog.numeric"], None), &target)
        }
        (FamilyId::Boolean, "int2" | "int4" | "int8" | "numeric" | "float4" | "float8") => {
            cast(value, &["::pg_catalog.int4"], Some(&target))
        }
        (FamilyId::Timestamp, "date") => midnight_only(value),
        (FamilyId::Timestamp | FamilyId::Date, "timestamp" | "timestamptz")
        | (FamilyId::Time, "time" | "timetz")
        | (FamilyId::Json, "json" | "jsonb") => cast(value, &[], Some(&target)),
        (FamilyId::Text | FamilyId::Email | FamilyId::Uri, _) => {
            // Only texts have an empty value; for every other type an empty text means that there is none.
            let mut fragment = Fragment::of("NULLIF(pg_catalog.btrim(");
            fragment.push(value.clone()).sql("::text), '')::").ty(&target);
            fragment
        }
        _ => cast(value, &["::text"], Some(&target)),
    }
}

/// A default as the text of another type, by the same rules; `None` where it becomes NULL. What does not fit is left for
/// PostgreSQL to refuse.
pub(super) fn convert_literal(literal: &str, from: &PgType, to: &TypeRef) -> Option<String> {
    let target = to.name().name.as_str();
    if matches!(target, "text" | "varchar" | "bpchar") {
        return Some(literal.to_owned());
    }
    let family = family_of(from).id;
    let trimmed = literal.trim();
    match (family, target) {
        (FamilyId::Text | FamilyId::Email | FamilyId::Uri, _) if trimmed.is_empty() => None,
        (FamilyId::Number, "int2" | "int4" | "int8") => {
            let (whole, fraction) = trimmed.split_once('.').unwrap_or((trimmed, ""));
            let is_whole = fraction.bytes().all(|digit| digit == b'0');
            Some(if is_whole { whole } else { trimmed }.to_owned())
        }
        (FamilyId::Boolean, "int2" | "int4" | "int8" | "numeric" | "float4" | "float8") => {
            Some(if trimmed.starts_with('t') { "1" } else { "0" }.to_owned())
        }
        _ => Some(trimmed.to_owned()),
    }
}

fn cast(value: &Fragment, steps: &[&'static str], to: Option<&TypeRef>) -> Fragment {
    let mut fragment = value.clone();
    for step in steps {
        fragment.sql(step);
    }
    if let Some(to) = to {
        fragment.sql("::").ty(to);
    }
    fragment
}

/// The text of a number with a fraction is no whole number, so PostgreSQL refuses it by name; `2.00` is one.
fn whole_number(value: &Fragment, to: &TypeRef) -> Fragment {
    let number = cast(value, &["::text::pg_catalog.numeric"], None);
    let mut fragment = Fragment::of("CASE WHEN pg_catalog.trunc(");
    fragment.push(number.clone()).sql(") = ").push(number.clone()).sql(" THEN ").push(number).sql("::").ty(to);
    fragment.sql(" ELSE ").push(value.clone()).sql("::text::").ty(to).sql(" END");
    fragment
}

fn zero_or_one(value: &Fragment) -> Fragment {
    let mut fragment = Fragment::of("CASE ");
    fragment.push(value.clone()).sql(" WHEN 0 THEN false WHEN 1 THEN true ELSE ");
    fragment.push(value.clone()).sql("::text::pg_catalog.bool END");
    fragment
}

/// A day is all that is kept, so a time of day is refused: the text with words behind it is no date.
fn midnight_only(value: &Fragment) -> Fragment {
    let mut fragment = Fragment::of("CASE WHEN pg_catalog.date_trunc('day', ");
    fragment.push(value.clone()).sql(") = ").push(value.clone()).sql(" THEN ").push(value.clone());
    fragment.sql("::pg_catalog.date ELSE (").push(value.clone());
    fragment.sql("::text || ' has a time of day')::pg_catalog.date END");
    fragment
}
