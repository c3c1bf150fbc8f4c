//! Who asks, and everything that there is to answer with.

use std::{net::IpAddr, path::PathBuf, sync::Arc};

use mathesar_api::ErrorCode;
use mathesar_pg::Pools;
use mathesar_store::{Clock, ConfiguredRole, Database, Membership, Random, Server, Store};

use crate::{Error, ManagedPostgres, Result, auth::tokens::Scopes, files::FileStorage};

/// What was decided at start and does not change.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program's version.
    pub version: &'static str,
    /// Where uploads are spooled.
    pub data_dir: PathBuf,
    /// The path under which everything is served, without a slash at its end.
    pub base_path: String,
    /// The largest file in a cell, in bytes.
    pub file_bytes: u64,
    /// The largest file that somebody without an account may send by a form, in bytes; 0 for none at all.
    pub form_file_bytes: u64,
    /// Whether we run in a container, where `localhost` is the container itself.
    pub in_container: bool,
    /// Whether user databases may be reached by Unix sockets other than our own.
    pub allow_unix_sockets: bool,
    /// Host, port and name of the internal database when it is a PostgreSQL, so that it is refused as a user database.
    pub internal_database: Option<(String, u16, String)>,
    /// The command that prints the setup link again.
    pub setup_link_command: String,
}

/// Everything that there is. One for the whole process.
pub struct App {
    /// Our own data.
    pub store: Store,
    /// Connections to user databases.
    pub pools: Pools,
    /// The PostgreSQL that we run ourselves, when there is one.
    pub managed: Option<Arc<dyn ManagedPostgres>>,
    /// What has the bytes of files in cells, when there is such a place.
    pub files: Option<Arc<dyn FileStorage>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// What was decided at start.
    pub options: Options,
    /// Guards of signing in: the throttle, the cache of verified Basic credentials, the limit on password checks.
    pub auth: crate::auth::Guards,
    /// What is known about where rows stand.
    pub places: crate::records::Places,
    /// What slows down those who have the link of a form.
    pub forms: crate::forms::Guards,
    /// Wakes the worker that does jobs.
    pub wake: crate::jobs::Wake,
}

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Our number of the user.
    pub user_id: i64,
    /// Whether they administer this installation.
    pub is_superuser: bool,
    /// Whether they must choose a new password before anything else.
    pub password_change_needed: bool,
    /// Their session; absent with HTTP Basic and with a token.
    pub session_id: Option<i64>,
    /// What a program may do that works as them by a token; everything that they may themselves when absent.
    pub scopes: Option<Arc<Scopes>>,
}

/// Who asks.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The signed-in user; absent for a visitor.
    pub signed_in: Option<SignedIn>,
    /// The client's address, behind trusted proxies the one that they report.
    pub address: Option<IpAddr>,
    /// The client's description of itself.
    pub user_agent: Option<String>,
}

/// A database, and the stored role that every statement there runs as.
#[derive(Debug)]
pub struct Place {
    /// The database.
    pub database: Database,
    /// Its server.
    pub server: Server,
    /// The role.
    pub role: ConfiguredRole,
}

impl From<Membership> for Place {
    fn from(membership: Membership) -> Self {
        Self { database: membership.database, server: membership.server, role: membership.role }
    }
}

/// The first argument of every use case.
#[derive(Clone)]
pub struct Ctx {
    /// Everything that there is.
    pub app: Arc<App>,
    /// Who asks.
    pub caller: Caller,
    /// Where the call works, where that was looked up already: the caller's place in the database that it is about, or a form's.
    pub(crate) place: Option<Arc<Place>>,
}

impl Ctx {
    /// What a caller works with, before a call of theirs is admitted.
    pub fn new(app: Arc<App>, caller: Caller) -> Self {
        Self { app, caller, place: None }
    }

    /// The same with what is known already about the caller's place in the database that the call is about.
    pub fn at(self, place: Option<Membership>) -> Self {
        Self { place: place.map(|place| Arc::new(place.into())), ..self }
    }

    /// The same for work at a place that is not the caller's own.
    pub(crate) fn working_at(&self, place: Place) -> Self {
        Self { place: Some(Arc::new(place)), ..self.clone() }
    }

    /// What the token may that the call came with, if it came with one.
    pub(crate) fn scopes(&self) -> Option<&Scopes> {
        self.caller.signed_in.as_ref()?.scopes.as_deref()
    }

    /// The signed-in user.
    ///
    /// # Errors
    /// `AuthenticationFailed` for a visitor.
    pub fn signed_in(&self) -> Result<&SignedIn> {
        self.caller.signed_in.as_ref().ok_or_else(|| {
            Error::new(
                ErrorCode::AUTHENTICATION_FAILED,
                "Nobody is signed in, or the session has ended. Sign in again.",
            )
        })
    }
}
