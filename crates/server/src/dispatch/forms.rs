//! Forms.

use mathesar_api::methods::forms::*;
use mathesar_app::forms;

use super::handlers;

handlers! {
    FormsList => forms::list;
    FormsAdd => forms::add;
    FormsPatch => forms::patch;
    FormsDelete => forms::delete;
    FormsShare => forms::share;
    FormsSetPublishPublic => forms::set_publish_public;
    FormsRegenerateToken => forms::regenerate_token;
    FormsGet => forms::get;
    FormsGetSourceInfo => forms::get_source_info;
    FormsListRelatedRecords => forms::list_related_records;
    FormsSubmit => forms::submit;
}
