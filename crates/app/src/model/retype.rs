//! What a change of a column becomes in SQL.

use mathesar_api::methods::columns::{CastOptions, ColumnPatch, DefaultDef, TypeOptions};
use mathesar_sql::ddl::cast::{self, NumberText};
use mathesar_sql::ddl::column as ddl;
use mathesar_sql::model::{Column, Table};
use mathesar_sql::{QName, Statement, TypeRef};
use mathesar_types::pgtype::{ColumnType, PgType, TypeKind, oids};

use super::column_info;
use super::new_column::{text_of, type_ref};
use super::{expression, ident};
use crate::{Error, Result};

/// The statements that make `patch` true; the new name comes last, so that all others can use the old one.
pub(super) fn statements(table: &Table, column: &Column, patch: &ColumnPatch) -> Result<Vec<Statement>> {
    let name = table.name();
    let mut statements = Vec::new();
    let wanted = wanted_type(column, patch.kind.as_deref(), patch.type_options.as_ref().map(Option::as_ref))?;
    if let Some(ty) = &wanted {
        let how = number_text(column, ty, patch.cast_options.as_ref())?;
        statements.push(ddl::retype(name, column, ty, how.as_ref()));
    }
    if let Some(default) = &patch.default {
        statements.extend(set_default(name, &typed_as(column, wanted.as_ref()), default.as_ref())?);
    }
    if let Some(nullable) = patch.nullable
        && nullable == column.not_null
    {
        statements.push(ddl::set_not_null(name, &column.name, !nullable));
    }
    if let Some(comment) = &patch.description {
        statements.push(ddl::comment(name, &column.name, comment.as_deref()));
    }
    if let Some(new_name) = &patch.name
        && new_name != column.name.as_str()
    {
        statements.push(ddl::rename(name, &column.name, &ident(new_name)?));
    }
    Ok(statements)
}

/// The type that the column shall have; `None` when it keeps its own. Options that are given but `None` are taken away.
pub(super) fn wanted_type(
    column: &Column,
    kind: Option<&str>,
    options: Option<Option<&TypeOptions>>,
) -> Result<Option<TypeRef>> {
    let info = column_info::kind(&column.ty);
    let kind = kind.filter(|kind| *kind != info && *kind != column.ty.display);
    match (kind, options) {
        (None, None) => Ok(None),
        (Some(kind), options) => type_ref(kind, options.flatten()).map(Some),
        (None, Some(options)) if options == column_info::options(&column.ty).as_ref() => Ok(None),
        (None, Some(options)) => type_ref(&info, options).map(Some),
    }
}

/// How numbers are written in a column that becomes one of numbers; `None` where nobody says, or no text is read as a number.
///
/// # Errors
/// `ValueError` for separators that are no characters, or could not be told from digits or from each other.
pub(super) fn number_text(column: &Column, to: &TypeRef, options: Option<&CastOptions>) -> Result<Option<NumberText>> {
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let Some(options) = options.filter(|_| cast::reads_numbers(&column.ty.pg, to)) else { return Ok(None) };
    let mut how = NumberText {
        group: said(&options.group_sep),
        point: said(&options.decimal_p),
        prefix: said(&options.curr_pref),
        suffix: said(&options.curr_suff),
    };
    if how == NumberText::default() {
        return Ok(None);
    }
    for (name, text) in [("group_sep", &how.group), ("decimal_p", &how.point)] {
        let one = text.chars().count() <= 1 && !text.contains(|c: char| c.is_alphanumeric() || "+-".contains(c));
        if !one {
            return Err(Error::value(format!("cast_options.{name}: \"{text}\" is no character between digits.")));
        }
    }
    if how.point.is_empty() && how.group != "." {
        how.point = ".".to_owned();
    }
    if how.point == how.group {
        return Err(Error::value("cast_options: `group_sep` and `decimal_p` are the same character."));
    }
    for (name, text) in [("curr_pref", &how.prefix), ("curr_suff", &how.suffix)] {
        if text.contains(|c: char| c.is_ascii_digit()) {
            return Err(Error::value(format!("cast_options.{name}: \"{text}\" holds a digit.")));
        }
    }
    Ok(Some(how))
}

/// The column as it will be once it has its new type.
pub(super) fn typed_as(column: &Column, ty: Option<&TypeRef>) -> Column {
    let mut column = column.clone();
    if let Some(ty) = ty {
        let (schema, name) = (ty.name().schema.as_str(), ty.name().name.as_str());
        let named = PgType::builtin(oids::named(name).unwrap_or_default(), name);
        let one = PgType { schema: schema.to_owned(), ..named };
        let pg = if ty.is_array() { array_of(one) } else { one };
        column.ty = ColumnType { pg, typmod: -1, display: String::new() };
    }
    column
}

/// An array type is called by its element's name with an underscore before it.
fn array_of(element: PgType) -> PgType {
    let array = PgType { schema: element.schema.clone(), ..PgType::builtin(0, &format!("_{}", element.name)) };
    PgType { kind: TypeKind::Array { element: Box::new(element) }, ..array }
}

fn set_default(table: &QName, column: &Column, default: Option<&DefaultDef>) -> Result<Option<Statement>> {
    let Some(default) = default else { return Ok(Some(ddl::set_default(table, column, None))) };
    let value = text_of(&default.value)?;
    let Some(text) = value.as_deref().filter(|_| default.is_dynamic == Some(true)) else {
        return Ok(Some(ddl::set_default(table, column, value.as_deref())));
    };
    // Clients send back what they were given, so an expression that is there already is no change.
    let present = column.default.as_ref().map(|default| default.expression.as_str());
    if column.identity.is_some() || present == Some(text) {
        return Ok(None);
    }
    let path = format!("Column \"{}\": default.value", column.name);
    Ok(Some(ddl::set_default_expression(table, &column.name, &expression(text, &path)?)))
}
