use mathesar_pg::{Endpoint, TxOptions};
use mathesar_sql::introspect;
use mathesar_sql::model::{RowIdentity, Table};
use mathesar_testkit::{Cluster, TestDatabase};

use crate::{pools, session};

async fn table(database: &TestDatabase<'_>, name: &str) -> Option<Table> {
    let oid = database.scalar(&format!("select '{name}'::regclass::oid")).unwrap().parse().unwrap();
    let mut session = session(database).await;
    session.read(&TxOptions::read(), async |tx: &mathesar_pg::Transaction<'_>| tx.table(oid).await).await.unwrap()
}

#[tokio::test]
async fn a_table_with_a_hostile_name_is_read_whole() {
    let database = Cluster::shared().database();
    database.execute(
        r#"create type mood as enum ('sad', 'so "so"', 'happy');
           create table "Sträßchen; drop table x; --" (
               "a'b" int generated always as identity, m mood not null, t text[] default '{}', unique (m), primary key ("a'b"))"#,
    );
    let table = table(&database, r#""Sträßchen; drop table x; --""#).await.unwrap();
    assert_eq!(table.name().name.as_str(), "Sträßchen; drop table x; --");
    let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a'b", "m", "t"]);
    assert_eq!(table.key, RowIdentity::PrimaryKey(vec![1]));
    assert_eq!(table.constraints.len(), 2);
}

#[tokio::test]
async fn a_table_that_is_gone_is_none() {
    let database = Cluster::shared().database();
    let mut session = session(&database).await;
    let gone =
        session.read(&TxOptions::read(), async |tx: &mathesar_pg::Transaction<'_>| tx.table(4_000_000).await).await;
    assert!(gone.unwrap().is_none());
}

#[tokio::test]
async fn a_role_with_connect_and_usage_only_sees_the_catalogue_and_changes_nothing() {
    let database = Cluster::shared().database();
    database.execute("create schema s; create table s.secret (a int primary key); insert into s.secret values (1)");
    let role = database.role("guest", "login");
    database.execute(&format!("grant usage on schema s to {role}"));
    let fingerprint =
        "select md5(string_agg(x, ',' order by x)) from (select oid || ':' || relname || xmin from pg_class) as t(x)";
    let before = database.scalar(fingerprint);

    let mut session = pools().session(&Endpoint::from_url(&database.url_as(&role)).unwrap()).await.unwrap();
    let tx = session.begin(&TxOptions::read());
    let schemas = tx.introspect(&introspect::schemas()).await.unwrap();
    let schema = schemas.iter().find(|schema| schema.name.as_str() == "s").unwrap();
    assert!(schema.usage && !schema.create);
    let tables = tx.introspect(&introspect::tables(schema.oid)).await.unwrap();
    let secret = tx.table(tables[0].oid).await.unwrap().unwrap();
    assert!(!secret.summary.privileges.select);
    assert!(!secret.columns[0].privileges.select);
    tx.rollback().await.unwrap();
    assert_eq!(database.scalar(fingerprint), before);
}
