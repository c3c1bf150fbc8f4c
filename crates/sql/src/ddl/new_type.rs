//! The types that a new column can have, by the names that PostgreSQL and people use for them.

use mathesar_types::pgtype::IntervalFields;
use thiserror::Error;

use crate::ident::QName;
use crate::type_ref::TypeRef;

/// The modifiers of a new column's type, as far as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Longest text, or number of bits.
    pub length: Option<i32>,
    /// Digits in all, or digits of the fraction of a second.
    pub precision: Option<i32>,
    /// Digits after the decimal point.
    pub scale: Option<i32>,
    /// Fields of an interval.
    pub fields: Option<String>,
}

/// Why a type cannot be had.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TypeError {
    /// The name is not on the list.
    #[error(
        "there is no type \"{0}\" for a new column; use a name such as text, integer, numeric or timestamp with time zone, or that of a type \
         of the database with its schema"
    )]
    Unknown(String),
    /// The type does not have the option.
    #[error("the type {ty} has no option \"{option}\"")]
    Option {
        /// The type.
        ty: &'static str,
        /// The option.
        option: &'static str,
    },
    /// The option's value is out of range.
    #[error("\"{option}\" must be from {least} to {most}")]
    Range {
        /// The option.
        option: &'static str,
        /// Least value.
        least: i32,
        /// Greatest value.
        most: i32,
    },
    /// The fields of an interval are none.
    #[error("\"{0}\" are no fields of an interval; they are written like: day to second")]
    Fields(String),
}

/// Which modifiers a type takes.
#[derive(Clone, Copy)]
enum Takes {
    Nothing,
    Length,
    Numeric,
    SecondDigits,
    Interval,
}

/// A type's names (the first is PostgreSQL's own, `format_type`), its name in the catalogue, and its modifiers.
type Row = (&'static [&'static str], &'static str, Takes);

const TYPES: &[Row] = &[
    (&["text"], "text", Takes::Nothing),
    (&["character varying", "varchar"], "varchar", Takes::Length),
    (&["character", "char", "bpchar"], "bpchar", Takes::Length),
    (&["smallint", "int2"], "int2", Takes::Nothing),
    (&["integer", "int", "int4"], "int4", Takes::Nothing),
    (&["bigint", "int8"], "int8", Takes::Nothing),
    (&["numeric", "decimal"], "numeric", Takes::Numeric),
    (&["real", "float4"], "float4", Takes::Nothing),
    (&["double precision", "float8"], "float8", Takes::Nothing),
    (&["boolean", "bool"], "bool", Takes::Nothing),
    (&["date"], "date", Takes::Nothing),
    (&["time without time zone", "time"], "time", Takes::SecondDigits),
    (&["time with time zone", "timetz"], "timetz", Takes::SecondDigits),
    (&["timestamp without time zone", "timestamp"], "timestamp", Takes::SecondDigits),
    (&["timestamp with time zone", "timestamptz"], "timestamptz", Takes::SecondDigits),
    (&["interval"], "interval", Takes::Interval),
    (&["money"], "money", Takes::Nothing),
    (&["uuid"], "uuid", Takes::Nothing),
    (&["json"], "json", Takes::Nothing),
    (&["jsonb"], "jsonb", Takes::Nothing),
    (&["bytea"], "bytea", Takes::Nothing),
    (&["bit"], "bit", Takes::Length),
    (&["bit varying", "varbit"], "varbit", Takes::Length),
    (&["inet"], "inet", Takes::Nothing),
    (&["cidr"], "cidr", Takes::Nothing),
    (&["macaddr"], "macaddr", Takes::Nothing),
    (&["macaddr8"], "macaddr8", Takes::Nothing),
    (&["point"], "point", Takes::Nothing),
    (&["line"], "line", Takes::Nothing),
    (&["lseg"], "lseg", Takes::Nothing),
    (&["box"], "box", Takes::Nothing),
    (&["path"], "path", Takes::Nothing),
    (&["polygon"], "polygon", Takes::Nothing),
    (&["circle"], "circle", Takes::Nothing),
    (&["tsvector"], "tsvector", Takes::Nothing),
    (&["tsquery"], "tsquery", Takes::Nothing),
    (&["xml"], "xml", Takes::Nothing),
    (&["oid"], "oid", Takes::Nothing),
    (&["int4range"], "int4range", Takes::Nothing),
    (&["int8range"], "int8range", Takes::Nothing),
    (&["numrange"], "numrange", Takes::Nothing),
    (&["tsrange"], "tsrange", Takes::Nothing),
    (&["tstzrange"], "tstzrange", Takes::Nothing),
    (&["daterange"], "daterange", Takes::Nothing),
];

/// Reads the type of a new column: a name of the list, or that of a type of the database with its schema, such as an enum's; with `[]`
/// behind it for an array; and its modifiers. Whether the database has such a type is PostgreSQL's to say.
///
/// # Errors
/// [`TypeError`] when the name is not on the list, or an option does not belong to the type or is out of its range.
pub fn parse(name: &str, options: &Options) -> Result<TypeRef, TypeError> {
    let (element, array) = name.strip_suffix("[]").map_or((name, false), |element| (element, true));
    let wanted = element.trim().to_ascii_lowercase();
    let ty = if let Some((names, internal, takes)) = TYPES.iter().find(|(names, ..)| names.contains(&wanted.as_str())) {
        refuse_foreign_options(names[0], *takes, options)?;
        with_options(TypeRef::built_in(internal), *takes, options)?
    } else {
        let own = QName::read(element.trim()).ok_or_else(|| TypeError::Unknown(name.to_owned()))?;
        refuse_foreign_options("of the database", Takes::Nothing, options)?;
        TypeRef::new(own)
    };
    Ok(if array { ty.array_of() } else { ty })
}

fn refuse_foreign_options(ty: &'static str, takes: Takes, options: &Options) -> Result<(), TypeError> {
    let given = [
        ("length", options.length.is_some(), matches!(takes, Takes::Length)),
        (
            "precision",
            options.precision.is_some(),
            matches!(takes, Takes::Numeric | Takes::SecondDigits | Takes::Interval),
        ),
        ("scale", options.scale.is_some(), matches!(takes, Takes::Numeric)),
        ("fields", options.fields.is_some(), matches!(takes, Takes::Interval)),
    ];
    match given.into_iter().find(|(_, given, belongs)| *given && !belongs) {
        Some((option, ..)) => Err(TypeError::Option { ty, option }),
        None => Ok(()),
    }
}

fn with_options(ty: TypeRef, takes: Takes, options: &Options) -> Result<TypeRef, TypeError> {
    let precision = |most| options.precision.map(|digits| within("precision", digits, 0, most)).transpose();
    Ok(match takes {
        Takes::Nothing => ty,
        Takes::Length => match options.length {
            // The greatest length of PostgreSQL's character types.
            Some(length) => ty.with_modifiers(vec![within("length", length, 1, 10_485_760)?]),
            None => ty,
        },
        Takes::Numeric => match options.precision {
            Some(digits) => {
                let digits = within("precision", digits, 1, 1000)?;
                let scale = within("scale", options.scale.unwrap_or(0), -1000, 1000)?;
                ty.with_modifiers(vec![digits, scale])
            }
            None if options.scale.is_some() => {
                return Err(TypeError::Range { option: "precision", least: 1, most: 1000 });
            }
            None => ty,
        },
        Takes::SecondDigits => precision(6)?.map_or(ty.clone(), |digits| ty.with_modifiers(vec![digits])),
        Takes::Interval => {
            let fields = match options.fields.as_deref() {
                Some(words) => {
                    Some(IntervalFields::from_sql(words).ok_or_else(|| TypeError::Fields(words.to_owned()))?)
                }
                None => None,
            };
            TypeRef::interval(fields, precision(6)?)
        }
    })
}

fn within(option: &'static str, value: i32, least: i32, most: i32) -> Result<i32, TypeError> {
    if (least..=most).contains(&value) { Ok(value) } else { Err(TypeError::Range { option, least, most }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frag::Fragment;

    fn parsed(name: &str, options: &Options) -> Result<String, TypeError> {
        let mut fragment = Fragment::new();
        fragment.ty(&parse(name, options)?);
        Ok(fragment.finish().shown())
    }

    #[test]
    fn reads_names_and_modifiers() {
        let none = Options::default();
        assert_eq!(parsed("Character Varying", &none).unwrap(), "varchar");
        assert_eq!(parsed("integer[]", &none).unwrap(), "int4[]");
        let length = Options { length: Some(40), ..none.clone() };
        assert_eq!(parsed("varchar", &length).unwrap(), "varchar(40)");
        let exact = Options { precision: Some(10), scale: Some(2), ..none.clone() };
        assert_eq!(parsed("numeric", &exact).unwrap(), "numeric(10,2)");
        let fields = Options { fields: Some("DAY TO SECOND".into()), precision: Some(3), ..none };
        assert_eq!(parsed("interval", &fields).unwrap(), "interval day to second(3)");
    }

    #[test]
    fn refuses_what_is_not_on_the_list() {
        let none = Options::default();
        assert!(matches!(parsed("text); drop table x; --", &none), Err(TypeError::Unknown(_))));
        let length = Options { length: Some(3), ..none.clone() };
        assert_eq!(parsed("date", &length), Err(TypeError::Option { ty: "date", option: "length" }));
        let scale = Options { scale: Some(3), ..none.clone() };
        assert!(matches!(parsed("numeric", &scale), Err(TypeError::Range { option: "precision", .. })));
        let fields = Options { fields: Some("fortnight".into()), ..none };
        assert!(matches!(parsed("interval", &fields), Err(TypeError::Fields(_))));
    }
}
