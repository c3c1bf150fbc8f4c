//! Changes that touch several tables at once.

use mathesar_api::methods::data_modeling::*;
use mathesar_app::model::{data_modeling, import_preview};

use super::handlers;

handlers! {
    AddForeignKeyColumn => data_modeling::add_foreign_key_column;
    AddMappingTable => data_modeling::add_mapping_table;
    SplitTableColumns => data_modeling::split_table;
    MoveColumns => data_modeling::move_columns;
    SuggestTypes => import_preview::suggest;
    ChangePrimaryKeyColumn => data_modeling::change_primary_key_column;
}
