//! New columns, as callers describe them.

use mathesar_api::Json;
use mathesar_api::methods::columns::{ColumnDef, DefaultDef, GeneratedDef, TypeOptions};
use mathesar_pg::versions::ServerVersion;
use mathesar_sql::TypeRef;
use mathesar_sql::ddl::column::{NewColumn, NewDefault};
use mathesar_sql::ddl::new_type;

use super::schemas::OF_THE_ORIGINAL;
use super::{expression, ident};
use crate::{Error, Result};

/// What a column is when nobody says, as in the original.
const USUAL_TYPE: &str = "character varying";

/// The first PostgreSQL whose columns can be computed when they are read, as `server_version_num`.
const VIRTUAL_SINCE: ServerVersion = ServerVersion { number: 180_000 };

/// The column that a definition with a name describes, for a server of that version.
pub(super) fn define(definition: &ColumnDef, version: ServerVersion) -> Result<NewColumn> {
    let name = ident(definition.name.as_deref().unwrap_or_default())?;
    let kind = definition.kind.as_deref().unwrap_or(USUAL_TYPE);
    let ty = type_ref(kind, definition.type_options.as_ref())?;
    let wrong = |error: Error| error.at(&format!("Column \"{name}\""));
    let default = match (&definition.default, &definition.generated) {
        (Some(_), Some(_)) => {
            return Err(wrong(Error::value(
                "a column that is computed (`generated`) cannot have a `default` besides.",
            )));
        }
        (Some(default), None) => given(default).map_err(wrong)?,
        (None, Some(generated)) => Some(computed(generated, version).map_err(wrong)?),
        (None, None) => None,
    };
    Ok(NewColumn { not_null: definition.nullable == Some(false), default, ..NewColumn::new(name, ty) })
}

fn given(default: &DefaultDef) -> Result<Option<NewDefault>> {
    let Some(value) = text_of(&default.value)? else { return Ok(None) };
    Ok(Some(match default.is_dynamic {
        Some(true) => NewDefault::Expression(expression(&value, "default.value")?),
        _ => NewDefault::Value(value),
    }))
}

fn computed(generated: &GeneratedDef, version: ServerVersion) -> Result<NewDefault> {
    let stored = generated.stored.unwrap_or(true);
    if !stored && version < VIRTUAL_SINCE {
        let message = format!(
            "generated.stored: columns that are computed when they are read are there from PostgreSQL {} on, and this server is of \
             version {}. Have the values stored.",
            VIRTUAL_SINCE.major(),
            version.major()
        );
        return Err(Error::value(message));
    }
    Ok(NewDefault::Generated { expression: expression(&generated.expression, "generated.expression")?, stored })
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
