//! Integers, exact decimals and floats.

use super::{ORDERED, QUANTITY, builtin};
use crate::family::{CastRule, Cell, DisplayOption, Editor, FamilyId, FamilySpec, Sort, TypeOption};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Number,
    types: builtin!["int2", "int4", "int8", "numeric", "float4", "float8"],
    default_type: Some("numeric"),
    options: &[TypeOption::NumberKind, TypeOption::Precision, TypeOption::Scale],
    filters: ORDERED,
    preprocs: &[],
    sort: Sort::Natural,
    aggregates: QUANTITY,
    editor: Editor::Number,
    cell: Cell::Number,
    casts: &[CastRule { from: &[], to: &[FamilyId::Number, FamilyId::Boolean, FamilyId::Text, FamilyId::Money] }],
    display: &[
        DisplayOption::NumMinFracDigits,
        DisplayOption::NumMaxFracDigits,
        DisplayOption::NumGrouping,
        DisplayOption::NumFormat,
    ],
};
