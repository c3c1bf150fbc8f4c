//! Names, always quoted: the only way in which a name that somebody chose gets into SQL.

use std::fmt;

use thiserror::Error;

/// The longest name in bytes that PostgreSQL keeps (`NAMEDATALEN - 1`).
pub const MAX_NAME_BYTES: usize = 63;

/// Why a text cannot be a name in PostgreSQL.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum IdentError {
    /// PostgreSQL refuses the empty name (`zero-length delimited identifier`).
    #[error("a name must not be empty")]
    Empty,
    /// PostgreSQL would cut the name silently, and the next statement would then not find it.
    #[error("the name has {bytes} bytes, PostgreSQL keeps {MAX_NAME_BYTES}: shorten it")]
    TooLong {
        /// Length of the refused name in UTF-8 bytes.
        bytes: usize,
    },
    /// The wire protocol ends a text at the first NUL byte.
    #[error("a name must not contain the character NUL")]
    Nul,
}

/// A name of something in PostgreSQL, written quoted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ident(Box<str>);

impl Ident {
    /// Takes any name that PostgreSQL can hold.
    ///
    /// # Errors
    /// [`IdentError`] when the name is empty, longer than [`MAX_NAME_BYTES`] or contains NUL.
    pub fn new(name: impl Into<Box<str>>) -> Result<Self, IdentError> {
        let name = name.into();
        match name.len() {
            0 => Err(IdentError::Empty),
            bytes if bytes > MAX_NAME_BYTES => Err(IdentError::TooLong { bytes }),
            _ if name.contains('\0') => Err(IdentError::Nul),
            _ => Ok(Self(name)),
        }
    }

    /// A name that this program wrote itself. Callers pass short, non-empty names; the tests of each statement run them.
    pub(crate) fn fixed(name: &'static str) -> Self {
        debug_assert!(!name.is_empty() && name.len() <= MAX_NAME_BYTES);
        Self(name.into())
    }

    /// A name that the catalogue gave, which is never empty and never holds NUL.
    pub(crate) fn from_catalog(name: &str) -> Self {
        Self(name.into())
    }

    /// The name itself, unquoted.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Appends the quoted name: quotes inside are doubled, which is the whole of PostgreSQL's rule.
    pub(crate) fn write(&self, out: &mut String) {
        out.push('"');
        for c in self.0.chars() {
            if c == '"' {
                out.push('"');
            }
            out.push(c);
        }
        out.push('"');
    }

    /// Appends the name as a person would write it: quoted only where PostgreSQL needs it.
    pub(crate) fn write_shown(&self, out: &mut String) {
        if is_plain(&self.0) { out.push_str(&self.0) } else { self.write(out) }
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<&str> for Ident {
    type Error = IdentError;

    fn try_from(name: &str) -> Result<Self, IdentError> {
        Self::new(name)
    }
}

/// A name inside a schema. Never without the schema, so that no `search_path` can change what a statement means.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QName {
    /// The schema.
    pub schema: Ident,
    /// The name within it.
    pub name: Ident,
}

impl QName {
    /// Joins two names.
    pub fn new(schema: Ident, name: Ident) -> Self {
        Self { schema, name }
    }

    /// Takes two texts as names.
    ///
    /// # Errors
    /// [`IdentError`] of the first one that cannot be a name.
    pub fn parse(schema: &str, name: &str) -> Result<Self, IdentError> {
        Ok(Self { schema: Ident::new(schema)?, name: Ident::new(name)? })
    }

    /// Reads a name with its schema as it is written in SQL, quoted where it must be; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let (schema, rest) = read_written(text)?;
        let (name, rest) = read_written(rest.strip_prefix('.')?)?;
        rest.is_empty().then_some(Self { schema, name })
    }

    pub(crate) fn write(&self, out: &mut String) {
        self.schema.write(out);
        out.push('.');
        self.name.write(out);
    }

    pub(crate) fn write_shown(&self, out: &mut String) {
        self.schema.write_shown(out);
        out.push('.');
        self.name.write_shown(out);
    }
}

/// As a person would write it, for messages and for names that go back to callers.
impl fmt::Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = String::new();
        self.write_shown(&mut shown);
        f.write_str(&shown)
    }
}

/// The name that a text begins with, as SQL reads it, and what follows. A name without quotes is folded to lower case.
fn read_written(text: &str) -> Option<(Ident, &str)> {
    let Some(mut quoted) = text.strip_prefix('"') else {
        let inside = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let end = text.find(|c| !inside(c)).unwrap_or(text.len());
        let starts = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if !starts {
            return None;
        }
        return Some((Ident::new(text[..end].to_ascii_lowercase()).ok()?, &text[end..]));
    };
    let mut name = String::new();
    loop {
        let end = quoted.find('"')?;
        name.push_str(&quoted[..end]);
        quoted = &quoted[end + 1..];
        let Some(rest) = quoted.strip_prefix('"') else { break };
        name.push('"');
        quoted = rest;
    }
    Some((Ident::new(name).ok()?, quoted))
}

/// Whether a name needs no quotes: lower-case letters, digits and underscores, and no keyword that PostgreSQL reserves in
/// some version from 14 to 18 (`pg_get_keywords()` with a `catcode` other than `U`).
fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && KEYWORDS.split(' ').all(|keyword| keyword != name)
}

/// Between spaces.
const KEYWORDS: &str = "\
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both \
    case cast char character check coalesce collate collation column concurrently constraint create cross \
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec \
    decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign \
    freeze from full grant greatest group grouping having ilike in initially inner inout int integer \
    intersect interval into is isnull join json json_array json_arrayagg json_exists json_object \
    json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading least left \
    like limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null \
    nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real \
    references returning right row select session_user setof similar smallint some substring symmetric \
    system_user table tablesample then time timestamp to trailing treat trim true union unique user using \
    values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists \
    xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_postgresql_cannot_hold() {
        assert_eq!(Ident::new(""), Err(IdentError::Empty));
        assert_eq!(Ident::new("a\0b"), Err(IdentError::Nul));
        assert_eq!(Ident::new("é".repeat(32)), Err(IdentError::TooLong { bytes: 64 }));
        assert!(Ident::new("x".repeat(63)).is_ok());
    }

    #[test]
    fn shows_quotes_only_where_needed() {
        let shown = |name: &str| {
            let mut out = String::new();
            Ident::new(name).unwrap().write_shown(&mut out);
            out
        };
        assert_eq!(shown("plain_1"), "plain_1");
        assert_eq!(shown("select"), "\"select\"");
        assert_eq!(shown("Capital"), "\"Capital\"");
        assert_eq!(shown("1st"), "\"1st\"");
    }

    #[test]
    fn reads_names_with_their_schemas_only() {
        let read = |text: &str| QName::read(text).map(|name| (name.schema.0, name.name.0));
        assert_eq!(read("public.Mood"), Some(("public".into(), "mood".into())));
        assert_eq!(read("\"My.app\".\"it\"\"s\""), Some(("My.app".into(), "it\"s".into())));
        for text in ["mood", "a.b.c", "a.", ".a", "a.b; drop", "\"a.b", "a .b", "1.5", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn names_are_read_as_they_are_written(schema in "[^\0]{1,15}", name in "[^\0]{1,15}") {
            let name = QName::parse(&schema, &name).unwrap();
            prop_assert_eq!(QName::read(&name.to_string()), Some(name));
        }

        #[test]
        fn quoting_can_be_undone(name in "[^\0]{1,15}") {
            let mut out = String::new();
            Ident::new(name.clone()).unwrap().write(&mut out);
            let inside = out.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap();
            prop_assert_eq!(inside.replace("\"\"", "\u{1}").matches('"').count(), 0);
            prop_assert_eq!(inside.replace("\"\"", "\""), name);
        }
    }
}
