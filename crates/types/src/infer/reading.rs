//! How the fields of a column are read: a type, and the way in which its values are written.

use serde::{Deserialize, Serialize};

/// The way in which the fields of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// Every character is kept; only a field without quotes and characters is NULL.
    Text,
    /// PostgreSQL reads the field itself; for types that are not inferred and have one way to be written.
    Verbatim,
    /// `true`/`false`, `t`/`f`, `yes`/`no`, `y`/`n`.
    Boolean,
    /// Whole numbers that fit `integer`.
    Integer,
    /// Whole numbers that fit `bigint`.
    Bigint,
    /// Exact decimals.
    Numeric(Separators),
    /// Days.
    Date(DateOrder),
    /// Days with a time and no zone.
    Timestamp(DateOrder),
    /// Days with a time and a zone.
    TimestampTz(DateOrder),
    /// Times of day.
    Time,
    /// Durations: ISO 8601, or `HH:MM:SS`.
    Interval,
    /// Universally unique identifiers.
    Uuid,
    /// JSON objects and arrays.
    Json,
    /// Network addresses; offered, never guessed, since version numbers look the same.
    Inet,
}

/// What separates thousands and fractions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separators {
    /// `1234.5`.
    Plain,
    /// `1,234.5`.
    CommaGroups,
    /// `1.234,5`.
    PointGroups,
}

/// The order of year, month and day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `1998-06-12`, also with `/` or `.`.
    Ymd,
    /// `12.06.1998`, also with `/` or `-`.
    Dmy,
    /// `06/12/1998`, also with `-` or `.`.
    Mdy,
    /// A month with an English name: `Jun 12 1998`, `12 June 1998`.
    Named,
}

impl Separators {
    /// The characters between groups and before the fraction.
    pub(super) const fn characters(self) -> (Option<u8>, u8) {
        match self {
            Self::Plain => (None, b'.'),
            Self::CommaGroups => (Some(b','), b'.'),
            Self::PointGroups => (Some(b'.'), b','),
        }
    }

    /// The code in the contract; `None` for the plain form.
    const fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::CommaGroups => Some("1,234.5"),
            Self::PointGroups => Some("1.234,5"),
        }
    }
}

impl DateOrder {
    /// Every order, in the order of their bits.
    pub(super) const ALL: [Self; 4] = [Self::Ymd, Self::Dmy, Self::Mdy, Self::Named];

    /// The code in the contract; `None` for ISO.
    const fn code(self) -> Option<&'static str> {
        match self {
            Self::Ymd => None,
            Self::Dmy => Some("dmy"),
            Self::Mdy => Some("mdy"),
            Self::Named => Some("named"),
        }
    }
}

impl Reading {
    /// PostgreSQL's name of the type that the reading is for; `text` for [`Reading::Verbatim`], which is for many.
    pub const fn pg_type(self) -> &'static str {
        match self {
            Self::Text | Self::Verbatim => "text",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Bigint => "bigint",
            Self::Numeric(_) => "numeric",
            Self::Date(_) => "date",
            Self::Timestamp(_) => "timestamp without time zone",
            Self::TimestampTz(_) => "timestamp with time zone",
            Self::Time => "time without time zone",
            Self::Interval => "interval",
            Self::Uuid => "uuid",
            Self::Json => "jsonb",
            Self::Inet => "inet",
        }
    }

    /// How values are written where that is not the type's usual way: `dmy`, `mdy`, `named`, `1,234.5`, `1.234,5`.
    pub const fn format(self) -> Option<&'static str> {
        match self {
            Self::Numeric(separators) => separators.code(),
            Self::Date(order) | Self::Timestamp(order) | Self::TimestampTz(order) => order.code(),
            _ => None,
        }
    }

    /// The reading for a type that the user chose and the format that came with it.
    ///
    /// `pg_type` is a type's name without modifiers, as `format_type` or SQL write it. Types that are not inferred are read
    /// by PostgreSQL; an unknown format gives `None`.
    pub fn choose(pg_type: &str, format: Option<&str>) -> Option<Self> {
        let separators = || match format {
            None => Some(Separators::Plain),
            Some("1,234.5") => Some(Separators::CommaGroups),
            Some("1.234,5") => Some(Separators::PointGroups),
            Some(_) => None,
        };
        let order = || DateOrder::ALL.into_iter().find(|order| order.code() == format);
        let plain = |reading| format.is_none().then_some(reading);
        match pg_type.trim().to_ascii_lowercase().as_str() {
            "text" | "character varying" | "varchar" | "character" | "char" | "bpchar" | "name" | "citext" => {
                plain(Self::Text)
            }
            // Types whose values may be empty: the field between quotes is one, and no NULL.
            "bit varying" | "varbit" | "tsvector" | "tsquery" | "xml" | "hstore" | "ltree" => plain(Self::Text),
            "boolean" | "bool" => plain(Self::Boolean),
            "numeric" | "decimal" => separators().map(Self::Numeric),
            "integer" | "int4" | "int" => number(separators()?, Self::Integer),
            "bigint" | "int8" | "smallint" | "int2" => number(separators()?, Self::Bigint),
            "real" | "float4" | "double precision" | "float8" => number(separators()?, Self::Verbatim),
            "date" => order().map(Self::Date),
            "timestamp without time zone" | "timestamp" => order().map(Self::Timestamp),
            "timestamp with time zone" | "timestamptz" => order().map(Self::TimestampTz),
            "time without time zone" | "time" => plain(Self::Time),
            "interval" => plain(Self::Interval),
            "uuid" => plain(Self::Uuid),
            "jsonb" | "json" => plain(Self::Json),
            "inet" => plain(Self::Inet),
            _ => plain(Self::Verbatim),
        }
    }
}

/// Numbers with separators are read the same way whatever number type they become.
fn number(separators: Separators, plain: Reading) -> Option<Reading> {
    Some(if separators == Separators::Plain { plain } else { Reading::Numeric(separators) })
}
