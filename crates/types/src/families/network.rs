//! Network and hardware addresses.

use super::{GENERAL, TO_TEXT, builtin};
use crate::family::{Cell, Editor, FamilyId, FamilySpec, FilterId, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Network,
    types: builtin!["inet", "cidr", "macaddr", "macaddr8"],
    default_type: Some("inet"),
    options: &[],
    filters: &[
        FilterId::Equal,
        FilterId::NotEqual,
        FilterId::NetworkContains,
        FilterId::Lesser,
        FilterId::Greater,
        FilterId::LesserOrEqual,
        FilterId::GreaterOrEqual,
        FilterId::Between,
        FilterId::In,
        FilterId::NotIn,
        FilterId::Null,
        FilterId::NotNull,
    ],
    preprocs: &[],
    sort: Sort::Natural,
    aggregates: GENERAL,
    editor: Editor::Literal,
    cell: Cell::Code,
    casts: TO_TEXT,
    display: &[],
};
