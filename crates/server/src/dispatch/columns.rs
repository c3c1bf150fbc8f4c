//! Columns of a table.

use mathesar_api::methods::columns::*;
use mathesar_app::model::{columns, metadata};

use super::handlers;

handlers! {
    ColumnsList => columns::list;
    ColumnsListWithMetadata => columns::list_with_metadata;
    ColumnsAdd => columns::add;
    ColumnsPatch => columns::patch;
    ColumnsDelete => columns::delete;
    ColumnsMetadataList => metadata::list_columns;
    ColumnsMetadataSet => metadata::set_columns;
    ColumnsCheckCast => columns::check_cast;
}
