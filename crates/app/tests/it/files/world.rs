//! An installation with a database, one collaborator, and the worker of jobs.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use mathesar_api::methods::{
    imports::{Dialect, ImportPreview, LoadColumn, LoadParams, PreviewParams},
    jobs::{JobInfo, JobParams, JobState},
};
use mathesar_app::{Ctx, Result, export, import, jobs};
use mathesar_testkit::{Cluster, TestDatabase};
use tokio_util::sync::CancellationToken;

use crate::installation::{Connected, Hands, Home, add_user, run};

/// What a test has.
pub struct World {
    pub ctx: Ctx,
    pub database: TestDatabase<'static>,
    pub database_id: i64,
    pub schema_oid: u32,
    connected: Connected,
    home: Home,
}

/// Runs a test in a new world.
pub fn test(work: impl AsyncFnOnce(&World)) {
    let database = Cluster::shared().database();
    let schema_oid = database.scalar("select 'public'::regnamespace::oid").unwrap().parse().unwrap();
    run(async {
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
        let home = Home::with_sqlite();
        let app = Arc::new(home.open(&Hands::new()).await);
        let connected = Connected::add(&app, &database).await;
        let ctx = add_user(&app, "ana", false).await;
        connected.admit(&ctx, "postgres").await;
        Self { ctx, database, database_id: connected.database_id, schema_oid, connected, home }
    }

    /// Another collaborator, who works as a role of this name that has no rights yet, and the role's own name.
    pub async fn stranger(&self, name: &str) -> (Ctx, String) {
        let role = tokio::task::block_in_place(|| self.database.role(name, "login"));
        let ctx = add_user(&self.ctx.app, name, false).await;
        self.connected.admit(&ctx, &role).await;
        (ctx, role)
    }

    /// Uploads a file.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> i64 {
        self.try_upload(name, bytes).await.unwrap()
    }

    /// Uploads a file that may be refused.
    pub async fn try_upload(&self, name: &str, bytes: &[u8]) -> Result<i64> {
        let mut upload = import::spool(&self.ctx).await?;
        for piece in bytes.chunks(100_000) {
            upload.write(piece).await?;
        }
        Ok(import::enter(&self.ctx, upload, name).await?.id)
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
            comment: None,
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

    /// Runs SQL beside the program.
    pub async fn execute(&self, sql: &str) {
        tokio::task::block_in_place(|| self.database.execute(sql));
    }

    /// How many uploads are on disk.
    pub fn spooled(&self) -> usize {
        self.home.spooled()
    }
}
