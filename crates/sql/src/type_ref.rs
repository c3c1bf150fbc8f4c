//! Types as they are written in SQL.

use mathesar_types::pgtype::{ColumnType, IntervalFields, Modifier, PgType, TypeKind};

use crate::ident::{Ident, QName};

/// A type's name with its modifiers, such as `"pg_catalog"."numeric"(10,2)`.
///
/// A value is always cast to the type *without* modifiers, `"pg_catalog"."varchar"`: an explicit cast to `varchar(3)` would
/// cut a longer text silently, while the assignment to the column refuses it. Modifiers belong into `CREATE` and `ALTER TABLE`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypeRef {
    name: QName,
    modifiers: Modifiers,
    array: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
enum Modifiers {
    #[default]
    None,
    Numbers(Vec<i32>),
    /// An interval has a syntax of its own.
    Interval {
        fields: Option<IntervalFields>,
        precision: Option<i32>,
    },
}

impl TypeRef {
    /// A type by its name.
    pub fn new(name: QName) -> Self {
        Self { name, modifiers: Modifiers::None, array: false }
    }

    /// A type of the catalogue, without modifiers. An array is written by its element: the name of its own type is PostgreSQL's
    /// to choose.
    pub fn of(ty: &PgType) -> Self {
        match &ty.kind {
            TypeKind::Array { element } => Self::of(element).array_of(),
            _ => Self::new(QName::new(Ident::from_catalog(&ty.schema), Ident::from_catalog(&ty.name))),
        }
    }

    /// A column's type with its modifiers, as far as they are known: those of extensions' types are not.
    pub fn of_column(ty: &ColumnType) -> Self {
        let plain = Self::of(&ty.pg);
        match ty.modifier() {
            Modifier::None => plain,
            Modifier::Length(length) => plain.with_modifiers(vec![i32::try_from(length).unwrap_or(i32::MAX)]),
            Modifier::Numeric { precision, scale } => plain.with_modifiers(vec![precision.into(), scale.into()]),
            Modifier::TimePrecision(digits) => plain.with_modifiers(vec![digits.into()]),
            Modifier::Interval { fields, precision } => {
                let one = Self::interval(fields, precision.map(Into::into));
                if matches!(ty.pg.kind, TypeKind::Array { .. }) { one.array_of() } else { one }
            }
        }
    }

    /// A type that PostgreSQL brings, by its internal name (`int4`, `bpchar`, `timestamptz`).
    pub(crate) fn built_in(name: &'static str) -> Self {
        Self::new(QName::new(Ident::fixed("pg_catalog"), Ident::fixed(name)))
    }

    /// `text`.
    pub fn text() -> Self {
        Self::built_in("text")
    }

    /// `text[]`.
    pub fn text_array() -> Self {
        Self::text().array_of()
    }

    /// `interval fields(precision)`.
    pub fn interval(fields: Option<IntervalFields>, precision: Option<i32>) -> Self {
        Self { modifiers: Modifiers::Interval { fields, precision }, ..Self::built_in("interval") }
    }

    /// The same type with modifiers, such as a length, or precision and scale.
    #[must_use]
    pub fn with_modifiers(mut self, modifiers: Vec<i32>) -> Self {
        self.modifiers = Modifiers::Numbers(modifiers);
        self
    }

    /// The same type without modifiers, to cast values to.
    #[must_use]
    pub fn without_modifiers(mut self) -> Self {
        self.modifiers = Modifiers::None;
        self
    }

    /// The array type over this one.
    #[must_use]
    pub fn array_of(mut self) -> Self {
        self.array = true;
        self
    }

    /// The name with its schema.
    pub fn name(&self) -> &QName {
        &self.name
    }

    /// Whether it was made an array by [`array_of`](Self::array_of).
    pub fn is_array(&self) -> bool {
        self.array
    }

    pub(crate) fn write(&self, out: &mut String) {
        if matches!(self.modifiers, Modifiers::Interval { .. }) {
            // The quoted name takes PostgreSQL's internal numbers only, the keyword takes words.
            out.push_str("interval");
        } else {
            self.name.write(out);
        }
        self.write_rest(out);
    }

    /// Writes built-in types without their schema, and their array types as `int4[]` instead of `_int4`.
    pub(crate) fn write_shown(&self, out: &mut String) {
        if self.name.schema.as_str() != "pg_catalog" {
            self.name.write_shown(out);
        } else if let Some(element) = self.name.name.as_str().strip_prefix('_') {
            out.push_str(element);
            out.push_str("[]");
        } else if matches!(self.name.name.as_str(), "char" | "bit") {
            // Without quotes these words mean bpchar(1) and bit(1), which cut.
            self.name.name.write(out);
        } else {
            out.push_str(self.name.name.as_str());
        }
        self.write_rest(out);
    }

    fn write_rest(&self, out: &mut String) {
        match &self.modifiers {
            Modifiers::None => {}
            Modifiers::Numbers(numbers) => write_numbers(numbers, out),
            Modifiers::Interval { fields, precision } => {
                if let Some(fields) = fields {
                    out.push(' ');
                    out.push_str(fields.as_sql());
                }
                if let Some(precision) = precision {
                    write_numbers(&[*precision], out);
                }
            }
        }
        if self.array {
            out.push_str("[]");
        }
    }
}

fn write_numbers(numbers: &[i32], out: &mut String) {
    for (index, number) in numbers.iter().enumerate() {
        out.push(if index == 0 { '(' } else { ',' });
        out.push_str(&number.to_string());
    }
    if !numbers.is_empty() {
        out.push(')');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(ty: &TypeRef) -> (String, String) {
        let (mut sql, mut shown) = (String::new(), String::new());
        ty.write(&mut sql);
        ty.write_shown(&mut shown);
        (sql, shown)
    }

    #[test]
    fn writes_for_postgresql_and_for_people() {
        let numeric = TypeRef::built_in("numeric").with_modifiers(vec![10, 2]);
        assert_eq!(both(&numeric), ("\"pg_catalog\".\"numeric\"(10,2)".into(), "numeric(10,2)".into()));
        let array = TypeRef::built_in("_int4");
        assert_eq!(both(&array), ("\"pg_catalog\".\"_int4\"".into(), "int4[]".into()));
        let own = TypeRef::new(QName::parse("My app", "mood").unwrap()).array_of();
        assert_eq!(both(&own), ("\"My app\".\"mood\"[]".into(), "\"My app\".mood[]".into()));
        let seconds = TypeRef::interval(Some(IntervalFields::DayToSecond), Some(3));
        assert_eq!(both(&seconds).0, "interval day to second(3)");
    }
}
