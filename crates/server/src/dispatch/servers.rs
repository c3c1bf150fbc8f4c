//! PostgreSQL servers that this installation knows.

use mathesar_api::methods::servers::*;
use mathesar_app::databases::servers;

use super::handlers;

handlers! {
    ServersList => servers::list;
    ServersPatch => servers::patch;
}
