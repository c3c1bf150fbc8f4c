//! From rows to the bytes of an answer.
//!
//! Written by hand: a tree of JSON values costs several times as much as everything else on our side of a page.

use std::borrow::Cow;
use std::io::Write as _;

use bytes::Bytes;
use mathesar_api::methods::records::{GroupingResult, RowPlace};
use mathesar_pg::RawRow;
use mathesar_sql::{
    RowKey, key,
    model::{Attnum, RowIdentity, Table},
    select::RowShape,
};
use mathesar_types::wire::{Form, JsonToken, Wire};
use serde::Serialize;

use crate::{Error, Result, limits};

/// Writes the rows of one shape.
pub(super) struct RowWriter {
    fields: Vec<Field>,
    identity: RowIdentity,
    key_fields: usize,
}

struct Field {
    /// `"<attnum>":`, with a comma before it for all but the first.
    name: Vec<u8>,
    wire: Wire,
    token: JsonToken,
}

impl RowWriter {
    /// A writer for the fields of `shape` in `form`.
    pub(super) fn new(table: &Table, shape: &RowShape, form: Form) -> Self {
        let fields = shape.columns.iter().enumerate().map(|(index, column)| {
            let comma = if index > 0 { "," } else { "" };
            let token = match column.wire.json(form) {
                // The contract's text form has every value but booleans as a string.
                JsonToken::Number if form == Form::Iso => JsonToken::String,
                token => token,
            };
            let name = format!("{comma}\"{}\":", column.attnum).into_bytes();
            Field { name, wire: column.wire.wire(), token }
        });
        Self { fields: fields.collect(), identity: table.key.clone(), key_fields: shape.key_fields }
    }

    /// Writes a row as an object by attribute number. `first` is where its fields begin in `row`.
    pub(super) fn row(&self, row: &RawRow, first: usize, out: &mut Vec<u8>) -> Result<()> {
        out.push(b'{');
        for (index, field) in self.fields.iter().enumerate() {
            out.extend_from_slice(&field.name);
            match row.bytes(first + index)? {
                None => out.extend_from_slice(b"null"),
                Some(bytes) => value(bytes, field.wire, field.token, out)?,
            }
        }
        out.push(b'}');
        if out.len() > limits::PAGE_BYTES {
            return Err(Error::limit(format!(
                "The answer would be larger than {} MB. Ask for fewer rows or fewer columns.",
                limits::PAGE_BYTES / (1024 * 1024)
            )));
        }
        Ok(())
    }

    /// The row's key.
    pub(super) fn key(&self, row: &RawRow, first: usize) -> Result<Option<RowKey>> {
        let start = first + self.fields.len();
        let fields = (start..start + self.key_fields).map(|index| Ok(row.get::<Option<&str>>(index)?));
        Ok(key::read(&self.identity, &fields.collect::<Result<Vec<_>>>()?))
    }

    /// The text of a field, as it can be given to PostgreSQL again; `None` for NULL.
    pub(super) fn text<'r>(&self, row: &'r RawRow, first: usize, position: usize) -> Result<Option<Cow<'r, str>>> {
        let Some(bytes) = row.bytes(first + position)? else { return Ok(None) };
        if self.fields[position].wire == Wire::Text {
            return utf8(bytes).map(|text| Some(Cow::Borrowed(text)));
        }
        let mut out = Vec::new();
        value(bytes, self.fields[position].wire, JsonToken::String, &mut out)?;
        let quoted = utf8(&out)?;
        Ok(Some(Cow::Owned(quoted.trim_matches('"').to_owned())))
    }

    /// Writes a key as an object.
    pub(super) fn write_key(&self, key: &RowKey, out: &mut Vec<u8>) -> Result<()> {
        write_key(&self.identity, key, out)
    }
}

/// Writes a key as the contract's object: by attribute number, or the three parts of a row version.
pub(super) fn write_key(identity: &RowIdentity, key: &RowKey, out: &mut Vec<u8>) -> Result<()> {
    match key {
        RowKey::Version { tableoid, ctid, digest } => {
            write!(out, "{{\"tableoid\":\"{tableoid}\",\"ctid\":").map_err(Error::internal)?;
            json(ctid, out)?;
            out.extend_from_slice(b",\"digest\":");
            json(digest, out)?;
        }
        RowKey::Columns(values) => {
            for (index, (attnum, value)) in identity.columns().iter().zip(values).enumerate() {
                let before = if index == 0 { '{' } else { ',' };
                write!(out, "{before}\"{attnum}\":").map_err(Error::internal)?;
                json(value, out)?;
            }
        }
    }
    out.push(b'}');
    Ok(())
}

/// Writes anything that serde can write.
pub(super) fn json<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<()> {
    serde_json::to_writer(out, value).map_err(Error::internal)
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(Error::internal)
}

/// Writes one value from PostgreSQL's binary form.
fn value(bytes: &[u8], wire: Wire, token: JsonToken, out: &mut Vec<u8>) -> Result<()> {
    let quote = token == JsonToken::String;
    match wire {
        Wire::Bool => out.extend_from_slice(if bytes == [1] { b"true" } else { b"false" }),
        Wire::Int2 => number(&i16::from_be_bytes(fixed(bytes)?), quote, out)?,
        Wire::Int4 => number(&i32::from_be_bytes(fixed(bytes)?), quote, out)?,
        Wire::Int8 => number(&i64::from_be_bytes(fixed(bytes)?), quote, out)?,
        Wire::Float4 => {
            let float = f32::from_be_bytes(fixed(bytes)?);
            if float.is_finite() { real(&float, quote, out)? } else { special(f64::from(float), out) }
        }
        Wire::Float8 => {
            let float = f64::from_be_bytes(fixed(bytes)?);
            if float.is_finite() { real(&float, quote, out)? } else { special(float, out) }
        }
        Wire::Text => match token {
            JsonToken::Raw => out.extend_from_slice(bytes),
            // A numeric is a JSON number digit for digit, unless it is NaN or infinite.
            JsonToken::Number if bytes.iter().all(|b| matches!(b, b'0'..=b'9' | b'-' | b'.')) => {
                out.extend_from_slice(bytes);
            }
            _ => json(utf8(bytes)?, out)?,
        },
    }
    Ok(())
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    bytes.try_into().map_err(Error::internal)
}

fn number<T: Serialize>(value: &T, quote: bool, out: &mut Vec<u8>) -> Result<()> {
    if quote {
        out.push(b'"');
    }
    json(value, out)?;
    if quote {
        out.push(b'"');
    }
    Ok(())
}

/// Shortest digits that read back to the same float, without the `.0` that PostgreSQL does not write either.
fn real<T: Serialize>(value: &T, quote: bool, out: &mut Vec<u8>) -> Result<()> {
    if quote {
        out.push(b'"');
    }
    json(value, out)?;
    if out.ends_with(b".0") {
        out.truncate(out.len() - 2);
    }
    if quote {
        out.push(b'"');
    }
    Ok(())
}

/// What JSON has no number for.
fn special(float: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(match (float.is_nan(), float > 0.0) {
        (true, _) => b"\"NaN\"",
        (false, true) => b"\"Infinity\"",
        (false, false) => b"\"-Infinity\"",
    });
}

/// How records are called: for each linking column, linked value → summary.
pub(super) type Linked = Vec<(Attnum, Vec<(String, String)>)>;

/// What an answer says about a joined column.
pub(super) struct JoinedValues {
    /// Its name.
    pub(super) alias: String,
    /// Its value in each row, as JSON.
    pub(super) rows: Vec<Vec<u8>>,
    /// Key → summary of the records.
    pub(super) summaries: Vec<(String, String)>,
}

/// The parts of a `RecordList`.
#[derive(Default)]
pub(super) struct ListBody {
    /// The rows, written one after the other with commas between.
    results: Vec<u8>,
    /// Where each row ends in them, behind its brace.
    ends: Vec<usize>,
    /// How many rows there are.
    pub(super) rows: usize,
    /// The keys, in the same way; `None` when nobody asked.
    keys: Option<Vec<u8>>,
    /// How many rows match, and whether that is exact.
    pub(super) count: Option<(i64, bool)>,
    /// See [`Linked`].
    pub(super) linked: Linked,
    /// Key → summary of the rows themselves; `None` when nobody asked.
    pub(super) summaries: Option<Vec<(String, String)>>,
    /// The joined columns.
    pub(super) joined: Vec<JoinedValues>,
    /// The groups; `None` when nobody asked.
    pub(super) grouping: Option<GroupingResult>,
    /// Where the page stands; `None` when that is where it was asked for.
    pub(super) place: Option<RowPlace>,
}

impl ListBody {
    /// An empty answer, with room for what was asked for.
    pub(super) fn new(keys: bool, summaries: bool) -> Self {
        Self { keys: keys.then(Vec::new), summaries: summaries.then(Vec::new), ..Self::default() }
    }

    /// Adds a row, and its key when keys are asked for.
    pub(super) fn push(&mut self, writer: &RowWriter, row: &RawRow) -> Result<()> {
        if !self.results.is_empty() {
            self.results.push(b',');
        }
        writer.row(row, 0, &mut self.results)?;
        self.ends.push(self.results.len());
        self.rows += 1;
        let Some(keys) = &mut self.keys else { return Ok(()) };
        if !keys.is_empty() {
            keys.push(b',');
        }
        let key = writer.key(row, 0)?.ok_or_else(|| Error::internal("a row came without its key"))?;
        writer.write_key(&key, keys)
    }

    /// The whole `RecordList` as JSON. The original's members are always there.
    pub(super) fn finish(self) -> Result<Bytes> {
        let mut out = Vec::with_capacity(self.results.len() + 1024);
        out.extend_from_slice(b"{\"count\":");
        json(&self.count.map(|(count, _)| count), &mut out)?;
        if let Some((_, exact)) = self.count {
            write!(out, ",\"count_exact\":{exact}").map_err(Error::internal)?;
        }
        out.extend_from_slice(b",\"results\":[");
        self.write_results(&mut out)?;
        out.push(b']');
        if let Some(keys) = &self.keys {
            out.extend_from_slice(b",\"keys\":[");
            out.extend_from_slice(keys);
            out.push(b']');
        }
        out.extend_from_slice(b",\"grouping\":");
        json(&self.grouping, &mut out)?;
        out.extend_from_slice(b",\"linked_record_summaries\":");
        linked(&self.linked, &mut out)?;
        out.extend_from_slice(b",\"record_summaries\":");
        match &self.summaries {
            Some(summaries) => pairs(summaries, &mut out)?,
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"joined_record_summaries\":");
        self.write_joined_summaries(&mut out)?;
        out.extend_from_slice(b",\"download_links\":null");
        if let Some(place) = &self.place {
            out.extend_from_slice(b",\"place\":");
            json(place, &mut out)?;
        }
        out.push(b'}');
        Ok(out.into())
    }
}

impl ListBody {
    /// The rows, each with its joined columns before its closing brace.
    fn write_results(&self, out: &mut Vec<u8>) -> Result<()> {
        if self.joined.is_empty() {
            out.extend_from_slice(&self.results);
            return Ok(());
        }
        let mut start = 0;
        for (row, end) in self.ends.iter().enumerate() {
            out.extend_from_slice(&self.results[start..end - 1]);
            for column in &self.joined {
                if !out.ends_with(b"{") {
                    out.push(b',');
                }
                json(&column.alias, out)?;
                out.push(b':');
                out.extend_from_slice(&column.rows[row]);
            }
            out.push(b'}');
            start = *end;
        }
        Ok(())
    }

    fn write_joined_summaries(&self, out: &mut Vec<u8>) -> Result<()> {
        if self.joined.is_empty() {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        out.push(b'{');
        for (index, column) in self.joined.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            json(&column.alias, out)?;
            out.push(b':');
            pairs(&column.summaries, out)?;
        }
        out.push(b'}');
        Ok(())
    }
}

/// Writes how linked records are called.
pub(super) fn linked(linked: &Linked, out: &mut Vec<u8>) -> Result<()> {
    out.push(b'{');
    for (index, (attnum, labels)) in linked.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        write!(out, "{comma}\"{attnum}\":").map_err(Error::internal)?;
        pairs(labels, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn pairs(pairs: &[(String, String)], out: &mut Vec<u8>) -> Result<()> {
    out.push(b'{');
    for (index, (key, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        json(key, out)?;
        out.push(b':');
        json(value, out)?;
    }
    out.push(b'}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8], wire: Wire, token: JsonToken) -> String {
        let mut out = Vec::new();
        value(bytes, wire, token, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(written(&i64::MAX.to_be_bytes(), Wire::Int8, JsonToken::Number), "9223372036854775807");
        assert_eq!(written(&i64::MIN.to_be_bytes(), Wire::Int8, JsonToken::String), "\"-9223372036854775808\"");
        assert_eq!(written(b"1.50", Wire::Text, JsonToken::Number), "1.50");
        assert_eq!(written(b"NaN", Wire::Text, JsonToken::Number), "\"NaN\"");
        assert_eq!(written(&0.1_f32.to_be_bytes(), Wire::Float4, JsonToken::Number), "0.1");
        assert_eq!(written(&1e300_f64.to_be_bytes(), Wire::Float8, JsonToken::Number), "1e+300");
        assert_eq!(written(&2_f64.to_be_bytes(), Wire::Float8, JsonToken::String), "\"2\"");
        assert_eq!(written(&f64::NEG_INFINITY.to_be_bytes(), Wire::Float8, JsonToken::Number), "\"-Infinity\"");
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(written("a\"\n\u{1}é".as_bytes(), Wire::Text, JsonToken::String), "\"a\\\"\\n\\u0001é\"");
        assert_eq!(written(&[1], Wire::Bool, JsonToken::Bool), "true");
    }
}
