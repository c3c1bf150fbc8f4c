//! Constraints of a table.

use mathesar_api::methods::constraints::*;
use mathesar_app::model::constraints;

use super::handlers;

handlers! {
    ConstraintsList => constraints::list;
    ConstraintsAdd => constraints::add;
    ConstraintsDelete => constraints::delete;
}
