//! Which user works in which database, as which PostgreSQL role.

use mathesar_api::methods::collaborators::*;
use mathesar_app::collaborators;

use super::handlers;

handlers! {
    CollaboratorsList => collaborators::list;
    CollaboratorsAdd => collaborators::add;
    CollaboratorsSetRole => collaborators::set_role;
    CollaboratorsDelete => collaborators::delete;
}
