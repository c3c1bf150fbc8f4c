//! `mathesar serve`: from start to an orderly end.

use std::{
    io::{self, IsTerminal as _, Write as _},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use mathesar_app::{
    App, import, jobs,
    setup::{self, Created},
};
use sd_notify::NotifyState;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{Prepared, block_on, links, owner, whereabouts};
use crate::{
    config::{Config, Environment, Metrics},
    http::{self, metrics, serve, state::Shared},
    start::{self, Managed, Purpose, Started},
    telemetry,
};

/// How often what nobody needs any more is removed.
const HOUSEKEEPING: Duration = Duration::from_secs(3600);
/// How long the end of jobs and of the managed PostgreSQL is waited for; with the requests' share it stays within 10 s.
const END: Duration = Duration::from_secs(4);

pub(super) fn run(prepared: Prepared) -> anyhow::Result<()> {
    let Prepared { environment, loaded, config } = prepared;
    telemetry::init(&config.log_level, config.log_json);
    for notice in &loaded.notices {
        tracing::warn!("{notice}");
    }
    owner::become_owner_of(&config.data_dir)?;
    block_on(config.threads, serve(&config, &environment))
}

async fn serve(config: &Config, environment: &Environment) -> anyhow::Result<()> {
    // Before anything can be told to stop.
    let mut signals = Signals::new()?;
    let listener = listen(config).await?;
    let bound = listener.local_addr()?;
    let Started { app, managed, .. } = &start::open(config, environment, Purpose::Serve).await?;
    create_first_superuser(config, app).await?;
    let stop = CancellationToken::new();
    let background = Background::start(app, managed.as_ref(), config.metrics.as_ref(), &stop).await?;
    let shared = Arc::new(Shared::new(Arc::clone(app), config));
    let serving = tokio::spawn(serve::serve(listener, http::service(shared), stop.clone()));
    announce(config, environment, app, bound).await?;
    whereabouts::note(&config.data_dir, bound);
    notify(&[NotifyState::Ready]);

    signals.stop().await;
    tracing::info!("stopping");
    notify(&[NotifyState::Stopping]);
    stop.cancel();
    // Somebody who presses Ctrl+C twice does not want to wait.
    tokio::spawn(async move {
        signals.stop().await;
        std::process::exit(130);
    });
    serving.await.context("The server ended in an unexpected way.")?;
    background.end(managed.as_ref()).await;
    app.store.clone().close().await?;
    Ok(())
}

async fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    let address = config.listen.address;
    serve::listen(config.listen).await.with_context(|| {
        format!("{address} cannot be listened on. Stop what uses it, or choose another with --bind 127.0.0.1:PORT.")
    })
}

async fn create_first_superuser(config: &Config, app: &App) -> anyhow::Result<()> {
    let Some(first) = &config.first_superuser else { return Ok(()) };
    let first = setup::FirstSuperuser {
        username: first.username.clone(),
        password: first.password.clone(),
        email: first.email.clone(),
    };
    match setup::create_first_superuser(app, first).await {
        Ok(Created::Now) => tracing::info!("the first superuser was created from the settings"),
        Ok(Created::Before) => tracing::info!("superuser_password is ignored: there is a user already"),
        Err(error) => return Err(error).context("The first superuser cannot be created from the settings"),
    }
    Ok(())
}

/// What runs beside the requests.
struct Background {
    worker: JoinHandle<()>,
    housekeeping: JoinHandle<()>,
}

impl Background {
    async fn start(
        app: &Arc<App>,
        managed: Option<&Managed>,
        metrics: Option<&Metrics>,
        stop: &CancellationToken,
    ) -> anyhow::Result<Self> {
        if let Some(managed) = managed.cloned() {
            tokio::spawn(async move { managed.warm_up().await });
        }
        if let Some(Metrics { address, token }) = metrics {
            let listener = TcpListener::bind(address)
                .await
                .with_context(|| format!("{address} cannot be listened on for metrics."))?;
            tokio::spawn(serve::serve(listener, metrics::service(Arc::clone(app), token.clone())?, stop.clone()));
        }
        watchdog(stop.clone());
        let mut id = [0; 8];
        app.random.fill(&mut id);
        let worker = jobs::work(Arc::clone(app), format!("{}-{}", std::process::id(), hex::encode(id)), stop.clone());
        Ok(Self { worker: tokio::spawn(worker), housekeeping: tokio::spawn(keep_house(Arc::clone(app), stop.clone())) })
    }

    /// Waits for jobs to be put back and for the managed PostgreSQL to stop, at the same time.
    async fn end(self, managed: Option<&Managed>) {
        let stop_managed = async {
            if let Some(managed) = managed {
                managed.stop().await;
            }
        };
        let all = async { tokio::join!(self.worker, self.housekeeping, stop_managed) };
        if tokio::time::timeout(END, all).await.is_err() {
            tracing::warn!("something did not end in time and is left to the system");
        }
    }
}

async fn keep_house(app: Arc<App>, stop: CancellationToken) {
    let mut every = tokio::time::interval(HOUSEKEEPING);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = mathesar_app::auth::purge(&app).await {
            tracing::warn!(error = ?error, "sessions that ended could not be removed");
        }
        if let Err(error) = import::sweep(&app).await {
            tracing::warn!(error = ?error, "uploads that nobody imported could not be removed");
        }
    }
}

/// Tells systemd that the process is alive, as often as it wants to hear it.
fn watchdog(stop: CancellationToken) {
    let Some(patience) = sd_notify::watchdog_enabled() else { return };
    tokio::spawn(async move {
        let mut every = tokio::time::interval(patience / 2);
        while !stop.is_cancelled() {
            every.tick().await;
            notify(&[NotifyState::Watchdog]);
        }
    });
}

fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd could not be told");
    }
}

/// Prints the one link to open. It is the only place where a token is printed, and it goes to the terminal, not to the log.
async fn announce(config: &Config, environment: &Environment, app: &App, bound: SocketAddr) -> anyhow::Result<()> {
    let base = links::base(config, bound);
    let mut text = format!("\nMathesar {} is running.\n\n", app.options.version);
    match setup::mint_token(app).await? {
        Some(made) => {
            text.push_str("Open this link to create the first account; it is good for 24 hours:\n\n");
            text.push_str(&format!("    {}\n\n", links::setup(&base, &made.token)));
            text.push_str(&format!("To print a new one: {}\n", app.options.setup_link_command));
        }
        None => text.push_str(&format!("    {base}\n\n")),
    }
    for hint in links::hints(config, bound, environment) {
        text.push_str(&format!("{hint}\n"));
    }
    if io::stdout().is_terminal() {
        text.push_str("Press Ctrl+C to stop.\n");
    }
    // Nobody may read what we print, as when a parent process has gone.
    let _ = io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
    tracing::info!(address = %bound, "listening");
    Ok(())
}

/// The signals that ask the program to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for one of them.
    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
