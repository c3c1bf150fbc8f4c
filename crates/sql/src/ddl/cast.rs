//! How values of a column become values of another type: nothing is rounded, cut or lost silently; what would be is an error
//! of PostgreSQL that names the value.

use mathesar_types::family::{FamilyId, family_of};
use mathesar_types::pgtype::PgType;

use crate::frag::Fragment;
use crate::type_ref::TypeRef;

/// How a text writes numbers. Whatever is written otherwise is refused, and never read as another number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberText {
    /// Between the digits of thousands; empty for none.
    pub group: String,
    /// Before the fraction; empty where there is none.
    pub point: String,
    /// Before the number, behind its sign, such as `$`.
    pub prefix: String,
    /// Behind the number, such as `€`.
    pub suffix: String,
}

/// An expression that gives `value`, of type `from`, as `to`. `how` says how numbers are written where `from` is a text.
pub fn convert(value: &Fragment, from: &PgType, to: &TypeRef, how: Option<&NumberText>) -> Fragment {
    if let Some(how) = how
        && is_text(from)
        && let Some(read) = number_of_text(value, to, how)
    {
        return read;
    }
    let target = to.clone().without_modifiers();
    match (family_of(from).id, built_in(to)) {
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
        _ if is_text(from) => {
            // Only texts have an empty value; for every other type an empty text means that there is none.
            let mut fragment = Fragment::of("NULLIF(pg_catalog.btrim(");
            fragment.push(value.clone()).sql("::text), '')::").ty(&target);
            fragment
        }
        _ => cast(value, &["::text"], Some(&target)),
    }
}

/// Whether a change of type asks how numbers are written: from a text to a number.
pub fn reads_numbers(from: &PgType, to: &TypeRef) -> bool {
    is_text(from) && matches!(built_in(to), "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" | "money")
}

fn is_text(ty: &PgType) -> bool {
    matches!(family_of(ty).id, FamilyId::Text | FamilyId::Email | FamilyId::Uri)
}

/// The name of a type of PostgreSQL's own; of others nothing.
fn built_in(ty: &TypeRef) -> &str {
    let is_built_in = ty.name().schema.as_str() == "pg_catalog" && !ty.is_array();
    if is_built_in { ty.name().name.as_str() } else { "" }
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

/// A text as a number; `None` where `to` is none. A text that is not written as was said is refused with words behind it: what is
/// left when separators are taken out of it could be another number.
fn number_of_text(value: &Fragment, to: &TypeRef, how: &NumberText) -> Option<Fragment> {
    let target = to.clone().without_modifiers();
    let mut read = Fragment::of("pg_catalog.regexp_replace(");
    read.push(value.clone()).sql("::text, ").literal(&how.around()).sql(", '', 'g')");
    let mut number = Fragment::of("pg_catalog.translate(");
    number.push(read).sql(", ").literal(&format!("{}{}", how.point, how.group));
    number.sql(if how.point.is_empty() { ", '')::pg_catalog.numeric" } else { ", '.')::pg_catalog.numeric" });
    let number = match built_in(to) {
        "int2" | "int4" | "int8" => whole_number(&number, &target),
        "numeric" | "float4" | "float8" | "money" => cast(&number, &[], Some(&target)),
        _ => return None,
    };
    let mut fragment = Fragment::of("CASE WHEN pg_catalog.btrim(");
    fragment.push(value.clone()).sql("::text) = '' THEN NULL WHEN ").push(value.clone()).sql("::text ~ ");
    fragment.literal(&how.pattern()).sql(" THEN ").push(number).sql(" ELSE (").push(value.clone());
    fragment.sql("::text || ' is not written as was said')::").ty(&target).sql(" END");
    Some(fragment)
}

impl NumberText {
    /// The regular expression of a whole text.
    fn pattern(&self) -> String {
        let part = |text: &str| if text.is_empty() { String::new() } else { format!(r"(?:{}\s*)?", escaped(text)) };
        let digits = match self.group.as_str() {
            "" => r"\d+".to_owned(),
            // Also lakh and crore, of which the last group alone has three digits.
            group => format!(r"(?:\d+|\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}})", group = escaped(group)),
        };
        let fraction = match self.point.as_str() {
            "" => String::new(),
            point => format!(r"(?:{}\d+)?", escaped(point)),
        };
        let (prefix, suffix) = (part(&self.prefix), part(&self.suffix));
        format!(r"^\s*[-+]?{prefix}{digits}{fraction}\s*{suffix}$")
    }

    /// The regular expression of what stands around the digits.
    fn around(&self) -> String {
        let parts = [&self.prefix, &self.suffix].into_iter().filter(|part| !part.is_empty());
        parts.map(|part| format!("{}|", escaped(part))).collect::<String>() + r"\s"
    }
}

/// A text within a regular expression of PostgreSQL's. Letters and digits must not have a backslash before them, nor need one.
fn escaped(text: &str) -> String {
    let one = |c: char| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() };
    text.chars().map(one).collect()
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
