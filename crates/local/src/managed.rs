//! The managed PostgreSQL as one thing that is asked to run.

use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::ExitStatus,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use mathesar_pg::{Host, PoolLimits, Pools, Session};
use mathesar_sql::ddl::database::Collation;
use nix::sys::signal::Signal;
use tokio::sync::{Mutex, watch};

use crate::{
    access::{Access, Place, outdated_collations},
    binaries::{self, Binaries},
    bundle,
    cluster::{self, Cluster},
    config::{Config, Endpoint, ManagedDatabase, Secrets, Status},
    databases,
    error::{Error, IoContext, Result},
    identity::{Identity, OTHER_DATA_DIR, OTHER_PROGRAMS},
    layout::{Layout, Lock},
    postmaster::{self, Postmaster},
    processes, settings, socket,
};

/// How long we wait before each start after an end that nobody asked for; the last one repeats.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
];
/// After running this long, an end is a new accident and not the same one again.
const STABLE: Duration = Duration::from_secs(60);
/// How often we look after what a running server needs from us.
const HOUSEKEEPING: Duration = Duration::from_secs(5);

/// The PostgreSQL that we run ourselves. Cheap to clone.
///
/// Nothing happens until [`Managed::prepare`] or [`Managed::ensure_running`]. When the last clone goes without
/// [`Managed::stop`], the server is asked to stop and not waited for.
#[derive(Clone)]
pub struct Managed(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) secrets: Arc<dyn Secrets>,
    pub(crate) layout: Layout,
    pools: Pools,
    status: watch::Sender<Status>,
    control: Mutex<Control>,
    /// Set by [`Managed::stop`] until the next [`Managed::ensure_running`]. Beside `control`, so that a start that takes long,
    /// because much must be recovered, hears of it.
    unwanted: AtomicBool,
}

/// What only one task at a time may change.
#[derive(Default)]
struct Control {
    binaries: Option<Binaries>,
    running: Option<Running>,
    /// How often it ended by itself lately.
    accidents: usize,
}

struct Running {
    postmaster: Postmaster,
    cluster: Cluster,
    endpoint: Endpoint,
    /// Held as long as the server runs.
    _lock: Lock,
}

/// The right to be the only program that works with a cluster.
pub struct Claim {
    _lock: Lock,
}

/// Finds the folder of `pg_dump`, `pg_restore` and `psql` of the newest PostgreSQL at hand, for who has no cluster.
///
/// # Errors
/// [`Error::NoBinaries`], [`Error::NoClients`].
pub async fn client_programs(config: Config) -> Result<PathBuf> {
    let layout = Layout::new(&config.data_dir);
    blocking(move || binaries::clients(&config, &layout, &binaries::newest(&config, &layout)?)).await
}

/// The same as [`Managed::claim`], for the cluster in the folder `home` of a data directory whose key is not at hand.
///
/// # Errors
/// [`Error::Held`].
pub async fn claim(data_dir: &Path, home: &Path) -> Result<Claim> {
    let layout = Layout::at(data_dir, home.to_owned());
    layout.create()?;
    let lock = layout.lock()?;
    if let Some(state) = layout.read_state()? {
        processes::clear_leftovers(&layout, &layout.cluster(state.major)).await?;
    }
    Ok(Claim { _lock: lock })
}

impl Managed {
    /// Describes the server of one data directory; touches nothing.
    pub fn new(config: Config, secrets: impl Secrets) -> Self {
        let layout = Layout::new(&config.data_dir);
        Self::with(config, Arc::new(secrets), layout)
    }

    /// The server of a cluster that is prepared in another folder below the data directory, and takes the place of the usual one
    /// later.
    pub fn prepared_in(&self, home: &Path) -> Self {
        let layout = Layout::at(&self.0.config.data_dir, home.to_owned());
        Self::with(self.0.config.clone(), Arc::clone(&self.0.secrets), layout)
    }

    pub(crate) fn with(config: Config, secrets: Arc<dyn Secrets>, layout: Layout) -> Self {
        // Our own connections are few and short: one for creating, one for dropping.
        let limits = PoolLimits { per_role: 2, total: 4, wait: Duration::from_secs(30), idle: Duration::from_secs(10) };
        Self(Arc::new(Inner {
            layout,
            config,
            secrets,
            pools: Pools::new(limits),
            status: watch::Sender::new(Status::Stopped),
            control: Mutex::default(),
            unwanted: AtomicBool::new(false),
        }))
    }

    /// Finds the programs, unpacking and checking those that the executable carries, so that a later start is fast.
    ///
    /// # Errors
    /// When there are none, or they cannot be unpacked.
    pub async fn prepare(&self) -> Result<Binaries> {
        let mut control = self.0.control.lock().await;
        self.0.prepare(&mut control).await
    }

    /// Starts the server unless it runs, making the cluster first where there is none, and tells where it answers.
    ///
    /// May be called any number of times, at once too. The work goes on when the caller's future is dropped.
    ///
    /// # Errors
    /// When it cannot be started; the next call tries again.
    pub async fn ensure_running(&self) -> Result<Endpoint> {
        if let Status::Running(endpoint) = &*self.0.status.borrow() {
            return Ok(endpoint.clone());
        }
        let inner = self.0.clone();
        let start = tokio::spawn(async move {
            let mut control = inner.control.lock().await;
            inner.unwanted.store(false, Ordering::Relaxed);
            inner.start(&mut control).await
        });
        start.await.map_err(|error| Error::Start { reason: error.to_string() })?
    }

    /// What the server is doing now.
    pub fn status(&self) -> Status {
        self.0.status.borrow().clone()
    }

    /// Whether a cluster was made in this data directory, whether it runs or not.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn exists(&self) -> Result<bool> {
        Ok(self.0.layout.read_state()?.is_some())
    }

    /// Changes with [`Managed::status`].
    pub fn watch(&self) -> watch::Receiver<Status> {
        self.0.status.subscribe()
    }

    /// Stops the server and waits for its end: fast, then by force, within half a minute. Does nothing where none runs.
    pub async fn stop(&self) {
        self.0.unwanted.store(true, Ordering::Relaxed);
        let mut control = self.0.control.lock().await;
        if let Some(running) = control.running.take() {
            running.postmaster.stop().await;
            if let Host::Unix { directory, .. } = &running.endpoint.host {
                socket::remove(directory);
            }
        }
        self.0.status.send_replace(Status::Stopped);
    }

    /// Creates a database with an owner of its own. Starts the server where needed.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::Name`], those of [`Managed::ensure_running`], and PostgreSQL's.
    pub async fn create_database(&self, name: &str) -> Result<ManagedDatabase> {
        let (mut session, collation) = self.superuser().await?;
        databases::create(&mut session, &*self.0.secrets, name, collation).await
    }

    /// The object identifier of a database that was made here.
    ///
    /// # Errors
    /// Those of [`Managed::ensure_running`], and PostgreSQL's.
    pub async fn database_oid(&self, name: &str) -> Result<Option<u32>> {
        let (mut session, _) = self.superuser().await?;
        Ok(databases::find(&mut session, name).await?.map(|(oid, _)| oid))
    }

    /// Drops a database, ending its sessions, and its owner; gives the owner's name when it is gone too (it stays when it owns
    /// something in another database).
    ///
    /// # Errors
    /// [`Error::Missing`], those of [`Managed::ensure_running`], and PostgreSQL's.
    pub async fn drop_database(&self, name: &str) -> Result<Option<String>> {
        let (mut session, _) = self.superuser().await?;
        databases::drop(&mut session, name).await
    }

    /// The path of one of PostgreSQL's client programs: `psql`, `pg_dump`, `pg_restore`.
    ///
    /// # Errors
    /// Those of [`Managed::prepare`]; [`Error::NoClients`].
    pub async fn client_program(&self, name: &str) -> Result<PathBuf> {
        Ok(self.client_folder().await?.join(name))
    }

    /// The folder of these programs.
    ///
    /// # Errors
    /// Those of [`Managed::client_program`].
    pub async fn client_folder(&self) -> Result<PathBuf> {
        let binaries = self.prepare().await?;
        let (config, layout) = (self.0.config.clone(), self.0.layout.clone());
        blocking(move || binaries::clients(&config, &layout, &binaries)).await
    }

    /// The cluster in the hands of its superuser, whoever runs it: this process, another one of ours, or nobody; then it is
    /// started, until [`Access::release`].
    ///
    /// # Errors
    /// Those of [`Managed::ensure_running`]; [`Error::NoClients`].
    pub async fn access(&self) -> Result<Access> {
        self.access_with(self.client_folder().await?).await
    }

    /// The same with the client programs in another folder.
    pub(crate) async fn access_with(&self, clients: PathBuf) -> Result<Access> {
        let running = matches!(&*self.0.status.borrow(), Status::Running(_));
        let free = !running && {
            self.0.layout.create()?;
            self.0.layout.lock().map(drop).is_ok()
        };
        if running || free {
            self.ensure_running().await?;
        }
        let place = self.0.place(clients, free).await?;
        Ok(Access::new(self.clone(), place))
    }

    /// Keeps every other program away from the cluster until the file is dropped, and stops a server that an earlier life of
    /// this program left behind.
    ///
    /// # Errors
    /// [`Error::Held`].
    pub async fn claim(&self) -> Result<Claim> {
        claim(&self.0.config.data_dir, &self.0.layout.home).await
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn secrets(&self) -> &dyn Secrets {
        &*self.0.secrets
    }

    pub(crate) fn pools(&self) -> &Pools {
        &self.0.pools
    }

    pub(crate) fn home(&self) -> &Path {
        &self.0.layout.home
    }

    async fn superuser(&self) -> Result<(Session, Collation)> {
        self.ensure_running().await?;
        let control = self.0.control.lock().await;
        let running =
            control.running.as_ref().ok_or_else(|| Error::Start { reason: "it was just stopped".to_owned() })?;
        let session = databases::superuser(&self.0.pools, &running.endpoint.host, &running.cluster.password).await?;
        let collation = if running.cluster.state.icu { Collation::IcuRoot } else { Collation::Server };
        Ok((session, collation))
    }
}

impl Inner {
    async fn prepare(&self, control: &mut Control) -> Result<Binaries> {
        if let Some(binaries) = &control.binaries {
            return Ok(binaries.clone());
        }
        let (config, layout) = (self.config.clone(), self.layout.clone());
        let find = move || {
            let state = layout.read_state()?;
            binaries::find(&config, &layout, state.as_ref())
        };
        let binaries = blocking(find).await?;
        control.binaries = Some(binaries.clone());
        Ok(binaries)
    }

    /// What is known of the cluster that somebody runs.
    async fn place(&self, clients: PathBuf, started: bool) -> Result<Place> {
        let missing = || Error::Start { reason: "there is no cluster yet".to_owned() };
        let state = self.layout.read_state()?.ok_or_else(missing)?;
        let port = self.config.tcp.map_or(socket::PORT, |tcp| tcp.port());
        let host = Host::Unix { directory: state.socket_dir.clone().ok_or_else(missing)?, port };
        if !socket::is_there(&host) {
            let reason = format!("it is being started or stopped by another process: there is no socket {host} yet");
            return Err(Error::Start { reason });
        }
        let cluster = self.layout.cluster(state.major);
        let run_as = self.config.run_as.clone();
        let identity = blocking(move || Identity::choose(run_as.as_deref(), Some(&cluster))).await?;
        Ok(Place {
            host,
            password: cluster::password(&state, &*self.secrets)?,
            icu: state.icu,
            clients,
            identity,
            started,
        })
    }

    async fn start(self: &Arc<Self>, control: &mut Control) -> Result<Endpoint> {
        if let Some(running) = control.running.as_ref().filter(|running| running.postmaster.is_running()) {
            return Ok(running.endpoint.clone());
        }
        control.running = None;
        self.status.send_replace(Status::Starting);
        match self.try_start(control).await {
            Ok(running) => {
                let endpoint = running.endpoint.clone();
                self.watch_over(&running);
                control.running = Some(running);
                self.status.send_replace(Status::Running(endpoint.clone()));
                Ok(endpoint)
            }
            Err(error) => {
                // What was found before may be what is broken: an unpacked tree, or a package that was removed.
                control.binaries = None;
                self.status.send_replace(Status::Failed(error.to_string()));
                Err(error)
            }
        }
    }

    async fn try_start(self: &Arc<Self>, control: &mut Control) -> Result<Running> {
        self.layout.create()?;
        let lock = self.layout.lock()?;
        let binaries = self.prepare(control).await?;
        let (cluster, identity) = self.open(&binaries).await?;
        processes::clear_leftovers(&self.layout, &cluster.path).await?;
        let socket_dir = self.prepare_files(&cluster, &identity)?;

        let postmaster = Postmaster::start(&self.layout, &binaries, &identity, &cluster.path, &self.unwanted).await?;
        let port = self.config.tcp.map_or(socket::PORT, |tcp| tcp.port());
        let endpoint = Endpoint {
            host: Host::Unix { directory: socket_dir, port },
            tcp: self.config.tcp,
            version: binaries.version.clone(),
        };
        let running = Running { postmaster, cluster, endpoint, _lock: lock };
        if let Err(error) = self.greet(&running).await {
            running.postmaster.stop().await;
            return Err(error);
        }
        tracing::info!(
            version = running.endpoint.version,
            pid = running.postmaster.pid().as_raw(),
            user = identity.name,
            milliseconds = running.postmaster.age().as_millis(),
            "the managed PostgreSQL is running"
        );
        // Programs that were chosen do without what is unpacked, but not copies; and a cluster that is kept needs its own.
        if self.config.bin_dir.is_none() && running.cluster.state.kept.is_none() {
            bundle::remove_others(&self.layout.home, &binaries.server);
        }
        Ok(running)
    }

    /// Opens the cluster or makes it, as the user that it is to belong to.
    async fn open(self: &Arc<Self>, binaries: &Binaries) -> Result<(Cluster, Identity)> {
        let inner = self.clone();
        let binaries = binaries.clone();
        blocking(move || {
            let existing = inner.layout.cluster(binaries.major);
            let identity = Identity::choose(inner.config.run_as.as_deref(), existing.exists().then_some(&*existing))?;
            let data_dir = &inner.config.data_dir;
            identity.reach(&inner.layout.home, data_dir, OTHER_DATA_DIR)?;
            identity.reach(&binaries.server, data_dir, OTHER_PROGRAMS)?;
            make_log_folder(&inner.layout, &identity)?;
            let cluster = cluster::open_or_create(&inner.layout, &binaries, &identity, &*inner.secrets)?;
            Ok((cluster, identity))
        })
        .await
    }

    /// Prepares what the server reads at its start, and remembers where its socket is.
    fn prepare_files(&self, cluster: &Cluster, identity: &Identity) -> Result<PathBuf> {
        let last = cluster.state.socket_dir.as_deref();
        let socket_dir = socket::prepare(&self.config, &self.layout, identity, last)?;
        if last != Some(&socket_dir) {
            let mut state = cluster.state.clone();
            state.socket_dir = Some(socket_dir.clone());
            self.layout.write_state(&state)?;
        }
        settings::write(&self.layout, &cluster.path, &socket_dir, self.config.tcp)?;
        Ok(socket_dir)
    }

    /// Makes sure that the password we remember is the server's, and that its own databases are closed to others.
    async fn greet(&self, running: &Running) -> Result<()> {
        let host = &running.endpoint.host;
        // Connections to a server that has ended are of no use to this one.
        self.pools.forget(host, "postgres");
        let mut session = databases::superuser(&self.pools, host, &running.cluster.password).await?;
        for (database, then, now) in outdated_collations(&mut session).await? {
            tracing::warn!(
                database,
                then,
                now,
                "texts are sorted by another version of the collation than when the indexes were built; stop the program and \
                 run `mathesar postgres upgrade`, which builds them anew"
            );
        }
        databases::close_to_public(&mut session).await
    }

    /// Starts the server again when it ends by itself, or when nobody can reach it any more: `$XDG_RUNTIME_DIR` goes away when
    /// its user signs out, and cleaners of `/tmp` make mistakes.
    fn watch_over(self: &Arc<Self>, running: &Running) {
        let mut ended = running.postmaster.ended();
        let (layout, pid, host) = (self.layout.clone(), running.postmaster.pid(), running.endpoint.host.clone());
        // Weak, because the last clone of `Managed` must be able to go.
        let inner = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    // An error means that the task that waits for the child is gone, and with it the runtime.
                    change = ended.changed() => match change {
                        Ok(()) => break,
                        Err(_) => return,
                    },
                    () = tokio::time::sleep(HOUSEKEEPING) => {
                        postmaster::prune_logs(&layout);
                        if !socket::is_there(&host) {
                            tracing::warn!("the folder of PostgreSQL's socket was removed; starting PostgreSQL anew");
                            processes::signal(pid, Signal::SIGINT);
                        }
                    }
                }
            }
            let status = ended.borrow().unwrap_or_default();
            bring_back(inner, status).await;
        });
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(running) = &self.control.get_mut().running {
            running.postmaster.abandon();
        }
    }
}

/// Starts the server again, with growing pauses, until it runs, is started by a caller, or is no longer wanted.
async fn bring_back(inner: Weak<Inner>, status: ExitStatus) {
    let reason = format!("it ended by itself with {status}");
    loop {
        let Some(pause) = next_pause(&inner, &reason).await else { return };
        tokio::time::sleep(pause).await;
        let Some(inner) = inner.upgrade() else { return };
        let mut control = inner.control.lock().await;
        if inner.unwanted.load(Ordering::Relaxed) || control.running.is_some() {
            return;
        }
        match inner.start(&mut control).await {
            Ok(_) => return,
            Err(error) => tracing::error!(%error, "the managed PostgreSQL could not be started again"),
        }
    }
}

/// How long to wait before the next attempt; `None` when somebody stopped the server or started it already.
async fn next_pause(inner: &Weak<Inner>, reason: &str) -> Option<Duration> {
    let inner = inner.upgrade()?;
    let mut control = inner.control.lock().await;
    let runs = control.running.as_ref().is_some_and(|running| running.postmaster.is_running());
    if runs || inner.unwanted.load(Ordering::Relaxed) {
        return None;
    }
    if let Some(running) = control.running.take() {
        if running.postmaster.age() > STABLE {
            control.accidents = 0;
        }
        tracing::error!(
            pid = running.postmaster.pid().as_raw(),
            reason,
            "the managed PostgreSQL is gone; starting it again"
        );
    }
    let pause = PAUSES[control.accidents.min(PAUSES.len() - 1)];
    control.accidents += 1;
    inner.status.send_replace(Status::Restarting(reason.to_owned()));
    Some(pause)
}

fn make_log_folder(layout: &Layout, identity: &Identity) -> Result<()> {
    let folder = layout.logs();
    if !folder.exists() {
        DirBuilder::new().mode(0o700).create(&folder).at("Making", &folder)?;
        identity.own(&folder)?;
    }
    Ok(())
}

/// Runs work that blocks on a thread that may.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Start { reason: error.to_string() })?
}
