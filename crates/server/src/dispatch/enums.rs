//! Enums.

use mathesar_api::methods::enums::*;
use mathesar_app::model::enums;

use super::handlers;

handlers! {
    EnumsList => enums::list;
    EnumsAdd => enums::add;
    EnumsPatch => enums::patch;
}
