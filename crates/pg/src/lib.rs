//! User databases: connecting to them, running [`mathesar_sql::Statement`]s in them, reading their catalogue.
//!
//! Nothing here makes SQL text (invariant I2) or knows our own internal database (I3). A [`Session`] is a checked-out
//! connection; it is cancelled in PostgreSQL and closed, never reused, when a request leaves it half-way.

mod catalog;
pub mod connect;
pub mod diagnose;
pub mod endpoint;
pub mod error;
pub mod password;
pub mod pictures;
pub mod pool;
pub mod rows;
pub mod session;
pub mod stream;
pub mod tls;
pub mod transaction;
pub mod versions;

pub use connect::{ConnectError, ConnectErrorKind};
pub use diagnose::{Diagnosis, Facts, Problem, ProblemKind, diagnose};
pub use endpoint::{Endpoint, Host, TlsMode, UrlError};
pub use error::{DbError, Error};
pub use pool::{PoolLimits, Pools};
pub use rows::RawRow;
pub use session::{Change, Plan, Session};
pub use stream::{CopyIn, CopyOut, RowStream, SessionCopy, SessionRows};
pub use transaction::{Transaction, TxOptions};
