//! Work that takes longer than a request.

use mathesar_api::methods::jobs::*;
use mathesar_app::jobs;

use super::handlers;

handlers! {
    JobsGet => jobs::get;
    JobsCancel => jobs::cancel;
}
