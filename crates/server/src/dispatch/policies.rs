//! Row-level security.

use mathesar_api::methods::policies::*;
use mathesar_app::model::policies;

use super::handlers;

handlers! {
    PoliciesList => policies::list;
    PoliciesAdd => policies::add;
    PoliciesPatch => policies::patch;
    PoliciesDelete => policies::delete;
    PoliciesSetRowSecurity => policies::set_row_security;
}
