//! Tokens of programs.

use mathesar_api::methods::tokens::*;
use mathesar_app::auth::tokens;

use super::handlers;

handlers! {
    TokensList => tokens::list;
    TokensAdd => tokens::add;
    TokensRevoke => tokens::revoke;
}
