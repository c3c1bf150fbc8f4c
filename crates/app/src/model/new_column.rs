//! New columns, as callers describe them.

use mathesar_api::Json;
use mathesar_api::methods::columns::{ColumnDef, TypeOptions};
use mathesar_sql::TypeRef;
use mathesar_sql::ddl::column::{NewColumn, NewDefault};
use mathesar_sql::ddl::new_type;

use super::ident;
use super::schemas::OF_THE_ORIGINAL;
use crate::{Error, Result};

/// What a column is when nobody says, as in the original.
const USUAL_TYPE: &str = "character varying";

/// The column that a definition with a name describes.
pub(super) fn define(definition: &ColumnDef) -> Result<NewColumn> {
    let name = ident(definition.name.as_deref().unwrap_or_default())?;
    let kind = definition.kind.as_deref().unwrap_or(USUAL_TYPE);
    let ty = type_ref(kind, definition.type_options.as_ref())?;
    let default = match &definition.default {
        Some(default) if default.is_dynamic == Some(true) => {
            return Err(Error::value("A default that is an expression cannot be set here; give a plain value."));
        }
        Some(default) => text_of(&default.value)?.map(NewDefault::Value),
        None => None,
    };
    Ok(NewColumn { not_null: definition.nullable == Some(false), default, ..NewColumn::new(name, ty) })
}

/// The first "Column N" from `number` on that is not taken; takes it.
pub(super) fn free_name(number: usize, taken: &mut Vec<String>) -> String {
    let free = (number..).map(|number| format!("Column {number}")).find(|name| !taken.contains(name));
    let free = free.unwrap_or_default();
    taken.push(free.clone());
    free
}

/// A type by PostgreSQL's name and its modifiers.
pub(super) fn type_ref(kind: &str, options: Option<&TypeOptions>) -> Result<TypeRef> {
    let options = options.map(|options| new_type::Options {
        length: options.length,
        precision: options.precision,
        scale: options.scale,
        fields: options.fields.clone(),
    });
    let ty = new_type::parse(kind, &options.unwrap_or_default());
    let ty = ty.map_err(|error| Error::value(sentence(&error.to_string())))?;
    let schema = ty.name().schema.as_str();
    if OF_THE_ORIGINAL.contains(&schema) {
        let message = format!(
            "The types of the schema {schema} are the original's; no new column gets one. Take a type of PostgreSQL."
        );
        return Err(Error::value(message));
    }
    Ok(ty)
}

/// A JSON value as the text that PostgreSQL's input function reads: a string is its own text, `null` is none.
pub(super) fn text_of(value: &Json) -> Result<Option<String>> {
    if value.is_null() {
        return Ok(None);
    }
    if value.text().starts_with('"') {
        return serde_json::from_str(value.text()).map(Some).map_err(Error::internal);
    }
    Ok(Some(value.text().to_owned()))
}

/// Makes a sentence of an error's words.
fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), characters.as_str()))
}
