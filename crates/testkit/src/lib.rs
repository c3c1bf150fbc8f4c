//! A PostgreSQL of one's own for tests.
//!
//! ```no_run
//! let database = mathesar_testkit::Cluster::shared().database();
//! database.execute("create table fruit (id int primary key, name text)");
//! assert_eq!(database.scalar("select count(*) from fruit").as_deref(), Some("0"));
//! ```
//!
//! The server runs as an unprivileged user, listens on a socket in a directory of its own under `/tmp`, and is gone, with
//! its directory, when the test process is gone, however that ended. Every function here panics with words when it cannot
//! do its work: a test that has no database has nothing to report but that.

mod certificates;
mod cluster;
mod database;
mod programs;
mod queries;

pub use certificates::Certificates;
pub use cluster::{Cluster, ClusterOptions};
pub use database::TestDatabase;
pub use programs::{directory as programs, packaged as packaged_programs};

/// SQL that makes a database with everything that PostgreSQL lets people make of tables: keys, types, views, partitions, triggers and
/// names of every kind, with a few rows each. Needs a superuser.
pub const TORTURE: &str = include_str!("torture.sql");
