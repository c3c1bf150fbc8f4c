//! True or false.

use super::builtin;
use crate::family::{Aggregate, CastRule, Cell, DisplayOption, Editor, FamilyId, FamilySpec, FilterId, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Boolean,
    types: builtin!["bool"],
    default_type: Some("boolean"),
    options: &[],
    filters: &[FilterId::Equal, FilterId::NotEqual, FilterId::Null, FilterId::NotNull],
    preprocs: &[],
    sort: Sort::Natural,
    aggregates: &[
        Aggregate::Count,
        Aggregate::CountNull,
        Aggregate::CountDistinct,
        Aggregate::DistinctAggregateToArray,
        Aggregate::AggregateToArray,
        Aggregate::Mode,
        Aggregate::Median,
        Aggregate::Min,
        Aggregate::Max,
        Aggregate::PercentageTrue,
    ],
    editor: Editor::Boolean,
    cell: Cell::Boolean,
    casts: &[CastRule { from: &[], to: &[FamilyId::Boolean, FamilyId::Number, FamilyId::Text] }],
    display: &[DisplayOption::BoolInput, DisplayOption::BoolTrue, DisplayOption::BoolFalse],
};
