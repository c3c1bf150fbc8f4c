//! What a change of a column becomes in SQL.

use mathesar_api::methods::columns::{ColumnPatch, DefaultDef};
use mathesar_sql::ddl::column as ddl;
use mathesar_sql::model::{Column, Table};
use mathesar_sql::{QName, Statement, TypeRef};
use mathesar_types::pgtype::PgType;

use super::column_info;
use super::ident;
use super::new_column::{text_of, type_ref};
use crate::{Error, Result};

/// The statements that make `patch` true; the new name comes last, so that all others can use the old one.
pub(super) fn statements(table: &Table, column: &Column, patch: &ColumnPatch) -> Result<Vec<Statement>> {
    let name = table.name();
    let mut statements = Vec::new();
    let wanted = wanted_type(column, patch)?;
    if let Some(ty) = &wanted {
        statements.push(ddl::retype(name, column, ty));
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

/// The type that the column shall have; `None` when it keeps its own.
fn wanted_type(column: &Column, patch: &ColumnPatch) -> Result<Option<TypeRef>> {
    if patch.cast_options.as_ref().is_some_and(|options| !matches!(options.text(), "null" | "{}")) {
        return Err(Error::value("Casts take no options here; leave out `cast_options`."));
    }
    let info = column_info::kind(&column.ty);
    let kind = patch.kind.as_deref().filter(|kind| *kind != info && *kind != column.ty.display);
    match (kind, &patch.type_options) {
        (None, None) => Ok(None),
        (Some(kind), options) => type_ref(kind, options.as_ref().and_then(Option::as_ref)).map(Some),
        (None, Some(options)) if options.as_ref() == column_info::options(&column.ty).as_ref() => Ok(None),
        (None, Some(options)) => type_ref(&info, options.as_ref()).map(Some),
    }
}

/// The column as it will be once it has its new type.
fn typed_as(column: &Column, ty: Option<&TypeRef>) -> Column {
    let mut column = column.clone();
    if let Some(ty) = ty {
        let (schema, name) = (ty.name().schema.as_str(), ty.name().name.as_str());
        // An array type is called by its element's name with an underscore before it.
        let name = if ty.is_array() { format!("_{name}") } else { name.to_owned() };
        column.ty.pg = PgType { schema: schema.to_owned(), ..PgType::builtin(0, &name) };
    }
    column
}

fn set_default(table: &QName, column: &Column, default: Option<&DefaultDef>) -> Result<Option<Statement>> {
    let Some(default) = default else { return Ok(Some(ddl::set_default(table, column, None))) };
    let value = text_of(&default.value)?;
    if default.is_dynamic != Some(true) {
        return Ok(Some(ddl::set_default(table, column, value.as_deref())));
    }
    // Clients send back what they were given, so an expression that is there already is no change.
    let present = column.default.as_ref().map(|default| default.expression.as_str());
    if column.identity.is_some() || present == value.as_deref() {
        return Ok(None);
    }
    Err(Error::value("A default that is an expression cannot be set here; give a plain value."))
}
