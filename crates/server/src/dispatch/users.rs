//! People who may sign in.

use mathesar_api::methods::users::*;
use mathesar_app::users;

use super::handlers;

handlers! {
    UsersList => users::list;
    UsersGet => users::get;
    UsersAdd => users::add;
    UsersDelete => users::delete;
    UsersPatchSelf => users::patch_self;
    UsersPatchOther => users::patch_other;
    UsersPasswordReplaceOwn => users::replace_own_password;
    UsersPasswordRevoke => users::revoke_password;
}
