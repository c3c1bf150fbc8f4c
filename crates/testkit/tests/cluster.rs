//! The helper itself, on a real server.

use mathesar_testkit::{Certificates, Cluster, ClusterOptions};

#[test]
fn databases_are_separate_and_dropped() {
    let cluster = Cluster::shared();
    let (one, two) = (cluster.database(), cluster.database());
    one.execute("create table only_here (a int)");
    assert_eq!(two.scalar("select to_regclass('only_here')"), None);
    let copy = cluster.copy_of(&one);
    assert_eq!(copy.scalar("select count(*) from only_here").as_deref(), Some("0"));
    let gone = one.name().to_owned();
    drop(one);
    let left = two.scalar(&format!("select count(*) from pg_database where datname = '{gone}'"));
    assert_eq!(left.as_deref(), Some("0"));
}

#[test]
fn roles_get_what_they_are_given() {
    let database = Cluster::shared().database();
    database.execute("create table secret (a int)");
    let role = database.role("reader", "login");
    let refusal = database.try_execute_as(&role, "select * from secret").unwrap_err();
    assert!(refusal.contains("42501"), "{refusal}");
    assert!(database.url_as(&role).starts_with(&format!("postgresql://{role}@%2Ftmp%2F")));
}

#[test]
fn tls_is_on_where_asked_and_everything_goes_away() {
    let certificates = Certificates::for_names(&["localhost"]);
    let options = ClusterOptions { tcp: true, tls: Some(certificates), ..ClusterOptions::default() };
    let cluster = Cluster::start_with(&options);
    assert_eq!(cluster.database().scalar("show ssl").as_deref(), Some("on"));
    let directory = cluster.socket_directory().to_owned();
    drop(cluster);
    assert!(!directory.exists());
}
