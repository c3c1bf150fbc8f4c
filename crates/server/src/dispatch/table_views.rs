//! Saved views of tables.

use mathesar_api::methods::table_views::*;
use mathesar_app::table_views;

use super::handlers;

handlers! {
    TableViewsList => table_views::list;
    TableViewsAdd => table_views::add;
    TableViewsPatch => table_views::patch;
    TableViewsShare => table_views::share;
    TableViewsDelete => table_views::delete;
}
