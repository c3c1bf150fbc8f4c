//! Keeps connections for re-use: a few for each (server, database, role), and not too many in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult, Timeouts};
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::connect::{self, Connected};
use crate::endpoint::{Endpoint, Host, TlsMode};
use crate::error::Error;
use crate::pictures::{Pictures, Scope};
use crate::session::Session;

/// How many connections we keep, and how long.
#[derive(Clone, Copy, Debug)]
pub struct PoolLimits {
    /// For one role in one database of one server.
    pub per_role: usize,
    /// In all.
    pub total: usize,
    /// How long a request waits for a free connection.
    pub wait: Duration,
    /// An unused connection is closed after this.
    pub idle: Duration,
}

impl Default for PoolLimits {
    /// 6 connections a role, 60 in all, waiting 10 s, idle for 2 minutes.
    fn default() -> Self {
        Self { per_role: 6, total: 60, wait: Duration::from_secs(10), idle: Duration::from_secs(120) }
    }
}

/// The connections to all user databases. Cheap to clone.
#[derive(Clone)]
pub struct Pools(Arc<Shared>);

struct Shared {
    limits: PoolLimits,
    /// One permit for each open connection.
    open: Arc<Semaphore>,
    pools: Mutex<HashMap<Key, Pool<Connector>>>,
    pictures: Arc<Pictures>,
}

/// Requests share connections only when they log in with the very same credentials: somebody who stored a wrong password
/// must not ride on a connection that the right one opened.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    host: Host,
    database: String,
    role: String,
    tls: TlsMode,
    credentials: [u8; 32],
}

impl Key {
    fn of(endpoint: &Endpoint) -> Self {
        let mut credentials = Sha256::new();
        credentials.update(endpoint.ca_pem.as_deref().unwrap_or_default());
        credentials.update([0]);
        credentials.update(endpoint.password_bytes());
        Self {
            host: endpoint.host.clone(),
            database: endpoint.database.clone(),
            role: endpoint.role.clone(),
            tls: endpoint.tls,
            credentials: credentials.finalize().into(),
        }
    }
}

/// A connection of the pool.
pub(crate) struct Pooled {
    pub(crate) connected: Connected,
    pub(crate) scope: Arc<Scope>,
    pub(crate) pictures: Arc<Pictures>,
    _open: OwnedSemaphorePermit,
}

/// Opens connections for deadpool.
pub(crate) struct Connector {
    endpoint: Endpoint,
    scope: Arc<Scope>,
    shared: Weak<Shared>,
}

impl Manager for Connector {
    type Type = Pooled;
    type Error = Error;

    async fn create(&self) -> Result<Pooled, Error> {
        let shared = self.shared.upgrade().ok_or(Error::Busy)?;
        let open = shared.permit().await?;
        let connected = connect::connect(&self.endpoint).await?;
        let (scope, pictures) = (Arc::clone(&self.scope), Arc::clone(&shared.pictures));
        Ok(Pooled { connected, scope, pictures, _open: open })
    }

    async fn recycle(&self, pooled: &mut Pooled, _: &Metrics) -> RecycleResult<Error> {
        // A session resets its connection before giving it back (see `Session::drop`); here only its death is to be noticed.
        if pooled.connected.client.is_closed() { Err(RecycleError::Backend(Error::Lost)) } else { Ok(()) }
    }
}

impl Pooled {
    /// Cancels what the connection is doing and closes it. Its place among the open connections is free only after that.
    pub(crate) async fn abandon(self) {
        self.connected.cancel_and_close().await;
    }
}

impl Shared {
    /// A place for one more connection; unused ones of other databases make room.
    async fn permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        if let Ok(permit) = Arc::clone(&self.open).try_acquire_owned() {
            return Ok(permit);
        }
        self.close_idle(Duration::ZERO);
        let permit = tokio::time::timeout(self.limits.wait, Arc::clone(&self.open).acquire_owned()).await;
        permit.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)
    }

    /// Closes connections that nobody used for `age`, and forgets pools that have none left.
    fn close_idle(&self, age: Duration) {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        pools.retain(|_, pool| {
            pool.retain(|_, metrics| metrics.last_used() < age);
            pool.status().size > 0 || pool.status().waiting > 0
        });
    }

    fn pool(self: &Arc<Self>, endpoint: &Endpoint) -> Result<Pool<Connector>, Error> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(&Key::of(endpoint)) {
            return Ok(pool.clone());
        }
        let pool = self.empty_pool(endpoint)?;
        pools.insert(Key::of(endpoint), pool.clone());
        Ok(pool)
    }

    fn empty_pool(self: &Arc<Self>, endpoint: &Endpoint) -> Result<Pool<Connector>, Error> {
        let scope = Arc::new(Scope::of(endpoint));
        Pool::builder(Connector { endpoint: endpoint.clone(), scope, shared: Arc::downgrade(self) })
            .max_size(self.limits.per_role)
            .timeouts(Timeouts { wait: Some(self.limits.wait), ..Timeouts::default() })
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|_| Error::Busy)
    }
}

impl Pools {
    /// No connections yet. Must be called within a tokio runtime, which then closes idle connections until the last clone is gone.
    pub fn new(limits: PoolLimits) -> Self {
        let open = Arc::new(Semaphore::new(limits.total));
        let shared = Arc::new(Shared { limits, open, pools: Mutex::default(), pictures: Arc::default() });
        let watched = Arc::downgrade(&shared);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(limits.idle / 4).await;
                let Some(shared) = watched.upgrade() else { return };
                shared.close_idle(limits.idle);
                shared.pictures.drop_old(Instant::now());
            }
        });
        Self(shared)
    }

    /// A connection for one request.
    ///
    /// # Errors
    /// [`Error::Connect`] when none can be made, [`Error::Busy`] when all stay in use.
    pub async fn session(&self, endpoint: &Endpoint) -> Result<Session, Error> {
        lend(&self.0.pool(endpoint)?).await
    }

    /// A connection that signs in for this one request, and is closed after it: one that was kept says nothing about whether the
    /// server still lets the role in.
    ///
    /// # Errors
    /// As of [`Self::session`].
    pub async fn new_session(&self, endpoint: &Endpoint) -> Result<Session, Error> {
        lend(&self.0.empty_pool(endpoint)?).await
    }

    /// Closes what is unused among the connections to `database` on `host`, and lets those in use end with their request:
    /// before the database is dropped or renamed, or after its credentials changed.
    pub fn forget(&self, host: &Host, database: &str) {
        self.0.pictures.forget(host);
        let mut pools = self.0.pools.lock().unwrap_or_else(PoisonError::into_inner);
        pools.retain(|key, pool| {
            let stays = &key.host != host || key.database != database;
            if !stays {
                pool.close();
            }
            stays
        });
    }

    /// How many connections are open.
    pub fn open_connections(&self) -> usize {
        self.0.limits.total - self.0.open.available_permits()
    }
}

async fn lend(pool: &Pool<Connector>) -> Result<Session, Error> {
    match pool.get().await {
        Ok(object) => Ok(Session::new(object)),
        Err(PoolError::Backend(error)) => Err(error),
        Err(_) => Err(Error::Busy),
    }
}

/// A connection on loan from the pool.
pub(crate) type Lease = Object<Connector>;
