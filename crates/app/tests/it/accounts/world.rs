//! An application with people who sign in, and a clock that the test moves.

use std::net::IpAddr;
use std::sync::Arc;

use mathesar_api::methods::session::SignInParams;
use mathesar_api::methods::users::{UserDef, UserInfo};
use mathesar_app::auth::{self, Issued};
use mathesar_app::setup::FirstSuperuser;
use mathesar_app::{App, Caller, Ctx, Error, SignedIn, setup, users};
use secrecy::{ExposeSecret, SecretString};

pub use crate::installation::PASSWORD;
use crate::installation::{Hands, Home};

/// The application of a test.
pub struct World {
    pub app: Arc<App>,
    hands: Arc<Hands>,
}

pub const OTHER_PASSWORD: &str = "battery staple";

impl World {
    pub async fn at(home: &Home) -> Self {
        let hands = Hands::new();
        Self { app: Arc::new(home.open(&hands).await), hands }
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.hands.pass(seconds);
    }

    /// Somebody who is not signed in, from this address.
    pub fn visitor_from(&self, address: &str) -> Ctx {
        let caller = Caller {
            signed_in: None,
            address: Some(address.parse::<IpAddr>().unwrap()),
            user_agent: Some("Firefox".to_owned()),
        };
        Ctx::new(Arc::clone(&self.app), caller)
    }

    pub fn visitor(&self) -> Ctx {
        self.visitor_from("192.0.2.1")
    }

    /// The owner of this session cookie, as the server sees them.
    pub async fn with_cookie(&self, cookie: &SecretString) -> Ctx {
        let found = auth::by_cookie(&self.app, cookie.expose_secret(), None).await.unwrap();
        let mut ctx = self.visitor();
        ctx.caller.signed_in = found.map(|(signed_in, _)| signed_in);
        ctx
    }

    pub async fn with_session(&self, issued: &Issued) -> Ctx {
        self.with_cookie(&issued.cookie).await
    }

    /// Creates the first superuser, `root`, and signs them in.
    pub async fn root(&self) -> Ctx {
        let first = FirstSuperuser { username: "root".to_owned(), password: PASSWORD.into(), email: None };
        setup::create_first_superuser(&self.app, first).await.unwrap();
        self.with_session(&self.sign_in("root", PASSWORD).await.unwrap()).await
    }

    pub async fn sign_in(&self, username: &str, password: &str) -> Result<Issued, Error> {
        auth::sign_in(&self.visitor(), credentials(username, password)).await
    }

    /// Adds a user who has chosen their password already.
    pub async fn add_user(&self, root: &Ctx, username: &str) -> UserInfo {
        let added = users::add(root, users_add(username, PASSWORD)).await.unwrap();
        let stored = self.app.store.users().get(added.id).await.unwrap();
        let (store, now) = (&self.app.store, self.app.clock.now());
        store.users().set_password(added.id, stored.password_hash, false, None, now).await.unwrap();
        added
    }

    /// Adds a user and signs them in.
    pub async fn member(&self, root: &Ctx, username: &str) -> Ctx {
        self.add_user(root, username).await;
        self.with_session(&self.sign_in(username, PASSWORD).await.unwrap()).await
    }
}

pub fn credentials(username: &str, password: &str) -> SignInParams {
    SignInParams { username: username.to_owned(), password: password.to_owned() }
}

pub fn users_add(username: &str, password: &str) -> mathesar_api::methods::users::AddParams {
    let user_def = UserDef {
        username: username.to_owned(),
        password: password.to_owned(),
        is_superuser: false,
        email: None,
        full_name: None,
        display_language: None,
    };
    mathesar_api::methods::users::AddParams { user_def }
}

pub fn signed_in(ctx: &Ctx) -> &SignedIn {
    ctx.caller.signed_in.as_ref().unwrap()
}

/// Runs a test on both engines of the internal database.
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident: $type:ty) $body:block)+) => {$(
        mod $name {
            use super::*;
            use $crate::installation::{self, Home};

            async fn work($world: $type) $body

            fn at(home: Home) {
                installation::run(async { work(&World::at(&home).await).await });
            }

            #[test]
            fn sqlite() {
                at(Home::with_sqlite());
            }

            #[test]
            fn postgres() {
                at(Home::with_postgres());
            }
        }
    )+};
}
pub(crate) use both;
