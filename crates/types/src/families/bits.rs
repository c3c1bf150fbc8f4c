//! Bit strings of a fixed or varying length.

use super::{EQUALITY, GENERAL, TO_TEXT, builtin};
use crate::family::{Cell, Editor, FamilyId, FamilySpec, Sort, TypeOption};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Bits,
    types: builtin!["bit", "varbit"],
    default_type: Some("bit varying"),
    options: &[TypeOption::Length],
    filters: EQUALITY,
    preprocs: &[],
    sort: Sort::Natural,
    aggregates: GENERAL,
    editor: Editor::Literal,
    cell: Cell::Code,
    casts: TO_TEXT,
    display: &[],
};
