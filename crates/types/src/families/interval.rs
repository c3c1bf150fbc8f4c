//! A duration.

use super::{ORDERED, QUANTITY, builtin};
use crate::family::{CastRule, Cell, DisplayOption, Editor, FamilyId, FamilySpec, Sort, TypeOption};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Interval,
    types: builtin!["interval"],
    default_type: Some("interval"),
    options: &[TypeOption::Fields, TypeOption::Precision],
    filters: ORDERED,
    preprocs: &[],
    sort: Sort::Natural,
    aggregates: QUANTITY,
    editor: Editor::Interval,
    cell: Cell::Interval,
    casts: &[CastRule { from: &[], to: &[FamilyId::Interval, FamilyId::Text] }],
    display: &[DisplayOption::DurationMin, DisplayOption::DurationMax],
};
