//! The registry of data types: one [`FamilySpec`] per family of PostgreSQL types, each in its own file under `families/`.
//!
//! Everything that depends on a column's type (filters, editors, casts, aggregates, display options) is read from this
//! table, here and in the client (through [`registry_json`]). The ids of filters, aggregates and preprocessors that the
//! original has are spelled as it spells them.

use serde::{Deserialize, Serialize};

use crate::{
    families,
    pgtype::{PgType, TypeKind},
};

/// The families, in the order in which a user meets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FamilyId {
    /// Words.
    Text,
    /// Integers, exact decimals and floats.
    Number,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day with a time.
    Timestamp,
    /// A duration.
    Interval,
    /// An amount of money.
    Money,
    /// An e-mail address.
    Email,
    /// A web address.
    Uri,
    /// A universally unique identifier.
    Uuid,
    /// JSON.
    Json,
    /// An array of another type.
    Array,
    /// One of a list of labels.
    Enum,
    /// A range or multirange.
    Range,
    /// Binary data.
    Bytes,
    /// Bit strings.
    Bits,
    /// Network and hardware addresses.
    Network,
    /// Points, lines and shapes.
    Geometric,
    /// Full-text search.
    Fulltext,
    /// XML.
    Xml,
    /// A value with fields.
    Composite,
    /// Everything else, shown and edited as text.
    Other,
}

/// What is known about a family.
#[derive(Debug, Serialize)]
pub struct FamilySpec {
    /// The family.
    pub id: FamilyId,
    /// The types that it covers by name. Arrays, enums, ranges and composites are covered by their kind instead.
    pub types: &'static [TypeName],
    /// The type of a new column, as written in SQL; `None` where such a column cannot be made without choosing more.
    pub default_type: Option<&'static str>,
    /// The options of its types.
    pub options: &'static [TypeOption],
    /// The filters that its columns take.
    pub filters: &'static [FilterId],
    /// The ways to put values into groups besides by equality.
    pub preprocs: &'static [Preproc],
    /// How its columns are ordered.
    pub sort: Sort,
    /// The aggregates that its columns take.
    pub aggregates: &'static [Aggregate],
    /// The control that edits a value.
    pub editor: Editor,
    /// The cell that shows a value.
    pub cell: Cell,
    /// What its types may be changed to; the first rule that names a type wins.
    pub casts: &'static [CastRule],
    /// The display options of a column.
    pub display: &'static [DisplayOption],
}

/// The name of a type in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TypeName {
    /// Its schema; `None` for an extension's type, which lives wherever the extension was created.
    pub schema: Option<&'static str>,
    /// `pg_type.typname`.
    pub name: &'static str,
}

/// An option of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeOption {
    /// The greatest number of characters or bits.
    Length,
    /// Digits in all, or of a fraction of a second.
    Precision,
    /// Digits after the decimal point.
    Scale,
    /// The fields of an interval.
    Fields,
    /// With or without time zone; chooses between two types.
    TimeZone,
    /// Integer, decimal or float, and its size; chooses between the number types.
    NumberKind,
    /// The type of the elements of an array.
    ItemType,
    /// The labels of an enum.
    EnumValues,
}

/// A filter. Names are those of the original's grammar where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterId {
    /// `=`.
    Equal,
    /// `<>`; rows that hold NULL match too, as a spreadsheet user expects. Ours.
    NotEqual,
    /// `<`.
    Lesser,
    /// `>`.
    Greater,
    /// `<=`.
    LesserOrEqual,
    /// `>=`.
    GreaterOrEqual,
    /// Between two values, both included. Ours.
    Between,
    /// One of a list. Ours.
    In,
    /// None of a list. Ours.
    NotIn,
    /// Is NULL.
    Null,
    /// Is not NULL.
    NotNull,
    /// Contains a text.
    Contains,
    /// Contains a text, whatever its case.
    ContainsCaseInsensitive,
    /// Does not contain a text, whatever its case; NULL matches. Ours.
    NotContainsCaseInsensitive,
    /// Starts with a text.
    StartsWith,
    /// Starts with a text, whatever its case.
    StartsWithCaseInsensitive,
    /// Ends with a text. Ours.
    EndsWith,
    /// Ends with a text, whatever its case. Ours.
    EndsWithCaseInsensitive,
    /// Matches a regular expression. Ours.
    Matches,
    /// The scheme of a URI is.
    UriSchemeEquals,
    /// The authority of a URI contains.
    UriAuthorityContains,
    /// The domain of an e-mail address is.
    EmailDomainEquals,
    /// The domain of an e-mail address contains.
    EmailDomainContains,
    /// The number of elements of a JSON array is.
    JsonArrayLengthEquals,
    /// The number of elements of a JSON array is greater than.
    JsonArrayLengthGreaterThan,
    /// The number of elements of a JSON array is at least.
    JsonArrayLengthGreaterOrEqual,
    /// The number of elements of a JSON array is less than.
    JsonArrayLengthLessThan,
    /// The number of elements of a JSON array is at most.
    JsonArrayLengthLessOrEqual,
    /// A JSON array has elements.
    JsonArrayNotEmpty,
    /// A JSON array contains a value.
    JsonArrayContains,
    /// A JSON value contains another (`@>`). Ours.
    JsonContains,
    /// An array contains an element. Ours.
    ArrayContains,
    /// An array has elements. Ours.
    ArrayNotEmpty,
    /// The number of elements of an array is.
    ArrayLengthEquals,
    /// A range contains a value. Ours.
    RangeContains,
    /// Two ranges overlap. Ours.
    RangeOverlaps,
    /// A network contains an address or is equal to it (`>>=`). Ours.
    NetworkContains,
    /// A document matches a full-text query. Ours.
    FulltextMatches,
}

/// How many values a filter compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operands {
    /// None.
    None,
    /// One.
    One,
    /// Two.
    Two,
    /// Any number.
    Many,
}

/// The type of the values that a filter compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OperandType {
    /// That of the column.
    Column,
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// That of the column's elements or of the range's bounds.
    Element,
    /// JSON.
    Json,
}

impl FilterId {
    /// Every filter.
    pub const ALL: &'static [Self] = &[
        Self::Equal,
        Self::NotEqual,
        Self::Lesser,
        Self::Greater,
        Self::LesserOrEqual,
        Self::GreaterOrEqual,
        Self::Between,
        Self::In,
        Self::NotIn,
        Self::Null,
        Self::NotNull,
        Self::Contains,
        Self::ContainsCaseInsensitive,
        Self::NotContainsCaseInsensitive,
        Self::StartsWith,
        Self::StartsWithCaseInsensitive,
        Self::EndsWith,
        Self::EndsWithCaseInsensitive,
        Self::Matches,
        Self::UriSchemeEquals,
        Self::UriAuthorityContains,
        Self::EmailDomainEquals,
        Self::EmailDomainContains,
        Self::JsonArrayLengthEquals,
        Self::JsonArrayLengthGreaterThan,
        Self::JsonArrayLengthGreaterOrEqual,
        Self::JsonArrayLengthLessThan,
        Self::JsonArrayLengthLessOrEqual,
        Self::JsonArrayNotEmpty,
        Self::JsonArrayContains,
        Self::JsonContains,
        Self::ArrayContains,
        Self::ArrayNotEmpty,
        Self::ArrayLengthEquals,
        Self::RangeContains,
        Self::RangeOverlaps,
        Self::NetworkContains,
        Self::FulltextMatches,
    ];

    /// How many values it compares with.
    pub const fn operands(self) -> Operands {
        match self {
            Self::Null | Self::NotNull | Self::JsonArrayNotEmpty | Self::ArrayNotEmpty => Operands::None,
            Self::Between => Operands::Two,
            Self::In | Self::NotIn => Operands::Many,
            _ => Operands::One,
        }
    }

    /// The type of those values.
    pub const fn operand_type(self) -> OperandType {
        match self {
            Self::Contains
            | Self::ContainsCaseInsensitive
            | Self::NotContainsCaseInsensitive
            | Self::StartsWith
            | Self::StartsWithCaseInsensitive
            | Self::EndsWith
            | Self::EndsWithCaseInsensitive
            | Self::Matches
            | Self::UriSchemeEquals
            | Self::UriAuthorityContains
            | Self::EmailDomainEquals
            | Self::EmailDomainContains
            | Self::NetworkContains
            | Self::FulltextMatches => OperandType::Text,
            Self::JsonArrayLengthEquals
            | Self::JsonArrayLengthGreaterThan
            | Self::JsonArrayLengthGreaterOrEqual
            | Self::JsonArrayLengthLessThan
            | Self::JsonArrayLengthLessOrEqual
            | Self::ArrayLengthEquals => OperandType::Integer,
            Self::JsonArrayContains | Self::JsonContains => OperandType::Json,
            Self::ArrayContains | Self::RangeContains => OperandType::Element,
            _ => OperandType::Column,
        }
    }
}

/// What is done to a value before it is grouped; the original's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preproc {
    /// `YYYY AD`.
    TruncateToYear,
    /// `YYYY-MM AD`.
    TruncateToMonth,
    /// `YYYY-MM-DD AD`.
    TruncateToDay,
    /// The scheme of a URI.
    UriScheme,
    /// The authority of a URI.
    UriAuthority,
    /// The domain of an e-mail address.
    EmailDomain,
}

/// How a column is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// By the type's own order.
    Natural,
    /// By its text, since the type has no order of its own (json, xml, point).
    AsText,
}

/// An aggregate; the original's ids, and ours where it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// How many values are not NULL.
    Count,
    /// How many values are NULL. Ours.
    CountNull,
    /// How many different values there are. Ours.
    CountDistinct,
    /// The different values, as an array.
    DistinctAggregateToArray,
    /// The values, as an array.
    AggregateToArray,
    /// Their sum.
    Sum,
    /// Their arithmetic mean.
    Mean,
    /// The value in the middle (`percentile_disc(0.5)`).
    Median,
    /// The most frequent value.
    Mode,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The share of `true`, 0 to 100.
    PercentageTrue,
    /// The circular mean of times of day.
    PeakTime,
    /// The circular mean of months, 1 to 12.
    PeakMonth,
}

impl Aggregate {
    /// Every aggregate, with its id.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("count", Self::Count),
        ("count_null", Self::CountNull),
        ("count_distinct", Self::CountDistinct),
        ("distinct_aggregate_to_array", Self::DistinctAggregateToArray),
        ("aggregate_to_array", Self::AggregateToArray),
        ("sum", Self::Sum),
        ("mean", Self::Mean),
        ("median", Self::Median),
        ("mode", Self::Mode),
        ("min", Self::Min),
        ("max", Self::Max),
        ("percentage_true", Self::PercentageTrue),
        ("peak_time", Self::PeakTime),
        ("peak_month", Self::PeakMonth),
    ];

    /// The aggregate with this id.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == id).map(|(_, aggregate)| *aggregate)
    }
}

/// The control that edits a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Editor {
    /// A text field that grows.
    Text,
    /// An exact number in the user's locale.
    Number,
    /// A checkbox or a list of true, false and NULL.
    Boolean,
    /// A date with a calendar.
    Date,
    /// A time.
    Time,
    /// A date and a time, with the zone shown.
    Timestamp,
    /// A duration.
    Interval,
    /// An amount of money.
    Money,
    /// JSON, validated.
    Json,
    /// A list of elements.
    Array,
    /// A list of labels to pick from.
    Enum,
    /// Two bounds.
    Range,
    /// The type's own text form, checked by PostgreSQL.
    Literal,
}

/// The cell that shows a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Text.
    Text,
    /// A number, to the right, in the column's format.
    Number,
    /// A checkbox or a word.
    Boolean,
    /// A date.
    Date,
    /// A time.
    Time,
    /// A date and time.
    Timestamp,
    /// A duration.
    Interval,
    /// An amount of money.
    Money,
    /// A link to write to an address.
    Email,
    /// A link.
    Uri,
    /// A monospaced identifier.
    Code,
    /// JSON, folded.
    Json,
    /// Tags.
    Array,
    /// A coloured label.
    Enum,
    /// Two bounds.
    Range,
    /// A size and a way to download.
    Bytes,
}

/// The types that some types of a family may be changed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CastRule {
    /// The type names that the rule is for; empty for all of the family.
    pub from: &'static [&'static str],
    /// The families that they may be changed to, their own included where its types may be changed to each other.
    pub to: &'static [FamilyId],
}

/// A display option of a column; keys of the original's column metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DisplayOption {
    /// `checkbox` or `dropdown`.
    BoolInput,
    /// The word for true.
    BoolTrue,
    /// The word for false.
    BoolFalse,
    /// The least number of digits of the fraction.
    NumMinFracDigits,
    /// The greatest number of digits of the fraction.
    NumMaxFracDigits,
    /// `always`, `auto` or `never`.
    NumGrouping,
    /// `english`, `german`, `french`, `hindi`, `swiss`.
    NumFormat,
    /// The symbol of the currency.
    MonCurrencySymbol,
    /// `after-minus` or `end-with-space`.
    MonCurrencyLocation,
    /// The format of a time.
    TimeFormat,
    /// The format of a date.
    DateFormat,
    /// The smallest unit of a duration.
    DurationMin,
    /// The greatest unit of a duration.
    DurationMax,
}

/// The registry, in the order of [`FamilyId`].
pub static FAMILIES: [&FamilySpec; 23] = [
    &families::text::SPEC,
    &families::number::SPEC,
    &families::boolean::SPEC,
    &families::date::SPEC,
    &families::time::SPEC,
    &families::timestamp::SPEC,
    &families::interval::SPEC,
    &families::money::SPEC,
    &families::email::SPEC,
    &families::uri::SPEC,
    &families::uuid::SPEC,
    &families::json::SPEC,
    &families::array::SPEC,
    &families::enum_::SPEC,
    &families::range::SPEC,
    &families::bytes::SPEC,
    &families::bits::SPEC,
    &families::network::SPEC,
    &families::geometric::SPEC,
    &families::fulltext::SPEC,
    &families::xml::SPEC,
    &families::composite::SPEC,
    &families::other::SPEC,
];

impl FamilyId {
    /// What is known about the family.
    pub fn spec(self) -> &'static FamilySpec {
        FAMILIES[self as usize]
    }
}

impl FamilySpec {
    /// Whether the family covers the type by name.
    pub fn covers(&self, pg: &PgType) -> bool {
        self.types.iter().any(|known| known.name == pg.name && known.schema.is_none_or(|schema| schema == pg.schema))
    }

    /// The families that the type may be changed to.
    pub fn casts_from(&self, pg: &PgType) -> &'static [FamilyId] {
        self.casts
            .iter()
            .find(|rule| rule.from.is_empty() || rule.from.contains(&pg.name.as_str()))
            .map_or(&[], |rule| rule.to)
    }
}

/// The family of a type: by its name, else by its kind; a domain is of the family of the type under it.
pub fn family_of(pg: &PgType) -> &'static FamilySpec {
    if let Some(spec) = FAMILIES.iter().find(|spec| spec.covers(pg)) {
        return spec;
    }
    match &pg.kind {
        TypeKind::Domain { base } => family_of(base),
        TypeKind::Enum { .. } => FamilyId::Enum.spec(),
        TypeKind::Array { .. } => FamilyId::Array.spec(),
        TypeKind::Composite => FamilyId::Composite.spec(),
        TypeKind::Range | TypeKind::Multirange => FamilyId::Range.spec(),
        TypeKind::Base | TypeKind::Pseudo => FamilyId::Other.spec(),
    }
}

/// The registry and the operands of every filter as JSON, in a stable order: what the client is built from.
pub fn registry_json() -> String {
    #[derive(Serialize)]
    struct Filter {
        id: FilterId,
        operands: Operands,
        operand_type: OperandType,
    }
    #[derive(Serialize)]
    struct Registry<'a> {
        families: &'a [&'a FamilySpec],
        filters: Vec<Filter>,
    }
    let filters = FilterId::ALL
        .iter()
        .map(|id| Filter { id: *id, operands: id.operands(), operand_type: id.operand_type() })
        .collect();
    let mut json = serde_json::to_string_pretty(&Registry { families: &FAMILIES, filters })
        .expect("the registry holds nothing that JSON cannot write");
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::pgtype::oids;

    fn domain(schema: &str, name: &str, base: PgType) -> PgType {
        PgType { oid: 0, schema: schema.into(), name: name.into(), kind: TypeKind::Domain { base: Box::new(base) } }
    }

    #[test]
    fn every_family_is_complete() {
        for (position, spec) in FAMILIES.iter().enumerate() {
            let id = spec.id;
            assert_eq!(id as usize, position, "{id:?} is out of order");
            for needed in [FilterId::Equal, FilterId::Null, FilterId::NotNull] {
                assert!(spec.filters.contains(&needed), "{id:?} lacks {needed:?}");
            }
            for needed in families::GENERAL {
                assert!(spec.aggregates.contains(needed), "{id:?} lacks {needed:?}");
            }
            let unique: HashSet<_> = spec.filters.iter().collect();
            assert_eq!(unique.len(), spec.filters.len(), "{id:?} names a filter twice");
            assert!(
                spec.casts.iter().rev().skip(1).all(|rule| !rule.from.is_empty()),
                "{id:?}: only the last rule is for all"
            );
            let by_kind = matches!(
                id,
                FamilyId::Array | FamilyId::Enum | FamilyId::Range | FamilyId::Composite | FamilyId::Other
            );
            assert!(by_kind || !spec.types.is_empty(), "{id:?} covers no type");
        }
    }

    #[test]
    fn no_type_is_in_two_families() {
        let mut seen = HashSet::new();
        for name in FAMILIES.iter().flat_map(|spec| spec.types) {
            assert!(seen.insert((name.schema, name.name)), "{name:?} is covered twice");
        }
    }

    #[test]
    fn every_filter_is_listed_once_and_used() {
        let unique: HashSet<_> = FilterId::ALL.iter().collect();
        assert_eq!(unique.len(), FilterId::ALL.len());
        for filter in FilterId::ALL {
            assert!(FAMILIES.iter().any(|spec| spec.filters.contains(filter)), "no family takes {filter:?}");
        }
    }

    #[test]
    fn every_aggregate_is_found_by_its_id_and_used() {
        for (id, aggregate) in Aggregate::ALL {
            assert_eq!(serde_json::to_value(aggregate).unwrap(), *id);
            assert_eq!(Aggregate::find(id), Some(*aggregate));
            assert!(FAMILIES.iter().any(|spec| spec.aggregates.contains(aggregate)), "no family takes {id}");
        }
    }

    #[test]
    fn a_domain_is_of_its_own_family_before_that_of_its_base() {
        let text = PgType::builtin(oids::TEXT, "text");
        assert_eq!(family_of(&domain("mathesar_types", "email", text.clone())).id, FamilyId::Email);
        assert_eq!(family_of(&domain("public", "email", text.clone())).id, FamilyId::Text);
        assert_eq!(family_of(&domain("public", "outer", domain("public", "inner", text))).id, FamilyId::Text);
    }

    #[test]
    fn types_are_found_by_name_or_kind() {
        let kinds = [
            (TypeKind::Enum { labels: vec![] }, FamilyId::Enum),
            (TypeKind::Array { element: Box::new(PgType::builtin(oids::TEXT, "text")) }, FamilyId::Array),
            (TypeKind::Composite, FamilyId::Composite),
            (TypeKind::Range, FamilyId::Range),
            (TypeKind::Multirange, FamilyId::Range),
            (TypeKind::Base, FamilyId::Other),
        ];
        for (kind, family) in kinds {
            let pg = PgType { oid: 90_000, schema: "public".into(), name: "thing".into(), kind };
            assert_eq!(family_of(&pg).id, family);
        }
        let citext = PgType { oid: 90_001, schema: "ext".into(), name: "citext".into(), kind: TypeKind::Base };
        assert_eq!(family_of(&citext).id, FamilyId::Text);
        assert_eq!(family_of(&PgType::builtin(oids::NUMERIC, "numeric")).id, FamilyId::Number);
    }

    #[test]
    fn casts_follow_the_first_rule_that_names_the_type() {
        let number = FamilyId::Number.spec();
        assert!(number.casts_from(&PgType::builtin(oids::INT4, "int4")).contains(&FamilyId::Money));
        let text = FamilyId::Text.spec();
        assert!(text.casts_from(&PgType::builtin(oids::VARCHAR, "varchar")).contains(&FamilyId::Time));
        assert!(!text.casts_from(&PgType::builtin(oids::BPCHAR, "bpchar")).contains(&FamilyId::Time));
    }

    #[test]
    fn the_registry_is_json_in_a_stable_order() {
        let json: serde_json::Value = serde_json::from_str(&registry_json()).unwrap();
        assert_eq!(json["families"][0]["id"], "text");
        assert_eq!(json["families"][22]["id"], "other");
        assert_eq!(json["filters"].as_array().unwrap().len(), FilterId::ALL.len());
        assert_eq!(registry_json(), registry_json());
    }
}
