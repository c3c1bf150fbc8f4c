//! An installation with a database, and callers who work in it as some role.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use mathesar_app::{App, Ctx};
use mathesar_testkit::{Cluster, TestDatabase};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::installation::{Connected, Hands, Home, add_user, run};

/// What a test has.
pub struct World {
    pub app: Arc<App>,
    pub connected: Connected,
    pub hands: Arc<Hands>,
    users: AtomicU64,
    pub database: TestDatabase<'static>,
    _home: Home,
}

/// Someone who works in the database as a role.
pub struct Guest<'w> {
    pub world: &'w World,
    pub ctx: Ctx,
}

/// Runs a test in a new world, after these scripts.
pub fn after(scripts: &[&str], work: impl AsyncFnOnce(&World)) {
    after_in(Cluster::shared(), scripts, work);
}

/// The same on another server.
pub fn after_in(cluster: &'static Cluster, scripts: &[&str], work: impl AsyncFnOnce(&World)) {
    within(cluster.database(), scripts, work);
}

/// The same in a database that is there already.
pub fn within(database: TestDatabase<'static>, scripts: &[&str], work: impl AsyncFnOnce(&World)) {
    for script in scripts {
        database.execute(script);
    }
    run(async { work(&World::make(database).await).await });
}

impl World {
    async fn make(database: TestDatabase<'static>) -> Self {
        let home = Home::with_sqlite();
        let hands = Hands::new();
        let app = Arc::new(home.open(&hands).await);
        let connected = Connected::add(&app, &database).await;
        Self { app, connected, hands, users: AtomicU64::new(0), database, _home: home }
    }

    /// A caller who works as the superuser.
    pub async fn owner(&self) -> Guest<'_> {
        self.guest("postgres").await
    }

    /// A caller who works as `role`.
    pub async fn guest(&self, role: &str) -> Guest<'_> {
        self.admitted(role, false).await
    }

    /// A superuser of the installation who works as `role`.
    pub async fn root(&self, role: &str) -> Guest<'_> {
        self.admitted(role, true).await
    }

    async fn admitted(&self, role: &str, is_superuser: bool) -> Guest<'_> {
        let username = format!("user{}", self.users.fetch_add(1, Ordering::Relaxed));
        let ctx = add_user(&self.app, &username, is_superuser).await;
        self.connected.admit(&ctx, role).await;
        Guest { world: self, ctx }
    }

    /// A new role that can sign in.
    pub fn role(&self, name: &str) -> String {
        tokio::task::block_in_place(|| self.database.role(name, "login"))
    }

    /// Runs SQL beside the program, as the superuser.
    pub fn execute(&self, sql: &str) {
        tokio::task::block_in_place(|| self.database.execute(sql));
    }

    /// The one value that a query gives.
    pub fn scalar(&self, sql: &str) -> Option<String> {
        tokio::task::block_in_place(|| self.database.scalar(sql))
    }

    /// The first value of each row that a query gives, as text; NULL as the empty text.
    pub fn column(&self, sql: &str) -> Vec<String> {
        let rows = tokio::task::block_in_place(|| self.database.query(sql));
        rows.into_iter().map(|row| row.into_iter().next().flatten().unwrap_or_default()).collect()
    }

    fn number(&self, sql: &str) -> u32 {
        self.scalar(sql).unwrap().parse().unwrap()
    }

    /// The object identifier of a table.
    pub fn oid(&self, table: &str) -> u32 {
        self.number(&format!("select '{table}'::regclass::oid"))
    }

    /// The object identifier of a schema.
    pub fn schema(&self, name: &str) -> u32 {
        self.number(&format!("select '{name}'::regnamespace::oid"))
    }
}

impl Guest<'_> {
    /// Our number of the user.
    pub fn user(&self) -> i64 {
        self.ctx.signed_in().unwrap().user_id
    }

    /// Parameters of a call about the database.
    pub fn params<P: DeserializeOwned>(&self, mut params: Value) -> P {
        params["database_id"] = json!(self.world.connected.database_id);
        serde_json::from_str(&params.to_string()).unwrap()
    }
}
