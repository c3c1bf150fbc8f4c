//! Tables and what is like them.

use mathesar_api::methods::tables::*;
use mathesar_app::import;
use mathesar_app::model::{import_preview, joinable, layout, metadata, ownership, privileges, refresh, tables};

use super::handlers;

handlers! {
    TablesList => tables::list;
    TablesListWithMetadata => tables::list_with_metadata;
    TablesGet => tables::get;
    TablesGetWithMetadata => tables::get_with_metadata;
    TablesAdd => tables::add;
    TablesPatch => tables::patch;
    TablesDelete => tables::delete;
    TablesRefresh => refresh::refresh;
    TablesImport => import::import;
    TablesImportPreview => bytes import_preview::preview;
    TablesListJoinable => joinable::list;
    TablesPrivilegesList => privileges::of_table;
    TablesPrivilegesReplace => privileges::replace_on_table;
    TablesTransfer => ownership::transfer_table;
    TablesMetadataList => metadata::list_tables;
    TablesMetadataSet => metadata::set_table;
    TablesLayoutSet => layout::set;
}
