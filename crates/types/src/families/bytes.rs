//! Binary data; written as hexadecimal digits after `\\x`.

use super::{EQUALITY, GENERAL, TO_TEXT, builtin};
use crate::family::{Cell, Editor, FamilyId, FamilySpec, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Bytes,
    types: builtin!["bytea"],
    default_type: Some("bytea"),
    options: &[],
    filters: EQUALITY,
    preprocs: &[],
    sort: Sort::Natural,
    aggregates: GENERAL,
    editor: Editor::Literal,
    cell: Cell::Bytes,
    casts: TO_TEXT,
    display: &[],
};
