//! What a change of structure costs others while it runs: the lock that it holds until the end of its transaction, and what
//! PostgreSQL has to do with the rows. From the documentation of `ALTER TABLE`, `CREATE INDEX` and explicit locking.

use crate::ident::QName;

/// What one statement costs those who use one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// The table or view that is locked.
    pub relation: QName,
    /// How.
    pub lock: Lock,
    /// What is done with its rows meanwhile.
    pub work: Work,
}

/// The modes of locks on tables that changes of structure take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// `SHARE`: others read.
    Share,
    /// `SHARE ROW EXCLUSIVE`: others read.
    ShareRowExclusive,
    /// `EXCLUSIVE`: others read.
    Exclusive,
    /// `ACCESS EXCLUSIVE`: others wait.
    AccessExclusive,
}

/// What is done with the rows of a table, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Nothing: it takes a moment, whatever the size of the table.
    None,
    /// All are read.
    Scan,
    /// All are read, and an index over them is built.
    Index,
    /// All are written anew, with their indexes, where an expression may give another value for each row; else nothing is done.
    RewriteIfVolatile,
    /// All are written anew, with their indexes.
    Rewrite,
}
