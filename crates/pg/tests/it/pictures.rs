//! Pictures of tables that are kept for a moment.

use mathesar_pg::pictures::PICTURE_AGE;
use mathesar_pg::{Change, Endpoint, Error, Plan, Session, Transaction, TxOptions};
use mathesar_testkit::{Cluster, TestDatabase};

use crate::{endpoint, pools, sql};

fn oid(database: &TestDatabase<'_>) -> u32 {
    database.scalar("select 't'::regclass::oid").unwrap().parse().unwrap()
}

/// The columns that a session is shown; those that its role may read are in capitals.
async fn columns(session: &mut Session, oid: u32) -> String {
    let tx = session.begin(&TxOptions::read());
    let table = tx.picture(oid).await.unwrap().unwrap();
    let names = table.columns.iter().map(|column| {
        let name = column.name.as_str();
        if column.privileges.select { name.to_uppercase() } else { name.to_owned() }
    });
    names.collect::<Vec<_>>().join(" ")
}

/// Time is moved instead of waited for; it stands still only while nothing is under way.
async fn let_pass(duration: std::time::Duration) {
    tokio::time::pause();
    tokio::time::advance(duration).await;
    tokio::time::resume();
}

struct AddColumn;

impl Change for AddColumn {
    type Made = ();
    type Output = ();
    type Error = Error;

    async fn plan(&self, _: &Transaction<'_>) -> Result<Plan, Error> {
        Ok(vec![sql("ALTER TABLE t ADD COLUMN ours int")].into())
    }

    async fn read_back(&self, _: &Transaction<'_>, (): ()) -> Result<(), Error> {
        Ok(())
    }
}

#[tokio::test]
async fn another_programs_change_is_seen_after_a_moment_and_ours_at_once() {
    let database = Cluster::shared().database();
    database.execute("create table t (a int)");
    let (pools, endpoint, oid) = (pools(), endpoint(&database), oid(&database));
    let mut session = pools.session(&endpoint).await.unwrap();
    let mut other = pools.session(&endpoint).await.unwrap();
    assert_eq!(columns(&mut session, oid).await, "A");
    database.execute("alter table t add column b int");
    assert_eq!(columns(&mut other, oid).await, "A", "a picture is shared by the connections of a role");
    let_pass(PICTURE_AGE).await;
    assert_eq!(columns(&mut session, oid).await, "A B");
    other.change(&TxOptions::ddl(), &AddColumn).await.unwrap();
    assert_eq!(columns(&mut session, oid).await, "A B OURS");
    database.execute("alter table t drop column b");
    session.forget_pictures();
    assert_eq!(columns(&mut session, oid).await, "A OURS");
    database.execute("drop table t");
    let_pass(PICTURE_AGE).await;
    assert!(session.begin(&TxOptions::read()).picture(oid).await.unwrap().is_none());
}

#[tokio::test]
async fn a_role_is_shown_what_it_may_do_and_never_what_another_may() {
    let database = Cluster::shared().database();
    let bob = database.role("bob", "login");
    database.execute(&format!("create table t (a int, b int); grant select (b) on t to {bob}"));
    let (pools, oid) = (pools(), oid(&database));
    let bob = Endpoint::from_url(&database.url_as(&bob)).unwrap();
    let mut owner = pools.session(&endpoint(&database)).await.unwrap();
    let mut bob = pools.session(&bob).await.unwrap();
    for _ in 0..2 {
        assert_eq!(columns(&mut owner, oid).await, "A B");
        assert_eq!(columns(&mut bob, oid).await, "a B");
    }
}

#[tokio::test]
async fn nothing_is_committed_that_was_written_by_an_old_picture() {
    for change in [
        "alter table t rename a to c; alter table t rename b to a",
        "alter table t rename to old; create table t (a int, b int)",
        "create schema s; alter table t set schema s; create table t (a int, b int)",
        "alter table t alter a type text",
        "alter table t add column c int",
    ] {
        let database = Cluster::shared().database();
        database.execute("create table t (a int, b int)");
        let oid = oid(&database);
        let mut session = pools().session(&endpoint(&database)).await.unwrap();
        columns(&mut session, oid).await;
        let write = sql("INSERT INTO t (a) VALUES (1)");

        let tx = session.begin(&TxOptions::write());
        tx.picture(oid).await.unwrap();
        tx.execute(&write).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(database.scalar("select count(*) from t").as_deref(), Some("1"), "a true picture commits");

        database.execute(change);
        let before = database.scalar("select count(*) from t");
        let tx = session.begin(&TxOptions::write());
        tx.picture(oid).await.unwrap();
        tx.execute(&write).await.unwrap();
        assert!(matches!(tx.commit().await, Err(Error::Outdated)), "{change}");
        assert_eq!(database.scalar("select count(*) from t"), before, "{change}");

        session.forget_pictures();
        let tx = session.begin(&TxOptions::write());
        tx.picture(oid).await.unwrap();
        assert!(!tx.used_kept_pictures());
        tx.execute(&write).await.unwrap();
        tx.commit().await.unwrap();
    }
}
