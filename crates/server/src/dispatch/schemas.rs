//! Schemas of a database.

use mathesar_api::methods::schemas::*;
use mathesar_app::model::{ownership, privileges, schemas};

use super::handlers;

handlers! {
    SchemasList => schemas::list;
    SchemasGet => schemas::get;
    SchemasAdd => schemas::add;
    SchemasPatch => schemas::patch;
    SchemasDelete => schemas::delete;
    SchemasPrivilegesList => privileges::of_schema;
    SchemasPrivilegesReplace => privileges::replace_on_schema;
    SchemasDefaultsList => privileges::defaults::of_schema;
    SchemasDefaultsReplace => privileges::defaults::replace_in_schema;
    SchemasTransfer => ownership::transfer_schema;
}
