//! One file per family; see [`crate::family`].

pub(crate) mod array;
pub(crate) mod bits;
pub(crate) mod boolean;
pub(crate) mod bytes;
pub(crate) mod composite;
pub(crate) mod date;
pub(crate) mod email;
pub(crate) mod enum_;
pub(crate) mod fulltext;
pub(crate) mod geometric;
pub(crate) mod interval;
pub(crate) mod json;
pub(crate) mod money;
pub(crate) mod network;
pub(crate) mod number;
pub(crate) mod other;
pub(crate) mod range;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod timestamp;
pub(crate) mod uri;
pub(crate) mod uuid;
pub(crate) mod xml;

use crate::family::{Aggregate, CastRule, FamilyId, FilterId, TypeName};

/// Types of `pg_catalog`.
macro_rules! builtin {
    ($($name:literal),* $(,)?) => {
        &[$($crate::family::TypeName { schema: Some("pg_catalog"), name: $name }),*]
    };
}
pub(crate) use builtin;

/// A type of `pg_catalog`.
const fn catalog(name: &'static str) -> TypeName {
    TypeName { schema: Some("pg_catalog"), name }
}

/// A type that the original creates in the schema `mathesar_types` of a user's database.
const fn original(name: &'static str) -> TypeName {
    TypeName { schema: Some("mathesar_types"), name }
}

/// A type of an extension, in whatever schema it was created.
const fn extension(name: &'static str) -> TypeName {
    TypeName { schema: None, name }
}

/// Filters of a type that is known by equality alone.
const EQUALITY: &[FilterId] =
    &[FilterId::Equal, FilterId::NotEqual, FilterId::In, FilterId::NotIn, FilterId::Null, FilterId::NotNull];

/// Filters of a type with an order.
const ORDERED: &[FilterId] = &[
    FilterId::Equal,
    FilterId::NotEqual,
    FilterId::Lesser,
    FilterId::Greater,
    FilterId::LesserOrEqual,
    FilterId::GreaterOrEqual,
    FilterId::Between,
    FilterId::In,
    FilterId::NotIn,
    FilterId::Null,
    FilterId::NotNull,
];

/// Aggregates of any type. What has no order of its own is ordered by its text.
pub(crate) const GENERAL: &[Aggregate] = &[
    Aggregate::Count,
    Aggregate::CountNull,
    Aggregate::CountDistinct,
    Aggregate::DistinctAggregateToArray,
    Aggregate::AggregateToArray,
    Aggregate::Mode,
    Aggregate::Median,
    Aggregate::Min,
    Aggregate::Max,
];

/// Aggregates of a quantity.
const QUANTITY: &[Aggregate] = &[
    Aggregate::Count,
    Aggregate::CountNull,
    Aggregate::CountDistinct,
    Aggregate::DistinctAggregateToArray,
    Aggregate::AggregateToArray,
    Aggregate::Mode,
    Aggregate::Median,
    Aggregate::Min,
    Aggregate::Max,
    Aggregate::Sum,
    Aggregate::Mean,
];

/// To text and nothing else.
const TO_TEXT: &[CastRule] = &[CastRule { from: &[], to: &[FamilyId::Text] }];
