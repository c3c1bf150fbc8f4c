use std::future::Future;
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::TryStreamExt;
use mathesar_pg::{ConnectErrorKind, Endpoint, Error, PoolLimits, Pools, TxOptions};
use mathesar_sql::{Fragment, Statement};
use mathesar_testkit::{Cluster, TestDatabase};

use crate::{endpoint, eventually, number, pools, sql};

fn one_connection() -> Pools {
    Pools::new(PoolLimits { per_role: 1, ..PoolLimits::default() })
}

fn series(to: i64) -> Statement {
    let mut fragment = Fragment::of("SELECT n FROM pg_catalog.generate_series(1::int8, ");
    fragment.int(to).sql(") AS n");
    fragment.finish()
}

fn echo(value: i64) -> Statement {
    let mut fragment = Fragment::of("SELECT ");
    fragment.int(value).sql("::int8");
    fragment.finish()
}

/// How many connections of ours do something in this database.
fn busy(database: &TestDatabase<'_>) -> String {
    let sql = "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'Mathesar' and state <> 'idle'";
    database.scalar(sql).unwrap()
}

/// The danger that was met in a prototype: a request is dropped at any point of its work, and the next one on the same
/// connection must read its own rows.
#[tokio::test]
async fn a_request_dropped_anywhere_leaves_nothing_to_the_next() {
    let database = Cluster::shared().database();
    let (pools, endpoint) = (one_connection(), endpoint(&database));
    for polls in 0..120 {
        {
            let mut request = std::pin::pin!(async {
                let mut session = pools.session(&endpoint).await.unwrap();
                let tx = session.begin(&TxOptions::read());
                let (first, second) = (series(20_000), series(10));
                tokio::try_join!(tx.rows(&first), tx.rows(&second)).unwrap()
            });
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                if request.as_mut().poll(&mut cx).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        let mut next = pools.session(&endpoint).await.unwrap();
        let rows = next.begin(&TxOptions::read()).rows(&echo(polls)).await.unwrap();
        assert_eq!((rows.len(), number(&rows)), (1, polls));
    }
}

#[tokio::test]
async fn a_stream_dropped_half_way_leaves_nothing_to_the_next() {
    let database = Cluster::shared().database();
    let (pools, endpoint) = (one_connection(), endpoint(&database));
    for taken in [0, 1, 2, 500] {
        let session = pools.session(&endpoint).await.unwrap();
        let mut rows = session.stream(&TxOptions::read(), &series(3_000_000)).await.unwrap();
        for n in 1..=taken {
            assert_eq!(rows.try_next().await.unwrap().unwrap().get::<i64>(0).unwrap(), n);
        }
        drop(rows);
        let mut next = pools.session(&endpoint).await.unwrap();
        assert_eq!(number(&next.begin(&TxOptions::read()).rows(&echo(-7)).await.unwrap()), -7);
    }
}

#[tokio::test]
async fn a_request_that_goes_away_is_cancelled_in_postgresql() {
    let database = Cluster::shared().database();
    let pools = pools();
    let mut session = pools.session(&endpoint(&database)).await.unwrap();
    let request = tokio::spawn(async move {
        let tx = session.begin(&TxOptions::read());
        tx.rows(&sql("SELECT pg_catalog.pg_sleep(600)")).await.map(drop)
    });
    eventually("the statement runs", || async { busy(&database) == "1" }).await;
    request.abort();
    eventually("the statement is cancelled", || async { busy(&database) == "0" }).await;
    eventually("the connection is closed", || async { pools.open_connections() == 0 }).await;
}

#[tokio::test]
async fn a_connection_comes_back_as_new() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int)");
    let (pools, endpoint) = (one_connection(), endpoint(&database));
    let mut session = pools.session(&endpoint).await.unwrap();
    let pid = sql("SELECT pg_catalog.pg_backend_pid()::int8");
    let tx = session.begin(&TxOptions::write());
    let first = number(&tx.rows(&pid).await.unwrap());
    tx.execute(&sql("SELECT pg_catalog.set_config('search_path', 'nowhere', false), pg_catalog.pg_advisory_lock(7)"))
        .await
        .unwrap();
    tx.execute(&sql("CREATE TEMPORARY TABLE t (b int)")).await.unwrap();
    tx.commit().await.unwrap();
    let tx = session.begin(&TxOptions::write());
    tx.execute(&sql("INSERT INTO public.t VALUES (1)")).await.unwrap();
    // The request ends here, without a commit.
    drop(tx);
    drop(session);

    let mut next = pools.session(&endpoint).await.unwrap();
    let tx = next.begin(&TxOptions::read());
    assert_eq!(number(&tx.rows(&pid).await.unwrap()), first, "the connection was kept");
    assert_eq!(number(&tx.rows(&sql("SELECT count(a) FROM t")).await.unwrap()), 0);
    assert_eq!(database.scalar("select count(*) from pg_locks where locktype = 'advisory'").as_deref(), Some("0"));
}

#[tokio::test]
async fn a_server_that_dies_is_an_error_and_then_a_refusal() {
    let mut cluster = Cluster::start();
    let (pools, endpoint) = {
        let database = cluster.database();
        (pools(), Endpoint { database: "postgres".to_owned(), ..endpoint(&database) })
    };
    let mut session = pools.session(&endpoint).await.unwrap();
    let tx = session.begin(&TxOptions::read());
    let sleep = sql("SELECT pg_catalog.pg_sleep(600)");
    let (answer, ()) = tokio::join!(tx.rows(&sleep), async {
        tokio::task::spawn_blocking(move || cluster.kill()).await.unwrap();
    });
    let error = answer.unwrap_err();
    assert!(
        matches!(error, Error::Lost) || error.sqlstate().is_some_and(|state| state.starts_with("57P")),
        "{error:?}"
    );
    drop(tx);
    drop(session);
    let refused = pools.session(&endpoint).await.err();
    assert!(
        matches!(&refused, Some(Error::Connect(error)) if matches!(error.kind, ConnectErrorKind::Socket(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn connections_that_others_ended_are_replaced() {
    let database = Cluster::shared().database();
    let (pools, endpoint) = (one_connection(), endpoint(&database));
    drop(pools.session(&endpoint).await.unwrap());
    database.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'Mathesar'");
    eventually("the connection works again", || async {
        let mut session = pools.session(&endpoint).await.unwrap();
        session.begin(&TxOptions::read()).rows(&echo(1)).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn limits_hold_and_idle_connections_make_room() {
    let (one, two) = (Cluster::shared().database(), Cluster::shared().database());
    let wait = Duration::from_millis(100);
    let pools = Pools::new(PoolLimits { per_role: 1, total: 1, wait, idle: Duration::from_secs(60) });
    let held = pools.session(&endpoint(&one)).await.unwrap();
    assert!(matches!(pools.session(&endpoint(&one)).await.err(), Some(Error::Busy)));
    assert!(matches!(pools.session(&endpoint(&two)).await.err(), Some(Error::Busy)));
    drop(held);
    eventually("the idle connection makes room", || async { pools.session(&endpoint(&two)).await.is_ok() }).await;
    assert_eq!(pools.open_connections(), 1);
}

#[tokio::test]
async fn idle_connections_are_closed() {
    let database = Cluster::shared().database();
    let pools = Pools::new(PoolLimits { idle: Duration::from_millis(40), ..PoolLimits::default() });
    drop(pools.session(&endpoint(&database)).await.unwrap());
    eventually("the idle connection is closed", || async { pools.open_connections() == 0 }).await;
}

#[tokio::test]
async fn forgotten_databases_keep_no_connection() {
    let database = Cluster::shared().database();
    let (pools, endpoint) = (pools(), endpoint(&database));
    let held = pools.session(&endpoint).await.unwrap();
    drop(pools.session(&endpoint).await.unwrap());
    pools.forget(&endpoint.host, &endpoint.database);
    eventually("the idle one is closed", || async { pools.open_connections() == 1 }).await;
    drop(held);
    eventually("the other follows its request", || async { pools.open_connections() == 0 }).await;
}

/// Somebody who stored a wrong password must not ride on a connection that the right one opened.
#[tokio::test]
async fn connections_are_shared_by_equal_credentials_only() {
    let options = mathesar_testkit::ClusterOptions { tcp: true, ..Default::default() };
    let cluster = Cluster::start_with(&options);
    let database = cluster.database();
    let good = crate::tcp_endpoint(&cluster, database.name(), &database.role("owner", "login"));
    let pools = pools();
    drop(pools.session(&good).await.unwrap());
    let wrong = Endpoint { password: Some("wrong".to_owned().into()), ..good };
    assert!(matches!(pools.session(&wrong).await.err(), Some(Error::Connect(_))));
}
