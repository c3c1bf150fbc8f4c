//! Rows of a table.

use mathesar_api::methods::records::*;
use mathesar_app::records;

use super::handlers;

handlers! {
    RecordsList => bytes records::list;
    RecordsGet => bytes records::get;
    RecordsAdd => bytes records::add;
    RecordsPatch => bytes records::patch;
    RecordsDelete => records::delete;
    RecordsSearch => bytes records::search;
    RecordsListSummaries => records::list_summaries;
    RecordsLocate => records::locate;
    RecordsCount => records::count;
    RecordsApply => bytes records::apply;
}
