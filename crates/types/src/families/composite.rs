//! Composite types, covered by their kind; written as PostgreSQL writes a row.

use super::{EQUALITY, GENERAL, TO_TEXT};
use crate::family::{Cell, Editor, FamilyId, FamilySpec, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Composite,
    types: &[],
    default_type: None,
    options: &[],
    filters: EQUALITY,
    preprocs: &[],
    sort: Sort::AsText,
    aggregates: GENERAL,
    editor: Editor::Literal,
    cell: Cell::Code,
    casts: TO_TEXT,
    display: &[],
};
