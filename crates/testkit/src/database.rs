//! One database of a test.

use crate::cluster::{Cluster, SUPERUSER};
use crate::queries;

/// A database that lives as long as this value.
pub struct TestDatabase<'c> {
    cluster: &'c Cluster,
    name: String,
}

impl<'c> TestDatabase<'c> {
    pub(crate) fn new(cluster: &'c Cluster, name: String) -> Self {
        Self { cluster, name }
    }

    /// Its name, which needs no quotes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server that it is on.
    pub fn cluster(&self) -> &'c Cluster {
        self.cluster
    }

    /// A connection URL for the superuser, over the Unix socket.
    pub fn url(&self) -> String {
        self.url_as(SUPERUSER)
    }

    /// A connection URL for `role` over the Unix socket, where no password is asked.
    pub fn url_as(&self, role: &str) -> String {
        let socket = self.cluster.socket_directory().to_str().expect("our own directory is plain").replace('/', "%2F");
        format!("postgresql://{role}@{socket}:{}/{}", self.cluster.port(), self.name)
    }

    /// Creates a role with a name that no other test uses and returns the name, which is also its password.
    /// `attributes` as in `CREATE ROLE`, for example `"login createrole"`.
    pub fn role(&self, name: &str, attributes: &str) -> String {
        let role = format!("{name}_{}", self.name);
        self.execute(&format!("create role {role} {attributes} password '{role}'"));
        role
    }

    /// Runs SQL as the superuser; panics with PostgreSQL's words.
    pub fn execute(&self, sql: &str) {
        self.query(sql);
    }

    /// Runs SQL as `role`; returns PostgreSQL's words and SQLSTATE when it refuses.
    ///
    /// # Errors
    /// PostgreSQL's message and SQLSTATE, as text.
    pub fn try_execute_as(&self, role: &str, sql: &str) -> Result<(), String> {
        queries::run(self.cluster.config(role, &self.name), sql).map(drop)
    }

    /// Runs SQL as the superuser and returns its rows, every value as text.
    pub fn query(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        queries::run(self.cluster.config(SUPERUSER, &self.name), sql).unwrap_or_else(|error| panic!("{error}\n{sql}"))
    }

    /// The first value of the first row, as text; `None` for NULL.
    pub fn scalar(&self, sql: &str) -> Option<String> {
        queries::scalar(self.cluster.config(SUPERUSER, &self.name), sql)
    }
}

impl Drop for TestDatabase<'_> {
    fn drop(&mut self) {
        // A test that killed its server has nothing left to drop.
        let sql = format!("drop database if exists {} with (force)", self.name);
        let _ = queries::run(self.cluster.config(SUPERUSER, "postgres"), &sql);
    }
}
