//! Ranges and multiranges, covered by their kind.

use super::{GENERAL, TO_TEXT};
use crate::family::{Cell, Editor, FamilyId, FamilySpec, FilterId, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Range,
    types: &[],
    default_type: None,
    options: &[],
    filters: &[
        FilterId::Equal,
        FilterId::NotEqual,
        FilterId::RangeContains,
        FilterId::RangeOverlaps,
        FilterId::Null,
        FilterId::NotNull,
    ],
    preprocs: &[],
    sort: Sort::Natural,
    aggregates: GENERAL,
    editor: Editor::Range,
    cell: Cell::Range,
    casts: TO_TEXT,
    display: &[],
};
