//! Documents and queries of full-text search.

use super::{GENERAL, TO_TEXT, builtin};
use crate::family::{Cell, Editor, FamilyId, FamilySpec, FilterId, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Fulltext,
    types: builtin!["tsvector", "tsquery"],
    default_type: Some("tsvector"),
    options: &[],
    filters: &[FilterId::Equal, FilterId::FulltextMatches, FilterId::Null, FilterId::NotNull],
    preprocs: &[],
    sort: Sort::AsText,
    aggregates: GENERAL,
    editor: Editor::Literal,
    cell: Cell::Text,
    casts: TO_TEXT,
    display: &[],
};
