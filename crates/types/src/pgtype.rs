//! A type as PostgreSQL's catalogue describes it, and what its modifier (`typmod`) means.

use serde::{Deserialize, Serialize};

/// Object identifiers of the built-in types that code has to name.
///
/// They are fixed by PostgreSQL's `pg_type.dat` and the same on every server.
pub mod oids {
    /// `boolean`.
    pub const BOOL: u32 = 16;
    /// `bytea`.
    pub const BYTEA: u32 = 17;
    /// `"char"`, the one-byte internal type.
    pub const CHAR: u32 = 18;
    /// `name`.
    pub const NAME: u32 = 19;
    /// `bigint`.
    pub const INT8: u32 = 20;
    /// `smallint`.
    pub const INT2: u32 = 21;
    /// `integer`.
    pub const INT4: u32 = 23;
    /// `text`.
    pub const TEXT: u32 = 25;
    /// `oid`.
    pub const OID: u32 = 26;
    /// `tid`, the type of `ctid`.
    pub const TID: u32 = 27;
    /// `json`.
    pub const JSON: u32 = 114;
    /// `xml`.
    pub const XML: u32 = 142;
    /// `real`.
    pub const FLOAT4: u32 = 700;
    /// `double precision`.
    pub const FLOAT8: u32 = 701;
    /// `money`.
    pub const MONEY: u32 = 790;
    /// `inet`.
    pub const INET: u32 = 869;
    /// `character(n)`.
    pub const BPCHAR: u32 = 1042;
    /// `character varying`.
    pub const VARCHAR: u32 = 1043;
    /// `date`.
    pub const DATE: u32 = 1082;
    /// `time without time zone`.
    pub const TIME: u32 = 1083;
    /// `timestamp without time zone`.
    pub const TIMESTAMP: u32 = 1114;
    /// `timestamp with time zone`.
    pub const TIMESTAMPTZ: u32 = 1184;
    /// `interval`.
    pub const INTERVAL: u32 = 1186;
    /// `time with time zone`.
    pub const TIMETZ: u32 = 1266;
    /// `bit(n)`.
    pub const BIT: u32 = 1560;
    /// `bit varying(n)`.
    pub const VARBIT: u32 = 1562;
    /// `numeric`.
    pub const NUMERIC: u32 = 1700;
    /// `uuid`.
    pub const UUID: u32 = 2950;
    /// `jsonb`.
    pub const JSONB: u32 = 3802;

    /// The number of one of these types by its name in the catalogue, such as `int4`.
    pub fn named(name: &str) -> Option<u32> {
        let oid = match name {
            "bool" => BOOL,
            "bytea" => BYTEA,
            "char" => CHAR,
            "name" => NAME,
            "int8" => INT8,
            "int2" => INT2,
            "int4" => INT4,
            "text" => TEXT,
            "oid" => OID,
            "tid" => TID,
            "json" => JSON,
            "xml" => XML,
            "float4" => FLOAT4,
            "float8" => FLOAT8,
            "money" => MONEY,
            "inet" => INET,
            "bpchar" => BPCHAR,
            "varchar" => VARCHAR,
            "date" => DATE,
            "time" => TIME,
            "timestamp" => TIMESTAMP,
            "timestamptz" => TIMESTAMPTZ,
            "interval" => INTERVAL,
            "timetz" => TIMETZ,
            "bit" => BIT,
            "varbit" => VARBIT,
            "numeric" => NUMERIC,
            "uuid" => UUID,
            "jsonb" => JSONB,
            _ => return None,
        };
        Some(oid)
    }
}

/// A row of `pg_type` with what it refers to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PgType {
    /// `pg_type.oid`.
    pub oid: u32,
    /// The schema that holds the type.
    pub schema: String,
    /// `pg_type.typname`: `int4`, `_text`, `mood`.
    pub name: String,
    /// What kind of type it is.
    pub kind: TypeKind,
}

/// The kinds of types (`pg_type.typtype`, with arrays told apart).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TypeKind {
    /// A base type.
    Base,
    /// A domain over another type.
    Domain {
        /// The type under the domain, which may be a domain itself.
        base: Box<PgType>,
    },
    /// An enum.
    Enum {
        /// The labels in their order.
        labels: Vec<String>,
    },
    /// A true array type.
    Array {
        /// The type of the elements.
        element: Box<PgType>,
    },
    /// A composite type.
    Composite,
    /// A range type.
    Range,
    /// A multirange type.
    Multirange,
    /// A pseudo-type; no column of a table has one, but an expression may.
    Pseudo,
}

impl PgType {
    /// A base type of `pg_catalog`.
    pub fn builtin(oid: u32, name: &str) -> Self {
        Self { oid, schema: "pg_catalog".to_owned(), name: name.to_owned(), kind: TypeKind::Base }
    }

    /// The type under any domains: the one that decides how a value is stored and written.
    pub fn storage(&self) -> &Self {
        match &self.kind {
            TypeKind::Domain { base } => base.storage(),
            _ => self,
        }
    }

    /// Whether the type is `pg_catalog.<name>` itself.
    pub fn is_builtin(&self, name: &str) -> bool {
        self.schema == "pg_catalog" && self.name == name
    }
}

/// The type of a column: the type, its modifier, and both as `format_type()` writes them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ColumnType {
    /// The type.
    pub pg: PgType,
    /// `pg_attribute.atttypmod`; -1 when there is none.
    pub typmod: i32,
    /// `format_type(atttypid, atttypmod)`: `numeric(10,2)`, `character varying(40)`, `mood[]`.
    pub display: String,
}

impl ColumnType {
    /// What the modifier says. A domain's modifier belongs to the domain, so it has none here.
    pub fn modifier(&self) -> Modifier {
        let element = match &self.pg.kind {
            TypeKind::Array { element } => element.as_ref(),
            _ => &self.pg,
        };
        Modifier::decode(element.oid, self.typmod)
    }
}

/// The meaning of a type modifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modifier {
    /// No modifier, or one of a type whose modifiers are not known here (an extension's).
    None,
    /// `character varying(n)`, `character(n)`, `bit(n)`, `bit varying(n)`.
    Length(u32),
    /// `numeric(precision, scale)`; the scale may be negative from PostgreSQL 15 on.
    Numeric {
        /// Digits in all.
        precision: u16,
        /// Digits after the decimal point.
        scale: i16,
    },
    /// `time(p)`, `timestamp(p)` and their forms with a zone: digits of the fraction of a second.
    TimePrecision(u8),
    /// `interval fields(p)`.
    Interval {
        /// Which fields are kept; `None` for all.
        fields: Option<IntervalFields>,
        /// Digits of the fraction of a second; `None` for all six.
        precision: Option<u8>,
    },
}

/// The fields that an `interval` column may be limited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalFields {
    /// `year`.
    Year,
    /// `month`.
    Month,
    /// `day`.
    Day,
    /// `hour`.
    Hour,
    /// `minute`.
    Minute,
    /// `second`.
    Second,
    /// `year to month`.
    YearToMonth,
    /// `day to hour`.
    DayToHour,
    /// `day to minute`.
    DayToMinute,
    /// `day to second`.
    DayToSecond,
    /// `hour to minute`.
    HourToMinute,
    /// `hour to second`.
    HourToSecond,
    /// `minute to second`.
    MinuteToSecond,
}

// Bits of the interval range mask, from PostgreSQL's src/include/utils/datetime.h (MONTH, YEAR, DAY, HOUR, MINUTE, SECOND).
const MONTH: u32 = 1 << 1;
const YEAR: u32 = 1 << 2;
const DAY: u32 = 1 << 3;
const HOUR: u32 = 1 << 10;
const MINUTE: u32 = 1 << 11;
const SECOND: u32 = 1 << 12;

/// Length words that `character` types and `numeric` add to their modifier (`VARHDRSZ`).
const HEADER: i32 = 4;

impl IntervalFields {
    /// Every form, with its mask.
    const ALL: [(Self, u32); 13] = [
        (Self::Year, YEAR),
        (Self::Month, MONTH),
        (Self::Day, DAY),
        (Self::Hour, HOUR),
        (Self::Minute, MINUTE),
        (Self::Second, SECOND),
        (Self::YearToMonth, YEAR | MONTH),
        (Self::DayToHour, DAY | HOUR),
        (Self::DayToMinute, DAY | HOUR | MINUTE),
        (Self::DayToSecond, DAY | HOUR | MINUTE | SECOND),
        (Self::HourToMinute, HOUR | MINUTE),
        (Self::HourToSecond, HOUR | MINUTE | SECOND),
        (Self::MinuteToSecond, MINUTE | SECOND),
    ];

    /// The words as SQL and `format_type` write them.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::YearToMonth => "year to month",
            Self::DayToHour => "day to hour",
            Self::DayToMinute => "day to minute",
            Self::DayToSecond => "day to second",
            Self::HourToMinute => "hour to minute",
            Self::HourToSecond => "hour to second",
            Self::MinuteToSecond => "minute to second",
        }
    }

    /// Reads the words of [`as_sql`](Self::as_sql), whatever their case.
    pub fn from_sql(words: &str) -> Option<Self> {
        Self::ALL.iter().map(|(fields, _)| *fields).find(|fields| fields.as_sql().eq_ignore_ascii_case(words.trim()))
    }

    fn from_mask(mask: u32) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == mask).map(|(fields, _)| *fields)
    }
}

impl Modifier {
    /// Reads `typmod` as the built-in type `oid` means it.
    pub fn decode(oid: u32, typmod: i32) -> Self {
        if typmod < 0 {
            return Self::None;
        }
        match oid {
            oids::VARCHAR | oids::BPCHAR => Self::Length(typmod.saturating_sub(HEADER).max(0).unsigned_abs()),
            oids::BIT | oids::VARBIT => Self::Length(typmod.unsigned_abs()),
            oids::NUMERIC => Self::numeric(typmod),
            oids::TIME | oids::TIMETZ | oids::TIMESTAMP | oids::TIMESTAMPTZ => {
                u8::try_from(typmod).map_or(Self::None, Self::TimePrecision)
            }
            oids::INTERVAL => Self::interval(typmod.unsigned_abs()),
            _ => Self::None,
        }
    }

    fn numeric(typmod: i32) -> Self {
        let Some(packed) = typmod.checked_sub(HEADER).and_then(|packed| u32::try_from(packed).ok()) else {
            return Self::None;
        };
        // The scale is an eleven-bit two's complement number from PostgreSQL 15 on; before that it was never above 1000.
        let eleven_bits = i16::try_from(packed & 0x7ff).unwrap_or_default();
        let scale = (eleven_bits ^ 0x400) - 0x400;
        u16::try_from(packed >> 16).map_or(Self::None, |precision| Self::Numeric { precision, scale })
    }

    fn interval(typmod: u32) -> Self {
        let (mask, precision) = (typmod >> 16, typmod & 0xffff);
        let precision = u8::try_from(precision).ok();
        match (IntervalFields::from_mask(mask), precision) {
            (None, None) => Self::None,
            (fields, precision) => Self::Interval { fields, precision },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modifiers were read from a PostgreSQL 15 with `select atttypmod from pg_attribute`.
    #[test]
    fn modifiers_are_read_as_postgresql_packs_them() {
        let cases = [
            (oids::VARCHAR, 44, Modifier::Length(40)),
            (oids::BPCHAR, 7, Modifier::Length(3)),
            (oids::VARBIT, 9, Modifier::Length(9)),
            (oids::NUMERIC, 655_366, Modifier::Numeric { precision: 10, scale: 2 }),
            (oids::NUMERIC, 329_729, Modifier::Numeric { precision: 5, scale: -3 }),
            (oids::TIMESTAMPTZ, 3, Modifier::TimePrecision(3)),
            (
                oids::INTERVAL,
                0x1c08_ffff,
                Modifier::Interval { fields: Some(IntervalFields::DayToSecond), precision: None },
            ),
            (oids::INTERVAL, 0x7fff_0003, Modifier::Interval { fields: None, precision: Some(3) }),
            (oids::TEXT, 12, Modifier::None),
            (oids::NUMERIC, -1, Modifier::None),
        ];
        for (oid, typmod, expected) in cases {
            assert_eq!(Modifier::decode(oid, typmod), expected, "oid {oid}, typmod {typmod}");
        }
    }

    #[test]
    fn interval_words_round_trip() {
        for (fields, _) in IntervalFields::ALL {
            assert_eq!(IntervalFields::from_sql(&fields.as_sql().to_uppercase()), Some(fields));
        }
        assert_eq!(IntervalFields::from_sql("fortnight"), None);
    }

    #[test]
    fn storage_looks_through_nested_domains() {
        let text = PgType::builtin(oids::TEXT, "text");
        let domain = |name: &str, base: PgType| PgType {
            oid: 90_000,
            schema: "public".to_owned(),
            name: name.to_owned(),
            kind: TypeKind::Domain { base: Box::new(base) },
        };
        assert_eq!(domain("outer", domain("inner", text.clone())).storage(), &text);
    }
}
