//! Enums, covered by their kind; they order by their labels' order.

use super::{GENERAL, ORDERED};
use crate::family::{Cell, Editor, FamilyId, FamilySpec, Sort, TypeOption};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Enum,
    types: &[],
    default_type: None,
    options: &[TypeOption::EnumValues],
    filters: ORDERED,
    preprocs: &[],
    sort: Sort::Natural,
    aggregates: GENERAL,
    editor: Editor::Enum,
    cell: Cell::Enum,
    casts: &[],
    display: &[],
};
