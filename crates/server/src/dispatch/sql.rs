//! The SQL behind what people see and do.

use mathesar_api::methods::sql::*;
use mathesar_app::sql;

use super::handlers;

handlers! {
    SqlShow => sql::show;
}
