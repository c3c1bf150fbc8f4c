//! A day with a time, with or without time zone.

use super::{ORDERED, builtin};
use crate::family::{
    Aggregate, CastRule, Cell, DisplayOption, Editor, FamilyId, FamilySpec, Preproc, Sort, TypeOption,
};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Timestamp,
    types: builtin!["timestamp", "timestamptz"],
    default_type: Some("timestamp without time zone"),
    options: &[TypeOption::TimeZone, TypeOption::Precision],
    filters: ORDERED,
    preprocs: &[Preproc::TruncateToYear, Preproc::TruncateToMonth, Preproc::TruncateToDay],
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
        Aggregate::PeakMonth,
    ],
    editor: Editor::Timestamp,
    cell: Cell::Timestamp,
    casts: &[CastRule { from: &[], to: &[FamilyId::Timestamp, FamilyId::Date, FamilyId::Text] }],
    display: &[DisplayOption::DateFormat, DisplayOption::TimeFormat],
};
