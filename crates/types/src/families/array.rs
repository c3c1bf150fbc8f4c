//! Arrays of any type, covered by their kind.

use super::GENERAL;
use crate::family::{Cell, Editor, FamilyId, FamilySpec, FilterId, Sort, TypeOption};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Array,
    types: &[],
    default_type: None,
    options: &[TypeOption::ItemType],
    filters: &[
        FilterId::Equal,
        FilterId::NotEqual,
        FilterId::ArrayContains,
        FilterId::ArrayNotEmpty,
        FilterId::ArrayLengthEquals,
        FilterId::Null,
        FilterId::NotNull,
    ],
    preprocs: &[],
    sort: Sort::AsText,
    aggregates: GENERAL,
    editor: Editor::Array,
    cell: Cell::Array,
    casts: &[],
    display: &[],
};
