//! The builder of SQL text, and the only type that can be run.
//!
//! A [`Fragment`] grows from `&'static str`, [`Ident`], [`QName`], [`TypeRef`], whole numbers and binds, and from nothing
//! else; a [`Statement`] is made of a fragment only (invariant I2). A value that somebody typed can therefore reach
//! PostgreSQL in no other way than as a parameter. The one text of a user's that is SQL itself is an [`Expression`], between brackets.

use std::fmt;

use crate::cost::Cost;
use crate::expression::Expression;
use crate::ident::{Ident, QName};
use crate::type_ref::TypeRef;

/// The most parameters that one message of PostgreSQL's protocol can carry.
pub const MAX_BINDS: usize = 65_535;

/// A parameter as text; `None` is NULL. Its content never shows in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Bind(Option<String>);

impl Bind {
    /// The parameter's text, `None` for NULL.
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Writes a literal that means the same whatever `standard_conforming_strings` says: with a backslash it becomes `E'…'`.
    fn write_literal(&self, out: &mut String) {
        let Some(value) = &self.0 else {
            out.push_str("NULL");
            return;
        };
        if value.contains('\\') {
            out.push('E');
        }
        out.push('\'');
        for c in value.chars() {
            if c == '\'' || c == '\\' {
                out.push(c);
            }
            out.push(c);
        }
        out.push('\'');
    }
}

impl fmt::Debug for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bind(…)")
    }
}

impl From<Option<String>> for Bind {
    fn from(value: Option<String>) -> Self {
        Self(value)
    }
}

impl From<Option<&str>> for Bind {
    fn from(value: Option<&str>) -> Self {
        Self(value.map(str::to_owned))
    }
}

impl From<String> for Bind {
    fn from(value: String) -> Self {
        Self(Some(value))
    }
}

impl From<&str> for Bind {
    fn from(value: &str) -> Self {
        Self(Some(value.to_owned()))
    }
}

#[derive(Clone, Debug)]
enum Part {
    Sql(&'static str),
    Ident(Ident),
    QName(QName),
    Type(TypeRef),
    Expression(Expression),
    Int(i64),
    Literal(Bind),
    Secret(Bind),
    Bind(Bind, Option<TypeRef>),
}

/// A piece of SQL under construction.
#[derive(Clone, Debug, Default)]
pub struct Fragment {
    parts: Vec<Part>,
}

impl Fragment {
    /// An empty piece.
    pub fn new() -> Self {
        Self::default()
    }

    /// A piece that is one fixed text.
    pub fn of(sql: &'static str) -> Self {
        Self { parts: vec![Part::Sql(sql)] }
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Adds fixed text.
    pub fn sql(&mut self, sql: &'static str) -> &mut Self {
        self.parts.push(Part::Sql(sql));
        self
    }

    /// Adds a quoted name.
    pub fn ident(&mut self, name: &Ident) -> &mut Self {
        self.parts.push(Part::Ident(name.clone()));
        self
    }

    /// Adds a quoted name with its schema.
    pub fn qname(&mut self, name: &QName) -> &mut Self {
        self.parts.push(Part::QName(name.clone()));
        self
    }

    /// Adds a quoted type.
    pub fn ty(&mut self, ty: &TypeRef) -> &mut Self {
        self.parts.push(Part::Type(ty.clone()));
        self
    }

    /// Adds an expression that somebody wrote. It must stand between brackets, which it cannot leave.
    pub(crate) fn expression(&mut self, expression: &Expression) -> &mut Self {
        self.parts.push(Part::Expression(expression.clone()));
        self
    }

    /// Adds a whole number: limits, oids and positions read better in "Show SQL" than as parameters.
    pub fn int(&mut self, number: impl Into<i64>) -> &mut Self {
        self.parts.push(Part::Int(number.into()));
        self
    }

    /// Adds a text parameter: `$n::text`.
    pub fn bind(&mut self, value: impl Into<Bind>) -> &mut Self {
        self.parts.push(Part::Bind(value.into(), None));
        self
    }

    /// Adds a parameter of type `ty`: `$n::text::"schema"."type"`, so that the type's own input function reads the text.
    pub fn bind_as(&mut self, value: impl Into<Bind>, ty: &TypeRef) -> &mut Self {
        self.parts.push(Part::Bind(value.into(), Some(ty.clone())));
        self
    }

    /// Adds a list as one parameter of type `text[]`, which keeps a statement over ten thousand rows at one parameter a column.
    pub fn bind_list<'a>(&mut self, values: impl IntoIterator<Item = Option<&'a str>>) -> &mut Self {
        self.bind_as(array_literal(values), &TypeRef::text_array())
    }

    /// Adds a quoted literal, for the utility statements that take no parameters (`CREATE ROLE … PASSWORD`, `COMMENT`).
    pub(crate) fn literal(&mut self, value: &str) -> &mut Self {
        self.parts.push(Part::Literal(value.into()));
        self
    }

    /// Adds a quoted literal that "Show SQL" hides.
    pub(crate) fn secret(&mut self, value: &str) -> &mut Self {
        self.parts.push(Part::Secret(value.into()));
        self
    }

    /// Adds another piece.
    pub fn push(&mut self, other: Fragment) -> &mut Self {
        self.parts.extend(other.parts);
        self
    }

    /// Adds pieces with fixed text between them.
    pub fn join(&mut self, separator: &'static str, pieces: impl IntoIterator<Item = Fragment>) -> &mut Self {
        for (index, piece) in pieces.into_iter().enumerate() {
            if index > 0 {
                self.sql(separator);
            }
            self.push(piece);
        }
        self
    }

    /// The same piece with its parameters as quoted literals, for COPY and other statements that take none.
    pub(crate) fn inlined(self) -> Self {
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            match part {
                Part::Bind(bind, ty) => {
                    parts.extend([Part::Literal(bind), Part::Sql("::text")]);
                    if let Some(ty) = ty {
                        parts.extend([Part::Sql("::"), Part::Type(ty)]);
                    }
                }
                other => parts.push(other),
            }
        }
        Self { parts }
    }

    /// Ends the construction.
    pub fn finish(self) -> Statement {
        let mut text = String::new();
        let mut binds = Vec::new();
        for part in &self.parts {
            match part {
                Part::Bind(bind, ty) => {
                    binds.push(bind.clone());
                    text.push('$');
                    text.push_str(&binds.len().to_string());
                    text.push_str("::text");
                    if let Some(ty) = ty {
                        text.push_str("::");
                        ty.write(&mut text);
                    }
                }
                other => other.write(&mut text, false),
            }
        }
        Statement { text, binds, parts: self.parts, costs: Vec::new() }
    }
}

impl Part {
    fn write(&self, out: &mut String, shown: bool) {
        match self {
            // Every role finds PostgreSQL's own functions without their schema, and people read them so.
            Self::Sql(sql) if shown => out.push_str(&sql.replace("pg_catalog.", "")),
            Self::Sql(sql) => out.push_str(sql),
            Self::Ident(name) if shown => name.write_shown(out),
            Self::Ident(name) => name.write(out),
            Self::QName(name) if shown => name.write_shown(out),
            Self::QName(name) => name.write(out),
            Self::Type(ty) if shown => ty.write_shown(out),
            Self::Type(ty) => ty.write(out),
            Self::Expression(expression) => out.push_str(expression.as_str()),
            Self::Int(number) => out.push_str(&number.to_string()),
            Self::Secret(_) if shown => out.push_str("'********'"),
            Self::Literal(bind) | Self::Secret(bind) => bind.write_literal(out),
            Self::Bind(bind, ty) => {
                bind.write_literal(out);
                if let Some(ty) = ty {
                    out.push_str("::");
                    ty.write_shown(out);
                }
            }
        }
    }
}

/// SQL that may be run: text and parameters.
#[derive(Clone)]
pub struct Statement {
    text: String,
    binds: Vec<Bind>,
    parts: Vec<Part>,
    costs: Vec<Cost>,
}

impl Statement {
    /// The same statement, of which it is known what it costs others.
    pub(crate) fn costing(self, costs: impl IntoIterator<Item = Cost>) -> Self {
        Self { costs: costs.into_iter().collect(), ..self }
    }

    /// What it costs others while it runs, for each table that it holds up; none where it holds up nobody but who changes the same rows.
    pub fn costs(&self) -> &[Cost] {
        &self.costs
    }

    /// The text, with `$1::text …` for the parameters. Every parameter has the type `text`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parameters, in the order of their numbers.
    pub fn binds(&self) -> &[Bind] {
        &self.binds
    }

    /// The statement as a person would write it: values in place, quotes only where they are needed ("Show SQL").
    pub fn shown(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            part.write(&mut out, true);
        }
        out
    }
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Utility statements hold a literal (a password, a comment) in their text, so the text is left out for them.
        let is_literal = |part: &Part| matches!(part, Part::Literal(_) | Part::Secret(_) | Part::Expression(_));
        let holds_literal = self.parts.iter().any(is_literal);
        let text = if holds_literal { "…" } else { self.text.as_str() };
        f.debug_struct("Statement").field("text", &text).field("binds", &self.binds.len()).finish()
    }
}

/// The text form of a one-dimensional array of texts, every element quoted.
pub(crate) fn array_literal<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let mut out = String::from("{");
    for value in values {
        if out.len() > 1 {
            out.push(',');
        }
        let Some(value) = value else {
            out.push_str("NULL");
            continue;
        };
        out.push('"');
        for c in value.chars() {
            if matches!(c, '"' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
        out.push('"');
    }
    out.push('}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_parameters_across_pieces() {
        let mut inner = Fragment::of("b = ");
        inner.bind("2");
        let mut outer = Fragment::of("SELECT a = ");
        outer.bind("1").sql(" AND ").push(inner);
        let statement = outer.finish();
        assert_eq!(statement.text(), "SELECT a = $1::text AND b = $2::text");
        assert_eq!(statement.binds().len(), 2);
        assert_eq!(statement.shown(), "SELECT a = '1' AND b = '2'");
    }

    #[test]
    fn shows_hostile_values_as_literals() {
        let mut fragment = Fragment::of("SELECT ");
        fragment.bind("Robert'); DROP TABLE students; --").sql(", ").bind("a\\'b").sql(", ").bind(None::<&str>);
        assert_eq!(fragment.finish().shown(), "SELECT 'Robert''); DROP TABLE students; --', E'a\\\\''b', NULL");
    }

    #[test]
    fn debug_shows_no_values() {
        let mut fragment = Fragment::of("CREATE ROLE x PASSWORD ");
        fragment.secret("hunter2");
        assert!(!format!("{:?} {:?}", fragment.clone(), fragment.clone().finish()).contains("hunter2"));
        let statement = fragment.finish();
        assert!(!statement.shown().contains("hunter2") && statement.text().contains("'hunter2'"));
        let mut fragment = Fragment::of("SELECT ");
        fragment.bind("hunter2");
        assert!(!format!("{:?} {:?}", fragment.clone(), fragment.finish()).contains("hunter2"));
    }

    #[test]
    fn quotes_every_element_of_a_list() {
        assert_eq!(array_literal([Some("a\"b"), None, Some("NULL"), Some("\\")]), r#"{"a\"b",NULL,"NULL","\\"}"#);
        assert_eq!(array_literal([]), "{}");
    }
}
