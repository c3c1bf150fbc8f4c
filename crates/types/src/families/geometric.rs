//! Points, lines and shapes. `point` has no equality operator, so they are compared by their text.

use super::{EQUALITY, GENERAL, TO_TEXT, builtin};
use crate::family::{Cell, Editor, FamilyId, FamilySpec, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Geometric,
    types: builtin!["point", "line", "lseg", "box", "path", "polygon", "circle"],
    default_type: Some("point"),
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
