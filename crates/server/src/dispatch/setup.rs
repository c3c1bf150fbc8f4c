//! First run.

use mathesar_api::methods::setup::*;
use mathesar_app::setup;

use super::handlers;

handlers! {
    SetupStatusMethod => setup::status;
    SetupComplete => begin setup::complete;
}
