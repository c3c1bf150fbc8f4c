use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use mathesar_pg::{Change, Endpoint, Error, Plan, Transaction, TxOptions};
use mathesar_sql::session::Mode;
use mathesar_sql::{Fragment, Statement};
use mathesar_testkit::Cluster;

use crate::{endpoint, eventually, number, pools, session, sql};

fn insert(value: &str) -> Statement {
    let mut fragment = Fragment::of("INSERT INTO t VALUES (");
    fragment.bind(value).sql("::int)");
    fragment.finish()
}

#[tokio::test]
async fn a_write_is_kept_and_a_failed_one_is_not() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int primary key)");
    let mut session = session(&database).await;
    let write = |value: &'static str| async move |tx: &Transaction<'_>| tx.execute(&insert(value)).await;
    assert_eq!(session.write(&TxOptions::write(), write("1")).await.unwrap(), 1);
    let failed = session.write(&TxOptions::write(), write("one")).await.unwrap_err();
    assert_eq!(failed.sqlstate(), Some("22P02"));
    let duplicate = session.write(&TxOptions::write(), write("1")).await.unwrap_err();
    let db = duplicate.db().unwrap();
    assert_eq!((db.constraint.as_deref(), db.table.as_deref()), (Some("t_pkey"), Some("t")));
    assert!(!format!("{duplicate:?}").contains("(1)"), "a log must not quote values: {duplicate:?}");
    assert_eq!(database.scalar("select array_agg(a) from t").as_deref(), Some("{1}"));
}

#[tokio::test]
async fn committing_a_failed_transaction_is_an_error() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int)");
    let mut session = session(&database).await;
    let tx = session.begin(&TxOptions::write());
    tx.execute(&insert("1")).await.unwrap();
    tx.execute(&insert("nonsense")).await.unwrap_err();
    assert!(matches!(tx.commit().await, Err(Error::RolledBack)));
    assert_eq!(database.scalar("select count(*) from t").as_deref(), Some("0"));
}

#[tokio::test]
async fn the_last_statements_are_part_of_the_transaction_that_they_commit() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int)");
    let mut session = session(&database).await;
    let tx = session.begin(&TxOptions::write());
    tx.execute(&insert("1")).await.unwrap();
    let rows = tx.commit_after(&[sql("SELECT a::int8 FROM t"), sql("SELECT 7::int8")]).await.unwrap();
    assert_eq!((number(&rows[0]), number(&rows[1]), rows.len()), (1, 7, 2));
    let tx = session.begin(&TxOptions::write());
    tx.execute(&insert("2")).await.unwrap();
    // A failure of theirs is no word about old pictures, whose check fails by the same SQLSTATE.
    let failed = tx.commit_after(&[sql("SELECT 1 / 0")]).await.unwrap_err();
    assert_eq!(failed.sqlstate(), Some("22012"));
    assert_eq!(database.scalar("select array_agg(a) from t").as_deref(), Some("{1}"));
}

#[tokio::test]
async fn a_deferred_constraint_speaks_at_commit() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int primary key, b int references t deferrable initially deferred)");
    let mut session = session(&database).await;
    let tx = session.begin(&TxOptions::write());
    tx.execute(&sql("INSERT INTO t VALUES (1, 2)")).await.unwrap();
    assert_eq!(tx.commit().await.unwrap_err().sqlstate(), Some("23503"));
}

#[tokio::test]
async fn reading_cannot_write_and_settings_hold() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int)");
    let mut session = session(&database).await;
    let options = TxOptions::read().in_time_zone("Asia/Kolkata");
    let tx = session.begin(&options);
    let show = sql("SELECT pg_catalog.current_setting('TimeZone'), pg_catalog.current_setting('statement_timeout')");
    let shown = tx.rows(&show).await.unwrap();
    assert_eq!((shown[0].get(0).unwrap(), shown[0].get(1).unwrap()), ("Asia/Kolkata", "1min"));
    assert_eq!(tx.execute(&insert("1")).await.unwrap_err().sqlstate(), Some("25006"));
}

#[tokio::test]
async fn a_transaction_that_cannot_begin_runs_nothing() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int)");
    let mut session = session(&database).await;
    let tx = session.begin(&TxOptions::write().in_time_zone("Mars/Olympus"));
    assert_eq!(tx.execute(&insert("1")).await.unwrap_err().sqlstate(), Some("22023"));
    drop(tx);
    assert_eq!(database.scalar("select count(*) from t").as_deref(), Some("0"));
    // The session goes on: what was left open is ended first.
    let tx = session.begin(&TxOptions::write());
    tx.execute(&insert("2")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(database.scalar("select a from t").as_deref(), Some("2"));
}

#[tokio::test]
async fn a_slow_statement_ends_at_its_limit() {
    let database = Cluster::shared().database();
    let options = TxOptions::new(Mode::ReadOnly, Duration::from_millis(50), Duration::from_secs(1));
    let mut session = session(&database).await;
    let tx = session.begin(&options);
    assert!(tx.rows(&sql("SELECT pg_catalog.pg_sleep(60)")).await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn statements_of_one_transaction_may_share_a_round_trip() {
    let database = Cluster::shared().database();
    let mut session = session(&database).await;
    let tx = session.begin(&TxOptions::read());
    let (one, two, three) = (sql("SELECT 1::int8"), sql("SELECT 2::int8"), sql("SELECT 3::int8"));
    let (one, two, three) = tokio::try_join!(tx.rows(&one), tx.rows(&two), tx.rows(&three)).unwrap();
    assert_eq!((number(&one), number(&two), number(&three)), (1, 2, 3));
}

#[tokio::test]
async fn raw_bytes_and_nulls_come_as_they_are() {
    let database = Cluster::shared().database();
    let mut session = session(&database).await;
    let tx = session.begin(&TxOptions::read());
    let row = tx.row(&sql("SELECT 258::int4, NULL::text, 'é'::text, ARRAY[1,2]::int2[]")).await.unwrap().unwrap();
    assert_eq!(row.bytes(0).unwrap(), Some([0, 0, 1, 2].as_slice()));
    assert_eq!(row.bytes(1).unwrap(), None);
    assert_eq!(row.bytes(2).unwrap(), Some("é".as_bytes()));
    assert_eq!(row.get::<Vec<i16>>(3).unwrap(), [1, 2]);
    assert!(matches!(row.get::<&str>(1), Err(Error::Decode { column: 1, .. })));
    assert!(matches!(row.get::<i64>(0), Err(Error::Decode { column: 0, .. })));
}

#[tokio::test]
async fn copies_in_and_out_and_aborts() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int)");
    let pools = pools();
    let mut session = pools.session(&endpoint(&database)).await.unwrap();
    let copy_in = sql("COPY t FROM STDIN");
    let tx = session.begin(&TxOptions::write());
    let mut sink = tx.copy_in(&copy_in).await.unwrap();
    sink.send(Bytes::from_static(b"1\n2\n")).await.unwrap();
    assert_eq!(sink.finish().await.unwrap(), 2);
    tx.commit().await.unwrap();

    let bytes: Vec<Bytes> =
        session.stream_copy(&TxOptions::read(), &sql("COPY t TO STDOUT")).await.unwrap().try_collect().await.unwrap();
    assert_eq!(bytes.concat(), b"1\n2\n");

    let mut session = pools.session(&endpoint(&database)).await.unwrap();
    let tx = session.begin(&TxOptions::write());
    let mut sink = tx.copy_in(&copy_in).await.unwrap();
    sink.send(Bytes::from_static(b"3\nfour\n")).await.unwrap();
    assert_eq!(sink.finish().await.unwrap_err().sqlstate(), Some("22P02"));
    drop(tx);

    let tx = session.begin(&TxOptions::write());
    let mut sink = tx.copy_in(&copy_in).await.unwrap();
    sink.send(Bytes::from_static(b"5\n")).await.unwrap();
    drop(sink);
    drop(tx);
    drop(session);
    eventually("the abandoned copy is gone", || async {
        database.scalar("select count(*) from pg_stat_activity where datname = current_database() and application_name = 'Mathesar' and (state <> 'idle')").as_deref() == Some("0")
    })
    .await;
    assert_eq!(database.scalar("select array_agg(a order by a) from t").as_deref(), Some("{1,2}"));
}

#[tokio::test]
async fn a_refused_copy_says_why_and_leaves_no_answer_to_others() {
    let database = Cluster::shared().database();
    database.execute(
        "create table t (a int); create table u (a int); grant insert on u to public;
         create function refuse() returns trigger language plpgsql as 'begin raise ''Closed today.''; end';
         create trigger refuse before insert on u for each statement execute function refuse()",
    );
    let role = database.role("copier", "login");
    let endpoint = Endpoint::from_url(&database.url_as(&role)).unwrap();
    let pools = pools();
    for (copy, state) in [("COPY t FROM STDIN", "42501"), ("COPY u FROM STDIN", "P0001")] {
        let mut session = pools.session(&endpoint).await.unwrap();
        let work = async |tx: &Transaction<'_>| {
            let mut sink = tx.copy_in(&sql(copy)).await?;
            sink.send(Bytes::from_static(b"1\n")).await?;
            sink.finish().await
        };
        let refused = session.write(&TxOptions::write(), work).await.unwrap_err();
        assert_eq!(refused.sqlstate(), Some(state), "{refused}");
        drop(session);
        for _ in 0..3 {
            let mut session = pools.session(&endpoint).await.unwrap();
            let asked = session.read(&TxOptions::read(), async |tx| tx.rows(&sql("SELECT 7::int8")).await).await;
            assert_eq!(number(&asked.unwrap()), 7);
        }
    }
}

/// A change of two steps, so that the repetition of the first is seen to be undone before.
struct AddColumn;

impl Change for AddColumn {
    type Made = ();
    type Output = i64;
    type Error = Error;

    async fn plan(&self, _: &Transaction<'_>) -> Result<Plan, Error> {
        Ok(vec![sql("CREATE TABLE first_step (a int)"), sql("ALTER TABLE t ADD COLUMN b int")].into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<i64, Error> {
        Ok(number(&tx.rows(&sql("SELECT count(*) FROM first_step")).await?))
    }
}

/// Whoever spawns a request needs its future to be `Send`.
#[tokio::test]
async fn requests_can_be_spawned_with_what_they_borrow() {
    let database = Cluster::shared().database();
    let mut session = session(&database).await;
    let read = tokio::spawn(async move {
        let statement = sql("SELECT 5::int8");
        let wanted = &statement;
        session.read(&TxOptions::read(), async |tx: &Transaction<'_>| tx.rows(wanted).await).await
    });
    assert_eq!(number(&read.await.unwrap().unwrap()), 5);
}

#[tokio::test]
async fn a_plan_waits_for_its_lock_in_short_turns() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int)");
    let pools = pools();
    let mut holder = pools.session(&endpoint(&database)).await.unwrap();
    let held = holder.begin(&TxOptions::write());
    held.execute(&sql("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")).await.unwrap();

    let mut changer = pools.session(&endpoint(&database)).await.unwrap();
    let options = TxOptions::new(Mode::ReadWrite, Duration::from_secs(10), Duration::from_millis(60));
    let change = tokio::spawn(async move { changer.change(&options, &AddColumn).await });
    let waits = || async { database.scalar("select count(*) from pg_locks where not granted").as_deref() != Some("0") };
    eventually("the change waits", waits).await;
    eventually("the change gives way", || async { !waits().await }).await;
    held.rollback().await.unwrap();
    assert_eq!(change.await.unwrap().unwrap(), 0);
    assert_eq!(
        database
            .scalar("select count(*) from pg_attribute where attrelid = 't'::regclass and attname = 'b'")
            .as_deref(),
        Some("1")
    );
}

#[tokio::test]
async fn a_plan_gives_up_when_the_lock_is_never_free() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int)");
    let pools = pools();
    let mut holder = pools.session(&endpoint(&database)).await.unwrap();
    let held = holder.begin(&TxOptions::write());
    held.execute(&sql("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")).await.unwrap();
    let options = TxOptions::new(Mode::ReadWrite, Duration::from_secs(10), Duration::from_millis(20));
    let mut changer = pools.session(&endpoint(&database)).await.unwrap();
    let refused = changer.change(&options, &AddColumn).await;
    assert!(refused.unwrap_err().is_lock_timeout());
}
