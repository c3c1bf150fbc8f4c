//! Rows as they came over the wire.

use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Column, Row};

use crate::error::Error;

/// One row of a result, undecoded.
///
/// PostgreSQL is asked for its binary form, so only types whose binary form the reader knows should be selected: the numbers,
/// `bool`, `oid`, `text` and arrays of them; everything else leaves PostgreSQL as text (architecture, section 5).
#[derive(Clone, Debug)]
pub struct RawRow(Row);

/// Bytes of any type.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl From<Row> for RawRow {
    fn from(row: Row) -> Self {
        Self(row)
    }
}

impl RawRow {
    /// How many columns it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no columns.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of column `index`, counted from 0; `None` for NULL.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn bytes(&self, index: usize) -> Result<Option<&[u8]>, Error> {
        Ok(self.get::<Option<Raw<'_>>>(index)?.map(|raw| raw.0))
    }

    /// Column `index`, counted from 0, as `i16`, `i32`, `i64`, `f32`, `f64`, `bool`, `u32` (oid), `&str`, `String`, a `Vec` of
    /// these, or an `Option` where NULL may come.
    ///
    /// # Errors
    /// When there is no such column, its type is another one, or it is NULL and `T` is not an `Option`.
    pub fn get<'a, T: FromSql<'a>>(&'a self, index: usize) -> Result<T, Error> {
        self.0.try_get(index).map_err(|_| Error::Decode { column: index, expected: std::any::type_name::<T>() })
    }

    /// Names and types of the columns.
    pub fn columns(&self) -> &[Column] {
        self.0.columns()
    }
}
