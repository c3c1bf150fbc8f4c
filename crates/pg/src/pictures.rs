//! Keeps the pictures of tables for a moment.
//!
//! A picture costs PostgreSQL more than a page of rows: five catalogue queries, most of which is planning. Whoever scrolls or types
//! asks for the same few pictures many times a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mathesar_sql::model::{Oid, Table};
use tokio::time::Instant;

use crate::endpoint::{Endpoint, Host};

/// How long a picture is believed. It spans the requests of somebody who scrolls or types, and is shorter than the time in which
/// somebody changes a table in another program, comes back and wonders why nothing has changed.
pub const PICTURE_AGE: Duration = Duration::from_secs(3);
/// Pictures that are kept. Each is as large as its table has columns: a few kilobytes, at worst a megabyte.
pub const PICTURES: usize = 256;

/// Whose pictures these are: a role in a database. A picture says what the role may do.
#[derive(PartialEq, Eq, Hash)]
pub struct Scope {
    host: Host,
    database: String,
    role: String,
}

impl Scope {
    /// That of a connection to an endpoint.
    pub fn of(endpoint: &Endpoint) -> Self {
        Self { host: endpoint.host.clone(), database: endpoint.database.clone(), role: endpoint.role.clone() }
    }

    pub(crate) fn host(&self) -> &Host {
        &self.host
    }
}

/// The pictures that are kept.
#[derive(Default)]
pub(crate) struct Pictures(Mutex<Album>);

#[derive(Default)]
struct Album {
    /// Counts the changes of structure, so that a picture that was taken during one is not kept after it.
    changes: u64,
    kept: HashMap<(Arc<Scope>, Oid), Kept>,
}

struct Kept {
    table: Arc<Table>,
    taken: Instant,
}

/// The moment in which somebody begins to take a picture.
#[derive(Clone, Copy)]
pub(crate) struct Taking {
    changes: u64,
    begun: Instant,
}

impl Pictures {
    /// The picture of a table, or the permit to keep the one that is taken now.
    pub(crate) fn find(&self, scope: &Arc<Scope>, oid: Oid, now: Instant) -> Result<Arc<Table>, Taking> {
        let album = self.album();
        match album.kept.get(&(Arc::clone(scope), oid)) {
            Some(kept) if kept.is_good(now) => Ok(Arc::clone(&kept.table)),
            _ => Err(Taking { changes: album.changes, begun: now }),
        }
    }

    /// Keeps a picture, unless structure was changed since it was begun. Where there are too many, the oldest makes room.
    pub(crate) fn keep(&self, scope: &Arc<Scope>, table: &Arc<Table>, taking: Taking) {
        let mut album = self.album();
        if album.changes != taking.changes {
            return;
        }
        album.kept.retain(|_, kept| kept.is_good(taking.begun));
        if album.kept.len() >= PICTURES {
            let oldest =
                album.kept.iter().min_by_key(|(_, kept)| kept.taken).map(|((scope, oid), _)| (Arc::clone(scope), *oid));
            oldest.map(|oldest| album.kept.remove(&oldest));
        }
        album.kept.insert((Arc::clone(scope), table.oid()), Kept { table: Arc::clone(table), taken: taking.begun });
    }

    /// Forgets the pictures of a server's databases: roles, and what they are members of, belong to all of them.
    pub(crate) fn forget(&self, host: &Host) {
        let mut album = self.album();
        album.changes += 1;
        album.kept.retain(|(scope, _), _| &scope.host != host);
    }

    /// Forgets the pictures that a scope was misled by.
    pub(crate) fn forget_scope(&self, scope: &Scope) {
        self.album().kept.retain(|(kept, _), _| **kept != *scope);
    }

    /// Gives back the memory of pictures that nobody would be shown any more.
    pub(crate) fn drop_old(&self, now: Instant) {
        self.album().kept.retain(|_, kept| kept.is_good(now));
    }

    fn album(&self) -> MutexGuard<'_, Album> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn is_good(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.taken) < PICTURE_AGE
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use mathesar_sql::model::{RowIdentity, TableKind, TablePrivileges, TableSummary};
    use mathesar_sql::{Ident, QName};

    use super::*;

    fn scope(role: &str) -> Arc<Scope> {
        let host = Host::Unix { directory: PathBuf::from("/run"), port: 5432 };
        Arc::new(Scope { host, database: "d".to_owned(), role: role.to_owned() })
    }

    fn table(oid: Oid) -> Arc<Table> {
        let ident = |name: &str| Ident::new(name).unwrap();
        let summary = TableSummary {
            oid,
            schema_oid: 2200,
            name: QName { schema: ident("public"), name: ident("t") },
            kind: TableKind::Table,
            owner: 10,
            current_role_owns: true,
            privileges: TablePrivileges::default(),
            comment: None,
            estimated_rows: None,
            pages: 0,
            row_security: false,
            has_inheritors: false,
            partition_of: None,
        };
        Arc::new(Table { summary, columns: Vec::new(), key: RowIdentity::RowVersion, constraints: Vec::new() })
    }

    fn keep(pictures: &Pictures, scope: &Arc<Scope>, oid: Oid, now: Instant) {
        let Err(taking) = pictures.find(scope, oid, now) else { panic!("it is kept already") };
        pictures.keep(scope, &table(oid), taking);
    }

    #[test]
    fn a_picture_is_kept_for_its_role_and_its_time() {
        let (pictures, ana, now) = (Pictures::default(), scope("ana"), Instant::now());
        keep(&pictures, &ana, 1, now);
        assert!(pictures.find(&scope("ana"), 1, now + PICTURE_AGE - Duration::from_millis(1)).is_ok());
        assert!(pictures.find(&ana, 1, now + PICTURE_AGE).is_err());
        assert!(pictures.find(&ana, 2, now).is_err());
        assert!(pictures.find(&scope("bob"), 1, now).is_err());
        pictures.drop_old(now + PICTURE_AGE);
        assert!(pictures.album().kept.is_empty());
    }

    #[test]
    fn a_picture_that_was_taken_while_structure_changed_is_not_kept() {
        let (pictures, ana, now) = (Pictures::default(), scope("ana"), Instant::now());
        let Err(taking) = pictures.find(&ana, 1, now) else { panic!("nothing is kept yet") };
        pictures.forget(ana.host());
        pictures.keep(&ana, &table(1), taking);
        assert!(pictures.find(&ana, 1, now).is_err());
    }

    #[test]
    fn the_oldest_makes_room() {
        let (pictures, ana, now) = (Pictures::default(), scope("ana"), Instant::now());
        for oid in 0..=PICTURES as Oid {
            keep(&pictures, &ana, oid, now + Duration::from_micros(oid.into()));
        }
        assert_eq!(pictures.album().kept.len(), PICTURES);
        assert!(pictures.find(&ana, 0, now).is_err() && pictures.find(&ana, 1, now).is_ok());
    }
}
