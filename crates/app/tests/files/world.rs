//! A whole installation without HTTP: a SQLite store, a database of a real PostgreSQL, one collaborator, one worker.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use mathesar_api::methods::{
    imports::{Dialect, ImportPreview, LoadColumn, LoadParams, PreviewParams},
    jobs::{JobInfo, JobParams, JobState},
};
use mathesar_app::{App, Caller, Clock, Ctx, Options, Random, Result, SignedIn, export, import, jobs};
use mathesar_pg::{PoolLimits, Pools};
use mathesar_store::{KeyRing, NewDatabase, NewServer, NewUser, Store, StoreConfig, password};
use mathesar_testkit::{Cluster, TestDatabase};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A clock that stands still.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }
}

/// Different bytes at every call, the same in every run.
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}

/// What a test has.
pub struct World {
    pub ctx: Ctx,
    pub database: TestDatabase<'static>,
    pub database_id: i64,
    pub schema_oid: u32,
    directory: TempDir,
}

/// Runs a test in a new world. The test kit blocks, so the database is made outside of the runtime.
pub fn test(work: impl AsyncFnOnce(&World)) {
    let database = Cluster::shared().database();
    let schema_oid = database.scalar("select 'public'::regnamespace::oid").unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::make(database, schema_oid).await;
        let stop = CancellationToken::new();
        let worker = tokio::spawn(jobs::work(Arc::clone(&world.ctx.app), "test".to_owned(), stop.clone()));
        work(&world).await;
        stop.cancel();
        worker.await.unwrap();
    });
}

impl World {
    async fn make(database: TestDatabase<'static>, schema_oid: u32) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let random: Arc<dyn Random> = Arc::new(Counting(AtomicU64::new(1)));
        let now = Still.now();
        let keys = KeyRing::from_strings(&["0123456789abcdefghijklmnopqrstuv".to_owned().into()]).unwrap();
        let config = StoreConfig::sqlite(directory.path().join("store.sqlite"));
        let store = Store::open(&config, keys, Arc::clone(&random), now).await.unwrap();
        let user = NewUser {
            username: "ana".to_owned(),
            email: String::new(),
            full_name: String::new(),
            password_hash: password::hash(&"correct horse".to_owned().into(), random.as_ref()),
            is_superuser: false,
            password_change_needed: false,
            display_language: "en".to_owned(),
        };
        let user = store.users().add(user, now).await.unwrap();
        let server = NewServer {
            host: database.cluster().socket_directory().to_str().unwrap().to_owned(),
            port: Some(database.cluster().port()),
            sslmode: "disable".to_owned(),
            ca_pem: None,
            managed: false,
        };
        let server = store.servers().add(server, now).await.unwrap();
        let new =
            NewDatabase { server_id: server.id, name: database.name().to_owned(), nickname: None, managed: false };
        let database_id = store.databases().add(new, now).await.unwrap().id;
        let role = store.roles().add(server.id, "postgres", None, now).await.unwrap();
        store.collaborators().add(user.id, database_id, role.id, now).await.unwrap();
        let options = Options {
            version: "test",
            data_dir: directory.path().to_owned(),
            in_container: false,
            allow_unix_sockets: true,
            internal_database: None,
            setup_link_command: String::new(),
        };
        let app = App {
            store,
            pools: Pools::new(PoolLimits::default()),
            managed: None,
            clock: Arc::new(Still),
            random,
            options,
            auth: Default::default(),
            places: Default::default(),
            wake: Default::default(),
        };
        let signed_in =
            SignedIn { user_id: user.id, is_superuser: false, password_change_needed: false, session_id: None };
        let caller = Caller { signed_in: Some(signed_in), ..Caller::default() };
        Self { ctx: Ctx::new(Arc::new(app), caller), database, database_id, schema_oid, directory }
    }

    /// Uploads a file.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> i64 {
        self.try_upload(name, bytes).await.unwrap()
    }

    /// Uploads a file that may be refused.
    pub async fn try_upload(&self, name: &str, bytes: &[u8]) -> Result<i64> {
        let mut upload = import::Upload::start(&self.ctx).await?;
        for piece in bytes.chunks(100_000) {
            upload.write(piece).await?;
        }
        Ok(upload.finish(&self.ctx, name).await?.id)
    }

    pub async fn preview(&self, data_file_id: i64, dialect: Option<Dialect>) -> Result<ImportPreview> {
        import::preview(&self.ctx, PreviewParams { data_file_id, dialect }).await
    }

    /// What a user who changes nothing sends.
    pub fn as_previewed(&self, preview: &ImportPreview, table_name: &str) -> LoadParams {
        let columns = preview.columns.iter().map(|column| LoadColumn {
            index: column.index,
            name: column.name.clone(),
            kind: column.kind.clone(),
            type_options: None,
            format: column.format.clone(),
            null_words: match column.null_words_are_null {
                true => column.null_words.iter().map(|met| met.word.clone()).collect(),
                false => vec![],
            },
        });
        LoadParams {
            database_id: self.database_id,
            schema_oid: self.schema_oid,
            data_file_id: preview.data_file_id,
            table_name: table_name.to_owned(),
            dialect: preview.dialect.clone(),
            columns: columns.collect(),
            add_key: None,
            key_column: None,
            remove_nul: false,
            cut_long_lines: false,
        }
    }

    /// Loads and waits for the end.
    pub async fn load(&self, params: LoadParams) -> JobInfo {
        let job = import::load(&self.ctx, params).await.unwrap();
        self.wait(job.id).await
    }

    pub async fn wait(&self, job_id: i64) -> JobInfo {
        loop {
            let job = jobs::get(&self.ctx, JobParams { job_id }).await.unwrap();
            if !matches!(job.state, JobState::Queued | JobState::Running) {
                return job;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Uploads, previews and loads without changing anything; returns how the load ended.
    pub async fn import(&self, name: &str, bytes: &[u8], table_name: &str) -> JobInfo {
        let file = self.upload(name, bytes).await;
        let preview = self.preview(file, None).await.unwrap();
        self.load(self.as_previewed(&preview, table_name)).await
    }

    /// Exports a whole table.
    pub async fn export(&self, table_oid: u32) -> Vec<u8> {
        let frames: Vec<_> = self.exported(table_oid).await.body.try_collect().await.unwrap();
        frames.concat()
    }

    /// Exports a whole table and keeps nothing of it but its size.
    pub async fn count_export(&self, table_oid: u32) -> usize {
        let body = self.exported(table_oid).await.body;
        body.try_fold(0, async |size, frame| Ok(size + frame.len())).await.unwrap()
    }

    async fn exported(&self, table_oid: u32) -> export::Download {
        let export = export::TableExport {
            database_id: self.database_id,
            table_oid,
            filter: None,
            order: vec![],
            columns: None,
        };
        export::table_csv(&self.ctx, export).await.unwrap()
    }

    /// Runs a query that gives one value.
    pub async fn scalar(&self, sql: &str) -> String {
        tokio::task::block_in_place(|| self.database.scalar(sql)).unwrap_or_default()
    }

    /// How many uploads are on disk.
    pub fn spooled(&self) -> usize {
        std::fs::read_dir(self.directory.path().join("uploads")).map_or(0, Iterator::count)
    }
}
