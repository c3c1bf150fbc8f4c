//! An amount of money: `money` and the original's two types, which exist where the original was installed.

use super::{ORDERED, QUANTITY, catalog, original};
use crate::family::{CastRule, Cell, DisplayOption, Editor, FamilyId, FamilySpec, Sort};

pub(crate) static SPEC: FamilySpec = FamilySpec {
    id: FamilyId::Money,
    types: &[catalog("money"), original("mathesar_money"), original("multicurrency_money")],
    default_type: Some("money"),
    options: &[],
    filters: ORDERED,
    preprocs: &[],
    sort: Sort::Natural,
    aggregates: QUANTITY,
    editor: Editor::Money,
    cell: Cell::Money,
    casts: &[
        CastRule { from: &["multicurrency_money"], to: &[FamilyId::Text] },
        CastRule { from: &[], to: &[FamilyId::Money, FamilyId::Number, FamilyId::Text] },
    ],
    display: &[
        DisplayOption::MonCurrencySymbol,
        DisplayOption::MonCurrencyLocation,
        DisplayOption::NumMinFracDigits,
        DisplayOption::NumMaxFracDigits,
        DisplayOption::NumGrouping,
        DisplayOption::NumFormat,
    ],
};
