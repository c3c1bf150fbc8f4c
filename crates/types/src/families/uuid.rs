//! Universally unique identifiers.

use super::{EQUALITY, GENERAL, builtin};
use crate::family::{CastRule, Cell, Editor, FamilyId, FamilySpec, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Uuid,
    types: builtin!["uuid"],
    default_type: Some("uuid"),
    options: &[],
    filters: EQUALITY,
    preprocs: &[],
    sort: Sort::Natural,
    aggregates: GENERAL,
    editor: Editor::Literal,
    cell: Cell::Code,
    casts: &[CastRule { from: &[], to: &[FamilyId::Uuid, FamilyId::Text] }],
    display: &[],
};
