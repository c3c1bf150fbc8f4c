//! Everything here runs on real PostgreSQL servers of our own.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test that it helps")]

mod catalog;
mod diagnose;
mod pgbouncer;
mod pictures;
mod pool;
mod session;
mod tls;

use std::future::Future;
use std::time::{Duration, Instant};

use mathesar_pg::{Endpoint, Host, PoolLimits, Pools, RawRow, Session};
use mathesar_sql::{Fragment, Statement};
use mathesar_testkit::{Cluster, TestDatabase};

/// The superuser's endpoint of a database, over the socket.
fn endpoint(database: &TestDatabase<'_>) -> Endpoint {
    Endpoint::from_url(&database.url()).unwrap()
}

/// The endpoint of a role that was made with [`TestDatabase::role`], over TCP, with its password.
fn tcp_endpoint(cluster: &Cluster, database: &str, role: &str) -> Endpoint {
    let host = Host::Tcp { name: "localhost".to_owned(), port: cluster.port() };
    let url = format!("postgresql://{role}:{role}@localhost/{database}");
    Endpoint { host, ..Endpoint::from_url(&url).unwrap() }
}

fn pools() -> Pools {
    Pools::new(PoolLimits::default())
}

async fn session(database: &TestDatabase<'_>) -> Session {
    pools().session(&endpoint(database)).await.unwrap()
}

fn sql(text: &'static str) -> Statement {
    Fragment::of(text).finish()
}

fn number(rows: &[RawRow]) -> i64 {
    rows[0].get(0).unwrap()
}

/// Asks until the answer is yes; fails after half a minute.
async fn eventually<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    let started = Instant::now();
    while !ask().await {
        assert!(started.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
