//! JSON: both built-in types, and the original's domains for lists and maps.

use super::{GENERAL, catalog, original};
use crate::family::{CastRule, Cell, Editor, FamilyId, FamilySpec, FilterId, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Json,
    types: &[catalog("jsonb"), catalog("json"), original("mathesar_json_array"), original("mathesar_json_object")],
    default_type: Some("jsonb"),
    options: &[],
    filters: &[
        FilterId::Equal,
        FilterId::NotEqual,
        FilterId::JsonContains,
        FilterId::JsonArrayContains,
        FilterId::JsonArrayNotEmpty,
        FilterId::JsonArrayLengthEquals,
        FilterId::JsonArrayLengthGreaterThan,
        FilterId::JsonArrayLengthGreaterOrEqual,
        FilterId::JsonArrayLengthLessThan,
        FilterId::JsonArrayLengthLessOrEqual,
        FilterId::Null,
        FilterId::NotNull,
    ],
    preprocs: &[],
    sort: Sort::AsText,
    aggregates: GENERAL,
    editor: Editor::Json,
    cell: Cell::Json,
    casts: &[CastRule { from: &[], to: &[FamilyId::Json, FamilyId::Text] }],
    display: &[],
};
