//! An e-mail address: the original's domain. We install nothing, so a new column of it cannot be made from here.

use super::{GENERAL, original};
use crate::family::{CastRule, Cell, Editor, FamilyId, FamilySpec, FilterId, Preproc, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Email,
    types: &[original("email")],
    default_type: None,
    options: &[],
    filters: &[
        FilterId::Equal,
        FilterId::NotEqual,
        FilterId::ContainsCaseInsensitive,
        FilterId::NotContainsCaseInsensitive,
        FilterId::StartsWithCaseInsensitive,
        FilterId::EndsWithCaseInsensitive,
        FilterId::EmailDomainEquals,
        FilterId::EmailDomainContains,
        FilterId::In,
        FilterId::NotIn,
        FilterId::Null,
        FilterId::NotNull,
    ],
    preprocs: &[Preproc::EmailDomain],
    sort: Sort::Natural,
    aggregates: GENERAL,
    editor: Editor::Text,
    cell: Cell::Email,
    casts: &[CastRule { from: &[], to: &[FamilyId::Email, FamilyId::Text] }],
    display: &[],
};
