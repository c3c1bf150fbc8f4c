//! An open store on each engine, with a clock that stands still and randomness that can be repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use mathesar_store::{KeyRing, NewUser, Random, Store, StoreConfig, User, password};
use mathesar_testkit::{Cluster, TestDatabase};
use secrecy::SecretString;
use tempfile::TempDir;

/// Bytes that look random and are the same in every run (SplitMix64).
pub struct Repeatable(AtomicU64);

impl Repeatable {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(7)))
    }
}

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

/// A point in time, this many seconds after all tests begin.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

pub fn key(letters: &str) -> SecretString {
    secret(&letters.repeat(8))
}

pub fn ring() -> KeyRing {
    KeyRing::from_strings(&[key("abcdefgh")]).unwrap()
}

/// An engine with an empty place for a store, which goes when this goes.
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

    pub fn config(&self) -> StoreConfig {
        match self {
            Self::Sqlite(directory) => StoreConfig::sqlite(directory.path().join("mathesar.sqlite")),
            Self::Postgres(database) => StoreConfig::postgres(database.url().into()),
        }
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.config(), ring(), Repeatable::new(), at(0)).await.unwrap()
    }
}

/// Runs a test on both engines: `both! { async fn name(engine: &Engine) { … } }`. The engine is made outside of the async
/// runtime, because the test kit blocks.
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($engine:ident: $type:ty) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn run($engine: $type) $body

            fn start(engine: $crate::fixture::Engine) {
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
                runtime.block_on(run(&engine));
                drop(runtime);
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

pub fn new_user(username: &str) -> NewUser {
    NewUser {
        username: username.to_owned(),
        email: String::new(),
        full_name: String::new(),
        password_hash: password::hash(&secret("correct horse"), Repeatable::new().as_ref()),
        is_superuser: false,
        is_active: true,
        password_change_needed: false,
        display_language: "en".to_owned(),
    }
}

pub async fn add_user(store: &Store, username: &str) -> User {
    store.users().add(new_user(username), at(0)).await.unwrap()
}

pub async fn add_superuser(store: &Store, username: &str) -> User {
    store.users().add(NewUser { is_superuser: true, ..new_user(username) }, at(0)).await.unwrap()
}
