//! How a value leaves PostgreSQL and which JSON token it becomes (architecture, section 5).
//!
//! This module names the form; `sql` turns it into an expression, `pg` reads the column as [`Wire`], and the row writer asks
//! [`WireExpr::json`] for the token.

use crate::{
    family::{FamilyId, family_of},
    pgtype::{ColumnType, PgType, TypeKind, oids},
};

/// The type that the driver receives: the cheap built-ins natively, all else as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wire {
    /// `int2`.
    Int2,
    /// `int4`.
    Int4,
    /// `int8`.
    Int8,
    /// `float4`.
    Float4,
    /// `float8`.
    Float8,
    /// `bool`.
    Bool,
    /// `text`.
    Text,
}

/// Whose forms a caller reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Those of the original's methods: `AD`/`BC` dates, numbers as JSON numbers, arrays as JSON.
    Original,
    /// Ours: ISO 8601 dates and times, exact numbers as strings, arrays as PostgreSQL's text. Also the form of exported files.
    Iso,
}

/// The JSON token that a column's value becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonToken {
    /// A number, digit for digit; what JSON has no number for (`NaN`, `Infinity`, `-Infinity`) is a string.
    Number,
    /// `true` or `false`.
    Bool,
    /// A string.
    String,
    /// The text is JSON already and is written as it is.
    Raw,
}

/// The expression that a column is selected by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WireExpr {
    /// The bare column, read by the driver as it is.
    Native(Wire),
    /// `numeric` as text: every digit and the trailing zeros of its scale.
    Numeric,
    /// A cast to text.
    Text,
    /// `\x` and hexadecimal digits, whatever `bytea_output` says.
    BytesHex,
    /// `YYYY-MM-DD`, with ` BC` after years before the common era; `infinity`, `-infinity`.
    IsoDate,
    /// `HH:MM:SS[.ffffff]`.
    IsoTime,
    /// `HH:MM:SS[.ffffff]±HH[:MM[:SS]]`.
    IsoTimeTz,
    /// `YYYY-MM-DDTHH:MM:SS[.ffffff]`, with ` BC` where needed.
    IsoTimestamp,
    /// `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`, in UTC, with ` BC` where needed.
    IsoTimestampTz,
    /// ISO 8601 duration, `P1Y2M3DT4H5M6.7S`; negative fields carry their own sign.
    IsoInterval,
    /// The original's date: `YYYY-MM-DD AD`.
    OriginalDate,
    /// The original's time: `HH:MM:SS.f`, the fraction always there.
    OriginalTime,
    /// The original's time with zone: `HH:MM:SS.f±HH:MM`, `Z` for UTC.
    OriginalTimeTz,
    /// The original's timestamp: `YYYY-MM-DDTHH:MM:SS.f AD`.
    OriginalTimestamp,
    /// The original's timestamp with zone: `YYYY-MM-DDTHH:MM:SS.fZ AD`, in UTC.
    OriginalTimestampTz,
    /// The original's interval: `P0Y0M0DT0H0M0S`, every field there.
    OriginalInterval,
    /// PostGIS's `geometry` and `geography` as extended well-known text, such as `SRID=4326;POINT(1 2)`, which they read as well; the
    /// text of their own is hexadecimal.
    Ewkt,
    /// `json` and `jsonb` as their text, in a JSON string.
    JsonText,
    /// Whatever `to_jsonb` makes of it, written as JSON: arrays, composites and the like in the original's form.
    ToJson,
}

impl WireExpr {
    /// What the driver receives for the expression.
    pub const fn wire(self) -> Wire {
        match self {
            Self::Native(wire) => wire,
            _ => Wire::Text,
        }
    }

    /// The token that the value becomes.
    ///
    /// In our form int8 and numeric are strings, so that no client turns them into a float.
    pub const fn json(self, form: Form) -> JsonToken {
        match (self, form) {
            (Self::Native(Wire::Bool), _) => JsonToken::Bool,
            (Self::Native(Wire::Int8) | Self::Numeric, Form::Iso) => JsonToken::String,
            (Self::Native(Wire::Text), _) => JsonToken::String,
            (Self::Native(_) | Self::Numeric, _) => JsonToken::Number,
            (Self::ToJson, _) => JsonToken::Raw,
            _ => JsonToken::String,
        }
    }
}

/// How a column of type `column` leaves PostgreSQL in `form`. Domains leave as the type under them.
pub fn wire(column: &ColumnType, form: Form) -> WireExpr {
    wire_of(&column.pg, form)
}

/// [`wire`] for a type alone, for expressions that are no column.
pub fn wire_of(pg: &PgType, form: Form) -> WireExpr {
    let pg = pg.storage();
    match (&pg.kind, form) {
        (TypeKind::Array { .. } | TypeKind::Composite, Form::Original) => WireExpr::ToJson,
        (TypeKind::Base, _) if pg.schema == "pg_catalog" => builtin(pg, form),
        (TypeKind::Base, _) if matches!(pg.name.as_str(), "geometry" | "geography") => WireExpr::Ewkt,
        _ => WireExpr::Text,
    }
}

fn builtin(pg: &PgType, form: Form) -> WireExpr {
    let original = matches!(form, Form::Original);
    let either = |theirs, ours| if original { theirs } else { ours };
    match pg.oid {
        oids::BOOL => WireExpr::Native(Wire::Bool),
        oids::INT2 => WireExpr::Native(Wire::Int2),
        oids::INT4 => WireExpr::Native(Wire::Int4),
        oids::INT8 => WireExpr::Native(Wire::Int8),
        oids::FLOAT4 => WireExpr::Native(Wire::Float4),
        oids::FLOAT8 => WireExpr::Native(Wire::Float8),
        oids::TEXT | oids::VARCHAR => WireExpr::Native(Wire::Text),
        oids::NUMERIC => WireExpr::Numeric,
        oids::BYTEA => WireExpr::BytesHex,
        oids::DATE => either(WireExpr::OriginalDate, WireExpr::IsoDate),
        oids::TIME => either(WireExpr::OriginalTime, WireExpr::IsoTime),
        oids::TIMETZ => either(WireExpr::OriginalTimeTz, WireExpr::IsoTimeTz),
        oids::TIMESTAMP => either(WireExpr::OriginalTimestamp, WireExpr::IsoTimestamp),
        oids::TIMESTAMPTZ => either(WireExpr::OriginalTimestampTz, WireExpr::IsoTimestampTz),
        oids::INTERVAL => either(WireExpr::OriginalInterval, WireExpr::IsoInterval),
        _ if family_of(pg).id == FamilyId::Json => WireExpr::JsonText,
        _ => WireExpr::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(element: PgType) -> PgType {
        let kind = TypeKind::Array { element: Box::new(element) };
        PgType { oid: 1007, schema: "pg_catalog".to_owned(), name: "_int4".to_owned(), kind }
    }

    fn domain(base: PgType) -> PgType {
        let kind = TypeKind::Domain { base: Box::new(base) };
        PgType { oid: 90_000, schema: "public".to_owned(), name: "price".to_owned(), kind }
    }

    #[test]
    fn each_form_has_its_own_expression_and_token() {
        let int8 = WireExpr::Native(Wire::Int8);
        let cases = [
            (PgType::builtin(oids::INT8, "int8"), (int8, JsonToken::Number), (int8, JsonToken::String)),
            (
                domain(PgType::builtin(oids::NUMERIC, "numeric")),
                (WireExpr::Numeric, JsonToken::Number),
                (WireExpr::Numeric, JsonToken::String),
            ),
            (
                array(PgType::builtin(oids::INT4, "int4")),
                (WireExpr::ToJson, JsonToken::Raw),
                (WireExpr::Text, JsonToken::String),
            ),
            (
                PgType::builtin(oids::JSONB, "jsonb"),
                (WireExpr::JsonText, JsonToken::String),
                (WireExpr::JsonText, JsonToken::String),
            ),
            (
                PgType::builtin(oids::TIMESTAMPTZ, "timestamptz"),
                (WireExpr::OriginalTimestampTz, JsonToken::String),
                (WireExpr::IsoTimestampTz, JsonToken::String),
            ),
            (
                PgType { oid: 90_001, schema: "geo".into(), name: "geometry".into(), kind: TypeKind::Base },
                (WireExpr::Ewkt, JsonToken::String),
                (WireExpr::Ewkt, JsonToken::String),
            ),
            (
                PgType { oid: 90_002, schema: "geo".into(), name: "cube".into(), kind: TypeKind::Base },
                (WireExpr::Text, JsonToken::String),
                (WireExpr::Text, JsonToken::String),
            ),
        ];
        for (pg, original, iso) in cases {
            for (form, expected) in [(Form::Original, original), (Form::Iso, iso)] {
                let expr = wire_of(&pg, form);
                assert_eq!((expr, expr.json(form)), expected, "{} in {form:?}", pg.name);
            }
        }
    }
}
