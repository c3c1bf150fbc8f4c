//! Who is signed in, and from where.

use mathesar_api::methods::session::*;
use mathesar_app::auth;

use super::handlers;

handlers! {
    SessionGet => auth::get;
    SessionSignIn => begin auth::sign_in;
    SessionSignOut => end auth::sign_out;
    SessionList => auth::list;
    SessionRevoke => auth::revoke;
    SessionSetPreferences => auth::set_preferences;
}
