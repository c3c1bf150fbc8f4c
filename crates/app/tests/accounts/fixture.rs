//! An application on each engine, with a clock that the test moves.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use mathesar_api::methods::session::SignInParams;
use mathesar_api::methods::users::{UserDef, UserInfo};
use mathesar_app::auth::{self, Guards, Issued};
use mathesar_app::setup::FirstSuperuser;
use mathesar_app::{App, Caller, Clock, Ctx, Error, Options, Random, SignedIn, setup, users};
use mathesar_pg::{PoolLimits, Pools};
use mathesar_store::{KeyRing, Store, StoreConfig};
use mathesar_testkit::{Cluster, TestDatabase};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

/// A clock that stands still until it is moved.
pub struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// Bytes that look random and are the same in every run (SplitMix64).
struct Repeatable(AtomicU64);

impl Random for Repeatable {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let mut state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (state >> 56) as u8;
        }
    }
}

/// Where the internal database is; it goes when this goes.
pub enum Engine {
    Sqlite(TempDir),
    Postgres(TestDatabase<'static>),
}

impl Engine {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub fn postgres() -> Self {
        Self::Postgres(Cluster::shared().database())
    }

    fn config(&self) -> StoreConfig {
        match self {
            Self::Sqlite(directory) => StoreConfig::sqlite(directory.path().join("mathesar.sqlite")),
            Self::Postgres(database) => StoreConfig::postgres(database.url().into()),
        }
    }
}

/// The application of a test.
pub struct World {
    pub app: Arc<App>,
    hands: Arc<Hands>,
}

pub const PASSWORD: &str = "correct horse";
pub const OTHER_PASSWORD: &str = "battery staple";

impl World {
    pub async fn on(engine: &Engine) -> Self {
        let hands = Arc::new(Hands(AtomicI64::new(1_800_000_000)));
        let random: Arc<dyn Random> = Arc::new(Repeatable(AtomicU64::new(7)));
        let keys = KeyRing::from_strings(&["abcdefgh".repeat(8).into()]).unwrap();
        let store = Store::open(&engine.config(), keys, Arc::clone(&random), hands.now()).await.unwrap();
        let options = Options {
            version: "1.2.3",
            data_dir: PathBuf::new(),
            in_container: false,
            allow_unix_sockets: false,
            internal_database: None,
            setup_link_command: "mathesar setup-link".to_owned(),
        };
        let app = App {
            store,
            pools: Pools::new(PoolLimits::default()),
            managed: None,
            clock: Arc::clone(&hands) as Arc<dyn Clock>,
            random,
            options,
            auth: Guards::new(),
            places: Default::default(),
            wake: Default::default(),
        };
        Self { app: Arc::new(app), hands }
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.hands.0.fetch_add(seconds, Ordering::Relaxed);
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
        let signed_in = auth::by_cookie(&self.app, cookie.expose_secret()).await.unwrap();
        let mut ctx = self.visitor();
        ctx.caller.signed_in = signed_in;
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

/// Runs a test on both engines. The engine is made outside of the async runtime, because the test kit blocks.
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident: $type:ty) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn run($world: $type) $body

            fn start(engine: $crate::fixture::Engine) {
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
                runtime.block_on(async { run(&$crate::fixture::World::on(&engine).await).await });
            }

            #[test]
            fn sqlite() {
                start($crate::fixture::Engine::sqlite());
            }

            #[test]
            fn postgres() {
                start($crate::fixture::Engine::postgres());
            }
        }
    )+};
}
pub(crate) use both;
