//! Schemas of a database.

use mathesar_api::methods::schemas::*;
use mathesar_app::model::schemas;

use super::handlers;

handlers! {
    SchemasList => schemas::list;
    SchemasGet => schemas::get;
    SchemasAdd => schemas::add;
    SchemasPatch => schemas::patch;
    SchemasDelete => schemas::delete;
}
