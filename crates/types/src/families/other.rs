//! Every type that no other family covers: readable, filterable by its text, editable if its text casts back.

use super::{EQUALITY, GENERAL, TO_TEXT};
use crate::family::{Cell, Editor, FamilyId, FamilySpec, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Other,
    types: &[],
    default_type: None,
    options: &[],
    filters: EQUALITY,
    preprocs: &[],
    sort: Sort::AsText,
    aggregates: GENERAL,
    editor: Editor::Literal,
    cell: Cell::Text,
    casts: TO_TEXT,
    display: &[],
};
