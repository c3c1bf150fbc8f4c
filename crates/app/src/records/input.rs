//! Values and keys as they arrive: JSON to the text that PostgreSQL reads. No number becomes a float on its way.

use indexmap::IndexMap;
use mathesar_api::{ErrorCode, Json};
use mathesar_sql::{
    RowKey,
    dml::Values,
    model::{Attnum, Column, RowIdentity, Table},
};
use mathesar_types::{
    family::{FamilyId, family_of},
    pgtype::TypeKind,
};
use serde_json::value::RawValue;

use crate::{Error, Result, model::tables::read_only_words};

/// Values by column. `place` names the parameter in errors.
pub(super) fn values(table: &Table, given: &IndexMap<String, Json>, place: &str) -> Result<Values> {
    given
        .iter()
        .map(|(number, json)| {
            let column = column(table, number, place)?;
            let value = value(column, json.text()).map_err(|why| Error::value(format!("{place}.{number}: {why}.")))?;
            Ok((column.attnum, value))
        })
        .collect()
}

/// The column that a parameter's member names.
pub(super) fn column<'t>(table: &'t Table, number: &str, place: &str) -> Result<&'t Column> {
    let column = number.parse::<Attnum>().ok().and_then(|attnum| table.column(attnum));
    column.ok_or_else(|| {
        let shown: String = number.chars().take(20).collect();
        Error::new(ErrorCode::UNDEFINED_COLUMN, format!("{place}: the table has no column \"{shown}\"."))
    })
}

/// A value as the column's type reads it; `None` is NULL.
pub(crate) fn value(column: &Column, json: &str) -> std::result::Result<Option<String>, &'static str> {
    let storage = column.ty.pg.storage();
    match json.as_bytes().first() {
        Some(b'n') => Ok(None),
        Some(b'"') => text(json).map(Some),
        Some(b'[') if matches!(storage.kind, TypeKind::Array { .. }) => array(json, ARRAY_DIMENSIONS).map(Some),
        Some(b'[' | b'{') if family_of(storage).id == FamilyId::Json => Ok(Some(json.to_owned())),
        Some(b'[') => Err("a list is no value of this column's type"),
        Some(b'{') => Err("an object is no value of this column's type; give its text form"),
        _ => Ok(Some(json.to_owned())),
    }
}

fn text(json: &str) -> std::result::Result<String, &'static str> {
    let text: String = serde_json::from_str(json).map_err(|_| "the text is not valid JSON")?;
    if text.contains('\0') { Err("PostgreSQL keeps no NUL characters in a text") } else { Ok(text) }
}

/// The most dimensions of an array in PostgreSQL (`MAXDIM`).
const ARRAY_DIMENSIONS: usize = 6;

/// A JSON array of up to so many dimensions as PostgreSQL writes arrays.
fn array(json: &str, dimensions: usize) -> std::result::Result<String, &'static str> {
    if dimensions == 0 {
        return Err("PostgreSQL's arrays have at most 6 dimensions");
    }
    let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|_| "the list is not valid JSON")?;
    let mut out = String::from("{");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match item.get().as_bytes().first() {
            Some(b'n') => out.push_str("NULL"),
            Some(b'[') => out.push_str(&array(item.get(), dimensions - 1)?),
            Some(b'"') => quote(&text(item.get())?, &mut out),
            // Numbers, booleans, and the objects of an array of JSON.
            _ => quote(item.get(), &mut out),
        }
    }
    out.push('}');
    Ok(out)
}

fn quote(item: &str, out: &mut String) {
    out.push('"');
    for c in item.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

/// The row that a record id names: the value of a single-column key, or a key as an object.
pub(super) fn record_id(table: &Table, id: &Json, place: &str) -> Result<RowKey> {
    let json = id.text();
    if json.starts_with('{') {
        let fields: IndexMap<String, Json> =
            serde_json::from_str(json).map_err(|_| Error::value(format!("{place}: the key is not valid JSON.")))?;
        let texts = fields.iter().map(|(name, value)| Ok((name.clone(), scalar(value.text(), place)?)));
        return key(table, &texts.collect::<Result<_>>()?, place);
    }
    match &table.key {
        RowIdentity::PrimaryKey(columns) | RowIdentity::Unique(columns) if columns.len() == 1 => {
            Ok(RowKey::Columns(vec![scalar(json, place)?]))
        }
        _ => Err(misfit(table, place)),
    }
}

fn scalar(json: &str, place: &str) -> Result<String> {
    match json.as_bytes().first() {
        Some(b'"') => text(json).map_err(|why| Error::value(format!("{place}: {why}."))),
        Some(b'n' | b'[' | b'{') | None => Err(Error::value(format!("{place}: a key is a text or a number."))),
        _ => Ok(json.to_owned()),
    }
}

/// The row that a key as an object names.
pub(super) fn key(table: &Table, fields: &IndexMap<String, String>, place: &str) -> Result<RowKey> {
    let field = |name: &str| fields.get(name).cloned().ok_or_else(|| misfit(table, place));
    if fields.values().any(|value| value.contains('\0')) {
        return Err(Error::value(format!("{place}: PostgreSQL keeps no NUL characters in a text.")));
    }
    match &table.key {
        RowIdentity::RowVersion if fields.len() == 3 => Ok(RowKey::Version {
            tableoid: field("tableoid")?.parse().map_err(|_| misfit(table, place))?,
            ctid: field("ctid")?,
            digest: field("digest")?,
        }),
        RowIdentity::PrimaryKey(columns) | RowIdentity::Unique(columns) if columns.len() == fields.len() => {
            columns.iter().map(|attnum| field(&attnum.to_string())).collect::<Result<_>>().map(RowKey::Columns)
        }
        _ => Err(misfit(table, place)),
    }
}

fn misfit(table: &Table, place: &str) -> Error {
    let needs = match &table.key {
        RowIdentity::ReadOnly(reason) => {
            return Error::value(format!("{place}: no row can be named. {}", read_only_words(*reason)));
        }
        RowIdentity::RowVersion => {
            "this table has no key, so a row is named by its tableoid, ctid and digest".to_owned()
        }
        RowIdentity::PrimaryKey(columns) | RowIdentity::Unique(columns) => {
            let columns: Vec<String> = columns.iter().map(|attnum| format!("\"{attnum}\"")).collect();
            format!("a row of this table is named by an object with the members {}", columns.join(", "))
        }
    };
    Error::value(format!("{place}: {needs}. Read the table again if its key was changed."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_keep_every_item() {
        assert_eq!(array(r#"[1, null, "a\"b", [true]]"#, 2).unwrap(), r#"{"1",NULL,"a\"b",{"true"}}"#);
        assert_eq!(array("[12345678901234567890.10]", 1).unwrap(), r#"{"12345678901234567890.10"}"#);
        assert!(array(r#"["\u0000"]"#, 1).is_err());
        assert!(array(&"[".repeat(100_000), ARRAY_DIMENSIONS).is_err());
        assert!(array("[[[[[[[1]]]]]]]", ARRAY_DIMENSIONS).is_err());
    }
}
