//! Roles of PostgreSQL, and those that are stored here.

use mathesar_api::methods::roles::*;
use mathesar_app::{
    databases::roles as configured,
    model::{reach, roles},
};

use super::handlers;

handlers! {
    RolesList => roles::list;
    RolesGetCurrent => roles::get_current;
    RolesAdd => roles::add;
    RolesDelete => roles::delete;
    RolesSetMembers => roles::set_members;
    RolesReach => reach::of_role;
    ConfiguredRolesList => configured::list;
    ConfiguredRolesAdd => configured::add;
    ConfiguredRolesSetPassword => configured::set_password;
    ConfiguredRolesDelete => configured::delete;
}
