//! Columns of a table.

use mathesar_api::methods::columns::*;
use mathesar_app::files;
use mathesar_app::model::{columns, data_modeling, metadata, privileges};

use super::handlers;

handlers! {
    ColumnsList => columns::list;
    ColumnsListWithMetadata => columns::list_with_metadata;
    ColumnsAdd => columns::add;
    ColumnsPatch => columns::patch;
    ColumnsDelete => columns::delete;
    ColumnsAddPrimaryKeyColumn => data_modeling::add_primary_key_column;
    ColumnsMetadataList => metadata::list_columns;
    ColumnsMetadataSet => metadata::set_columns;
    ColumnsResetMash => files::reset_mash;
    ColumnsPrivilegesList => privileges::columns::list;
    ColumnsPrivilegesReplace => privileges::columns::replace;
    ColumnsCheckCast => columns::check_cast;
}
