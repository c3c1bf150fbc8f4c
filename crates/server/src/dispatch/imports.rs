//! From an uploaded file to a table.

use mathesar_api::methods::imports::*;
use mathesar_app::import;

use super::handlers;

handlers! {
    ImportsPreview => import::preview;
    ImportsLoad => import::load;
    ImportsAppend => import::append;
}
