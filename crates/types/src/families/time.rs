//! A time of day, with or without time zone.

use super::{ORDERED, builtin};
use crate::family::{Aggregate, CastRule, Cell, DisplayOption, Editor, FamilyId, FamilySpec, Sort, TypeOption};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Time,
    types: builtin!["time", "timetz"],
    default_type: Some("time without time zone"),
    options: &[TypeOption::TimeZone, TypeOption::Precision],
    filters: ORDERED,
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
        Aggregate::PeakTime,
    ],
    editor: Editor::Time,
    cell: Cell::Time,
    casts: &[CastRule { from: &[], to: &[FamilyId::Time, FamilyId::Text] }],
    display: &[DisplayOption::TimeFormat],
};
