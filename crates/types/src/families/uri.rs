//! A web address: the original's domain. We install nothing, so a new column of it cannot be made from here.

use super::{GENERAL, original};
use crate::family::{CastRule, Cell, Editor, FamilyId, FamilySpec, FilterId, Preproc, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Uri,
    types: &[original("uri")],
    default_type: None,
    options: &[],
    filters: &[
        FilterId::Equal,
        FilterId::NotEqual,
        FilterId::ContainsCaseInsensitive,
        FilterId::NotContainsCaseInsensitive,
        FilterId::StartsWithCaseInsensitive,
        FilterId::EndsWithCaseInsensitive,
        FilterId::UriSchemeEquals,
        FilterId::UriAuthorityContains,
        FilterId::In,
        FilterId::NotIn,
        FilterId::Null,
        FilterId::NotNull,
    ],
    preprocs: &[Preproc::UriScheme, Preproc::UriAuthority],
    sort: Sort::Natural,
    aggregates: GENERAL,
    editor: Editor::Text,
    cell: Cell::Uri,
    casts: &[CastRule { from: &[], to: &[FamilyId::Uri, FamilyId::Text] }],
    display: &[],
};
