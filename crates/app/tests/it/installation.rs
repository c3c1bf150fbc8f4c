//! What the tests of every part begin with: an application, accounts, and databases of a real PostgreSQL.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use jiff::Timestamp;
use mathesar_app::files::Folder;
use mathesar_app::{App, Caller, Clock, Ctx, Options, Random, SignedIn};
use mathesar_pg::{PoolLimits, Pools};
use mathesar_store::{KeyRing, NewDatabase, NewServer, NewUser, PasswordHash, Store, StoreConfig, password};
use mathesar_testkit::{Cluster, TestDatabase};
use tempfile::TempDir;

/// A clock that stands still until it is moved.
pub struct Hands(AtomicI64);

impl Hands {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_800_000_000)))
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

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

/// Where an installation keeps what is its own; it goes when this goes.
pub struct Home {
    directory: TempDir,
    internal_database: Option<TestDatabase<'static>>,
}

impl Home {
    /// With its internal database in a file.
    pub fn with_sqlite() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), internal_database: None }
    }

    /// With its internal database in a PostgreSQL. The test kit blocks, so that this is called outside of async code.
    pub fn with_postgres() -> Self {
        Self { internal_database: Some(Cluster::shared().database()), ..Self::with_sqlite() }
    }

    /// Starts the application. It has no managed PostgreSQL.
    pub async fn open(&self, hands: &Arc<Hands>) -> App {
        let config = match &self.internal_database {
            None => StoreConfig::sqlite(self.directory.path().join("mathesar.sqlite")),
            Some(database) => StoreConfig::postgres(database.url().into()),
        };
        let random: Arc<dyn Random> = Arc::new(Repeatable(AtomicU64::new(7)));
        let keys = KeyRing::from_strings(&["abcdefgh".repeat(8).into()]).unwrap();
        App {
            store: Store::open(&config, keys, Arc::clone(&random), hands.now()).await.unwrap(),
            pools: Pools::new(PoolLimits::default()),
            managed: None,
            files: Some(Arc::new(Folder::new(self.directory.path().join("files")))),
            clock: Arc::clone(hands) as Arc<dyn Clock>,
            random,
            options: Options {
                version: "1.2.3",
                data_dir: self.directory.path().to_owned(),
                base_path: "/sub".to_owned(),
                file_bytes: 1 << 20,
                form_file_bytes: 1 << 10,
                in_container: false,
                allow_unix_sockets: true,
                internal_database: None,
                setup_link_command: "mathesar setup-link".to_owned(),
            },
            auth: Default::default(),
            places: Default::default(),
            forms: Default::default(),
            wake: Default::default(),
        }
    }

    /// How many uploads are on disk.
    pub fn spooled(&self) -> usize {
        std::fs::read_dir(self.directory.path().join("uploads")).map_or(0, Iterator::count)
    }
}

pub const PASSWORD: &str = "correct horse";

/// Adds a user, whose password is [`PASSWORD`], and gives what their calls come with.
pub async fn add_user(app: &Arc<App>, username: &str, is_superuser: bool) -> Ctx {
    // To hash is slow on purpose.
    static HASH: OnceLock<PasswordHash> = OnceLock::new();
    let user = NewUser {
        username: username.to_owned(),
        email: String::new(),
        full_name: String::new(),
        password_hash: HASH.get_or_init(|| password::hash(&PASSWORD.into(), app.random.as_ref())).clone(),
        is_superuser,
        is_active: true,
        password_change_needed: false,
        display_language: "en".to_owned(),
    };
    let user_id = app.store.users().add(user, app.clock.now()).await.unwrap().id;
    let signed_in = SignedIn { user_id, is_superuser, password_change_needed: false, session_id: None, scopes: None };
    Ctx::new(Arc::clone(app), Caller { signed_in: Some(signed_in), ..Caller::default() })
}

/// A database as an installation knows it.
pub struct Connected {
    pub database_id: i64,
    server_id: i64,
}

impl Connected {
    /// Makes a database of the test known, over the Unix socket.
    pub async fn add(app: &App, database: &TestDatabase<'_>) -> Self {
        let cluster = database.cluster();
        Self::at(app, cluster.socket_directory().to_str().unwrap(), Some(cluster.port()), database.name()).await
    }

    /// Makes a database known, whether it exists or not.
    pub async fn at(app: &App, host: &str, port: Option<u16>, name: &str) -> Self {
        let (store, now) = (&app.store, app.clock.now());
        let (host, sslmode) = (host.to_owned(), "disable".to_owned());
        let server = NewServer { host, port, sslmode, ca_pem: None, managed: false };
        let server_id = store.servers().add(server, now).await.unwrap().id;
        let database = NewDatabase { server_id, name: name.to_owned(), nickname: None, managed: false };
        Self { database_id: store.databases().add(database, now).await.unwrap().id, server_id }
    }

    /// Stores a role of its server; gives our number of it.
    pub async fn add_role(&self, app: &App, name: &str) -> i64 {
        app.store.roles().add(self.server_id, name, None, app.clock.now()).await.unwrap().id
    }

    /// Makes a user a collaborator who works as `role`.
    pub async fn admit(&self, user: &Ctx, role: &str) {
        let (app, user_id) = (&user.app, user.signed_in().unwrap().user_id);
        let role_id = self.add_role(app, role).await;
        app.store.collaborators().add(user_id, self.database_id, role_id, app.clock.now()).await.unwrap();
    }
}

/// Runs a test that is async only in part: what of the test kit blocks is called before.
pub fn run(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work);
}
