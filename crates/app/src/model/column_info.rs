//! Columns in the contract's words.

use mathesar_api::methods::columns::{ColumnDefault, ColumnInfo, ColumnLink, TypeOptions};
use mathesar_sql::model::{Column, Generated, Identity, RowIdentity, Table};
use mathesar_types::family::family_of;
use mathesar_types::pgtype::{ColumnType, Modifier, TypeKind};

use super::named;
use super::tables::read_only_words;

/// Describes a column of a table.
pub(crate) fn info(table: &Table, column: &Column) -> ColumnInfo {
    let may = column.privileges;
    ColumnInfo {
        id: column.attnum,
        name: column.name.as_str().to_owned(),
        kind: kind(&column.ty),
        type_options: options(&column.ty),
        nullable: !column.not_null,
        primary_key: table.primary_key().contains(&column.attnum),
        default: default(column),
        has_dependents: column.has_dependents,
        description: column.comment.clone(),
        current_role_priv: named(&[
            (may.select, "SELECT"),
            (may.insert, "INSERT"),
            (may.update, "UPDATE"),
            (may.references, "REFERENCES"),
        ]),
        family: family(&column.ty),
        display_type: column.ty.display.clone(),
        identity: column.identity.map(|identity| {
            match identity {
                Identity::Always => "always",
                Identity::ByDefault => "by_default",
            }
            .to_owned()
        }),
        generated: column.generated.is_some(),
        read_only_reason: read_only_reason(table, column),
        link: link(table, column),
        metadata: None,
    }
}

/// PostgreSQL's name of the type without modifiers; `_array` and `_enum` as in the original.
pub(crate) fn kind(ty: &ColumnType) -> String {
    match &ty.pg.kind {
        TypeKind::Array { .. } => "_array".to_owned(),
        TypeKind::Enum { .. } => "_enum".to_owned(),
        _ if family(ty) == "interval" && ty.pg.schema == "pg_catalog" => "interval".to_owned(),
        _ => without_modifier(ty),
    }
}

/// `numeric(10,2)` → `numeric`, `timestamp(3) without time zone` → `timestamp without time zone`.
fn without_modifier(ty: &ColumnType) -> String {
    let parts = (ty.typmod >= 0).then(|| Some((ty.display.find('(')?, ty.display.rfind(')')?))).flatten();
    match parts {
        Some((open, close)) if open < close => format!("{}{}", &ty.display[..open], &ty.display[close + 1..]),
        _ => ty.display.clone(),
    }
}

pub(crate) fn options(ty: &ColumnType) -> Option<TypeOptions> {
    let mut options = TypeOptions::default();
    match ty.modifier() {
        Modifier::None => {}
        Modifier::Length(length) => options.length = i32::try_from(length).ok(),
        Modifier::Numeric { precision, scale } => {
            options.precision = Some(precision.into());
            options.scale = Some(scale.into());
        }
        Modifier::TimePrecision(precision) => options.precision = Some(precision.into()),
        Modifier::Interval { fields, precision } => {
            options.precision = precision.map(Into::into);
            options.fields = fields.map(|fields| fields.as_sql().to_owned());
        }
    }
    match &ty.pg.kind {
        TypeKind::Array { .. } => options.item_type = ty.display.strip_suffix("[]").map(str::to_owned),
        TypeKind::Enum { labels } => {
            options.original_type = Some(ty.display.clone());
            options.enum_values = Some(labels.clone());
        }
        _ => {}
    }
    (options != TypeOptions::default()).then_some(options)
}

/// An identity column's default is called `identity`, as in the original; a generated column's is its expression.
fn default(column: &Column) -> Option<ColumnDefault> {
    if column.identity.is_some() {
        return Some(ColumnDefault { value: "identity".to_owned(), is_dynamic: true });
    }
    let default = column.default.as_ref()?;
    Some(match &default.literal {
        Some(literal) => ColumnDefault { value: literal.clone(), is_dynamic: false },
        None => ColumnDefault { value: default.expression.clone(), is_dynamic: true },
    })
}

/// The registry's word, which the client has too.
pub(crate) fn family(ty: &ColumnType) -> String {
    let id = serde_json::to_value(family_of(&ty.pg).id).ok();
    id.as_ref().and_then(serde_json::Value::as_str).unwrap_or("other").to_owned()
}

fn read_only_reason(table: &Table, column: &Column) -> Option<String> {
    let reason = match table.key {
        RowIdentity::ReadOnly(reason) => read_only_words(reason),
        _ if column.generated == Some(Generated::Expression) => "The view computes this column from others.",
        _ if column.generated.is_some() => "PostgreSQL computes this column from others.",
        _ if column.is_computed() => "PostgreSQL gives this column its numbers (GENERATED ALWAYS AS IDENTITY).",
        _ if !column.privileges.update && !column.privileges.insert => {
            "Your role lacks the privileges UPDATE and INSERT on this column."
        }
        _ if !column.privileges.update => "Your role lacks the privilege UPDATE on this column.",
        _ => return None,
    };
    Some(reason.to_owned())
}

/// The record that a value links to: by a foreign key over this column alone.
fn link(table: &Table, column: &Column) -> Option<ColumnLink> {
    table.foreign_keys().find(|(constraint, _)| constraint.columns == [column.attnum]).and_then(|(constraint, key)| {
        Some(ColumnLink {
            table_oid: key.target,
            attnum: *key.target_columns.first()?,
            constraint: constraint.name.as_str().to_owned(),
        })
    })
}
