//! From the fields of rows to JSON, in the forms that the contract promises.

use std::borrow::Cow;

use mathesar_pg::RawRow;
use mathesar_types::wire::{Form, JsonToken, Wire, WireExpr};
use serde::Serialize;

use crate::{Error, Result, limits};

/// Writes rows as objects.
pub(crate) struct Fields(Vec<Field>);

struct Field {
    /// `"<name>":`, with a comma before it for all but the first.
    name: Vec<u8>,
    wire: Wire,
    token: JsonToken,
}

impl Fields {
    /// A writer for fields of these names, which leave PostgreSQL in these ways.
    pub(crate) fn new(columns: impl IntoIterator<Item = (String, WireExpr)>, form: Form) -> Self {
        let fields = columns.into_iter().enumerate().map(|(index, (name, wire))| {
            let comma = if index > 0 { "," } else { "" };
            let token = match wire.json(form) {
                // The contract's text form has every value but booleans as a string.
                JsonToken::Number if form == Form::Iso => JsonToken::String,
                token => token,
            };
            let name = format!("{comma}{}:", serde_json::Value::from(name)).into_bytes();
            Field { name, wire: wire.wire(), token }
        });
        Self(fields.collect())
    }

    /// How many fields there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes a row as an object. `first` is where the fields begin in `row`.
    pub(crate) fn object(&self, row: &RawRow, first: usize, out: &mut Vec<u8>) -> Result<()> {
        out.push(b'{');
        for (index, field) in self.0.iter().enumerate() {
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

    /// The text of a field, as it can be given to PostgreSQL again; `None` for NULL.
    pub(crate) fn text<'r>(&self, row: &'r RawRow, first: usize, position: usize) -> Result<Option<Cow<'r, str>>> {
        let Some(bytes) = row.bytes(first + position)? else { return Ok(None) };
        if self.0[position].wire == Wire::Text {
            return utf8(bytes).map(|text| Some(Cow::Borrowed(text)));
        }
        let mut out = Vec::new();
        value(bytes, self.0[position].wire, JsonToken::String, &mut out)?;
        let quoted = utf8(&out)?;
        Ok(Some(Cow::Owned(quoted.trim_matches('"').to_owned())))
    }
}

/// Writes anything that serde can write.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<()> {
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
