//! Indexes.

use mathesar_api::methods::indexes::*;
use mathesar_app::model::indexes;

use super::handlers;

handlers! {
    IndexesList => indexes::list;
    IndexesAdd => indexes::add;
    IndexesDelete => indexes::delete;
}
