//! XML; it has no equality operator, so it is compared by its text.

use super::{GENERAL, TO_TEXT, builtin};
use crate::family::{Cell, Editor, FamilyId, FamilySpec, FilterId, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Xml,
    types: builtin!["xml"],
    default_type: Some("xml"),
    options: &[],
    filters: &[FilterId::Equal, FilterId::ContainsCaseInsensitive, FilterId::Null, FilterId::NotNull],
    preprocs: &[],
    sort: Sort::AsText,
    aggregates: GENERAL,
    editor: Editor::Literal,
    cell: Cell::Code,
    casts: TO_TEXT,
    display: &[],
};
