//! Reads the text fields of catalogue rows.

use std::str::FromStr;

use thiserror::Error;

use crate::ident::{Ident, IdentError};
use crate::model::Attnum;

/// A catalogue row that is not what its query promises. It means a fault of ours or a server that is no PostgreSQL.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    /// The row ended early.
    #[error("the catalogue's row has no field {0}")]
    Missing(usize),
    /// A field is NULL that must not be.
    #[error("field {0} of the catalogue's row is NULL")]
    Null(usize),
    /// A field is not of the expected form.
    #[error("field {index} of the catalogue's row is not {expected}")]
    Form {
        /// Position in the row, from 0.
        index: usize,
        /// What it should be.
        expected: &'static str,
    },
    /// A name that we cannot hold, of a server built with a longer `NAMEDATALEN`.
    #[error("field {index} of the catalogue's row: {reason}")]
    Name {
        /// Position in the row, from 0.
        index: usize,
        /// Why not.
        reason: IdentError,
    },
    /// A column's type is not among the types that were read with it: it was changed in between.
    #[error("the type {0} was not found in the catalogue; it was changed meanwhile, read the table again")]
    UnknownType(u32),
    /// The table is gone.
    #[error("the table was not found in the catalogue")]
    NoTable,
}

/// Takes the fields of a row one after the other.
pub struct Fields<'a> {
    row: &'a [Option<&'a str>],
    next: usize,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(row: &'a [Option<&'a str>]) -> Self {
        Self { row, next: 0 }
    }

    pub(crate) fn optional(&mut self) -> Result<Option<&'a str>, DecodeError> {
        let field = self.row.get(self.next).ok_or(DecodeError::Missing(self.next))?;
        self.next += 1;
        Ok(*field)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, DecodeError> {
        self.optional()?.ok_or(DecodeError::Null(self.next - 1))
    }

    pub(crate) fn owned(&mut self) -> Result<Option<String>, DecodeError> {
        Ok(self.optional()?.map(str::to_owned))
    }

    pub(crate) fn ident(&mut self) -> Result<Ident, DecodeError> {
        self.text().and_then(|text| self.name(text))
    }

    pub(crate) fn optional_ident(&mut self) -> Result<Option<Ident>, DecodeError> {
        self.optional()?.map(|text| self.name(text)).transpose()
    }

    fn name(&self, text: &str) -> Result<Ident, DecodeError> {
        Ident::new(text).map_err(|reason| DecodeError::Name { index: self.next - 1, reason })
    }

    pub(crate) fn number<T: FromStr>(&mut self) -> Result<T, DecodeError> {
        self.text()?.parse().map_err(|_| self.form("a number"))
    }

    pub(crate) fn optional_number<T: FromStr>(&mut self) -> Result<Option<T>, DecodeError> {
        self.optional()?.map(|text| text.parse().map_err(|_| self.form("a number"))).transpose()
    }

    /// A privilege or flag; NULL, as for an object dropped meanwhile, is `false`.
    pub(crate) fn flag(&mut self) -> Result<bool, DecodeError> {
        Ok(self.optional()?.is_some_and(|text| text.starts_with('t')))
    }

    /// The one letter of a `"char"` field; `None` when it is empty.
    pub(crate) fn letter(&mut self) -> Result<Option<char>, DecodeError> {
        Ok(self.optional()?.and_then(|text| text.chars().next()))
    }

    /// Numbers of an array (`{1,2}`) or vector (`1 2`); NULL is none.
    pub(crate) fn numbers<T: FromStr>(&mut self) -> Result<Vec<T>, DecodeError> {
        let text = self.optional()?.unwrap_or_default();
        text.trim_matches(['{', '}'])
            .split([',', ' '])
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().map_err(|_| self.form("a list of numbers")))
            .collect()
    }

    /// The columns that an index finds rows by, from their number and its vector, in which those follow that are only carried along
    /// (`INCLUDE`).
    pub(crate) fn keys(&mut self) -> Result<Vec<Attnum>, DecodeError> {
        let count = self.number::<usize>()?;
        let mut columns = self.numbers()?;
        columns.truncate(count);
        Ok(columns)
    }

    /// Texts of an array; NULL is none.
    pub(crate) fn texts(&mut self) -> Result<Vec<String>, DecodeError> {
        let text = self.optional()?.unwrap_or("{}");
        array_items(text).ok_or_else(|| self.form("an array"))
    }

    pub(crate) fn form(&self, expected: &'static str) -> DecodeError {
        DecodeError::Form { index: self.next.saturating_sub(1), expected }
    }
}

/// Splits the text form of a one-dimensional array without NULLs.
fn array_items(text: &str) -> Option<Vec<String>> {
    let mut chars = text.strip_prefix('{')?.strip_suffix('}')?.chars();
    let mut items = Vec::new();
    let (mut item, mut quoted, mut any) = (String::new(), false, false);
    while let Some(c) = chars.next() {
        any = true;
        match c {
            '\\' => item.push(chars.next()?),
            '"' => quoted = !quoted,
            ',' if !quoted => items.push(std::mem::take(&mut item)),
            other => item.push(other),
        }
    }
    if any {
        items.push(item);
    }
    (!quoted).then_some(items)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frag::array_literal;

    #[test]
    fn reads_arrays_as_postgresql_writes_them() {
        assert_eq!(array_items("{}"), Some(vec![]));
        assert_eq!(array_items(r#"{sad,"so so","a\"b",""}"#).unwrap(), ["sad", "so so", "a\"b", ""]);
        assert_eq!(array_items("{\"open}"), None);
    }

    proptest! {
        #[test]
        fn reads_back_what_we_write(items in prop::collection::vec(".{0,8}", 0..5)) {
            let literal = array_literal(items.iter().map(|item| Some(item.as_str())));
            prop_assert_eq!(array_items(&literal).unwrap(), items);
        }
    }
}
