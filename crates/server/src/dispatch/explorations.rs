//! Saved queries.

use mathesar_api::methods::explorations::*;
use mathesar_app::explorations;

use super::handlers;

handlers! {
    ExplorationsList => explorations::list;
    ExplorationsGet => explorations::get;
    ExplorationsAdd => explorations::add;
    ExplorationsReplace => explorations::replace;
    ExplorationsShare => explorations::share;
    ExplorationsDelete => explorations::delete;
    ExplorationsRun => bytes explorations::run;
}
