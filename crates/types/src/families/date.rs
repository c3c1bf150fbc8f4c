//! A day.

use super::{ORDERED, builtin};
use crate::family::{Aggregate, CastRule, Cell, DisplayOption, Editor, FamilyId, FamilySpec, Preproc, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Date,
    types: builtin!["date"],
    default_type: Some("date"),
    options: &[],
    filters: ORDERED,
    preprocs: &[Preproc::TruncateToYear, Preproc::TruncateToMonth],
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
        Aggregate::PeakMonth,
    ],
    editor: Editor::Date,
    cell: Cell::Date,
    casts: &[CastRule { from: &[], to: &[FamilyId::Date, FamilyId::Text, FamilyId::Timestamp] }],
    display: &[DisplayOption::DateFormat],
};
