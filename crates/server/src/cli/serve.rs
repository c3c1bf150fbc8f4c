//! `mathesar serve`: from start to an orderly end.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use mathesar_app::{
    App, files, import, jobs,
    setup::{self, Created},
};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{Prepared, block_on, browser, links, owner, reload::Reload, systemd, whereabouts::Whereabouts};
use crate::{
    backup::schedule,
    config::{Config, Environment, Metrics},
    http::{self, metrics, serve, state::Shared, tls::Certificate},
    start::{self, Managed, Purpose, Started, lasting},
    telemetry::{self, LogLevel},
};

/// How often what nobody needs any more is removed.
const HOUSEKEEPING: Duration = Duration::from_secs(3600);
/// How long the end of jobs and of the managed PostgreSQL is waited for; with the requests' share it stays within 10 s.
const END: Duration = Duration::from_secs(4);

pub(super) fn run(prepared: Prepared) -> anyhow::Result<()> {
    let log_level = telemetry::init(&prepared.config.log_level, prepared.config.log_json);
    for notice in &prepared.loaded.notices {
        tracing::warn!("{notice}");
    }
    lasting::check(&prepared.config, &prepared.environment)?;
    owner::become_owner_of(&prepared.config.data_dir)?;
    block_on(prepared.config.threads, serve(prepared, log_level))
}

async fn serve(prepared: Prepared, log_level: LogLevel) -> anyhow::Result<()> {
    let Prepared { arguments, environment, loaded, config } = prepared;
    let (config, environment) = (&config, &environment);
    // Before anything can be told to stop.
    let mut signals = Signals::new()?;
    let certificate = config.tls.as_ref().map(Certificate::open).transpose()?.map(Arc::new);
    let acceptor = certificate.as_ref().map(|certificate| certificate.acceptor()).transpose()?;
    let listener = listen(config).await?;
    let bound = Whereabouts { address: listener.local_addr()?, https: config.tls.is_some() };
    let Started { app, managed, .. } = &start::open(config, environment, Purpose::Serve).await?;
    create_first_superuser(config, app).await?;
    let stop = CancellationToken::new();
    let background = Background::start(config, environment, app, managed.as_ref(), &stop).await?;
    let shared = Arc::new(Shared::new(Arc::clone(app), config));
    let service = http::service(Arc::clone(&shared));
    let serving = tokio::spawn(serve::serve(listener, acceptor, service, stop.clone()));
    if let Some(certificate) = certificate.clone() {
        tokio::spawn(certificate.watch(stop.clone()));
    }
    let link = announce(config, environment, app, bound).await?;
    browser::open_where_wanted(config.open_browser, environment, &link);
    bound.note(&config.data_dir);
    let status = format!("serving at {}", links::base(config, bound));
    systemd::ready(&status);
    if let Some(hangups) = signals.reload.take() {
        let (environment, loaded) = (environment.clone(), loaded);
        let reload = Reload { arguments, environment, loaded, shared, certificate, log_level, status };
        tokio::spawn(reload.at_each(hangups, stop.clone()));
    }

    signals.stop().await;
    tracing::info!("stopping");
    systemd::stopping();
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
    backups: Option<JoinHandle<()>>,
}

impl Background {
    async fn start(
        config: &Config,
        environment: &Environment,
        app: &Arc<App>,
        managed: Option<&Managed>,
        stop: &CancellationToken,
    ) -> anyhow::Result<Self> {
        if let Some(managed) = managed.cloned() {
            tokio::spawn(async move { managed.warm_up().await });
        }
        if let Some(Metrics { address, token }) = &config.metrics {
            let listener = TcpListener::bind(address)
                .await
                .with_context(|| format!("{address} cannot be listened on for metrics."))?;
            let service = metrics::service(Arc::clone(app), token.clone())?;
            tokio::spawn(serve::serve(listener, None, service, stop.clone()));
        }
        systemd::watchdog(stop.clone());
        let mut id = [0; 8];
        app.random.fill(&mut id);
        let worker = jobs::work(Arc::clone(app), format!("{}-{}", std::process::id(), hex::encode(id)), stop.clone());
        let housekeeping = tokio::spawn(keep_house(Arc::clone(app), stop.clone()));
        let backups = config.backups.plan.clone().map(|plan| {
            let (config, environment) = (config.clone(), environment.clone());
            tokio::spawn(schedule::run(plan, config, environment, Arc::clone(app), managed.cloned(), stop.clone()))
        });
        Ok(Self { worker: tokio::spawn(worker), housekeeping, backups })
    }

    /// Waits for jobs to be put back and for the managed PostgreSQL to stop, at the same time.
    async fn end(self, managed: Option<&Managed>) {
        let stop_managed = async {
            if let Some(managed) = managed {
                managed.stop().await;
            }
        };
        let backups = async {
            if let Some(backups) = self.backups {
                let _ = backups.await;
            }
        };
        let all = async { tokio::join!(self.worker, self.housekeeping, backups, stop_managed) };
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
        match files::sweep(&app).await {
            Ok(0) => {}
            Ok(files) => tracing::info!(files, "files of forms that nobody sent were removed"),
            Err(error) => tracing::warn!(error = ?error, "files of forms that nobody sent could not be removed"),
        }
        app.places.sweep(tokio::time::Instant::now());
    }
}

/// Prints the one link to open, and gives it. It is the only place where a token is printed, and it goes to the terminal, not to
/// the log.
async fn announce(config: &Config, environment: &Environment, app: &App, bound: Whereabouts) -> anyhow::Result<String> {
    let base = links::base(config, bound);
    let mut text = format!("\nMathesar {} is running.\n\n", app.options.version);
    let link = match setup::mint_token(app).await? {
        Some(made) => {
            let link = links::setup(&base, &made.token);
            text.push_str("Open this link to create the first account; it is good for 24 hours:\n\n");
            text.push_str(&format!("    {link}\n\n"));
            text.push_str(&format!("To print a new one: {}\n", app.options.setup_link_command));
            link
        }
        None => {
            text.push_str(&format!("    {base}\n\n"));
            base
        }
    };
    for hint in links::hints(config, bound.address, environment) {
        text.push_str(&format!("{hint}\n"));
    }
    if io::stdout().is_terminal() {
        text.push_str("Press Ctrl+C to stop.\n");
    }
    // Nobody may read what we print, as when a parent process has gone.
    let _ = io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
    tracing::info!(address = %bound.address, "listening");
    Ok(link)
}

/// The signals that the program hears.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// SIGHUP in a terminal: it was closed.
    closed: Option<Signal>,
    /// SIGHUP elsewhere: the settings are to be read again.
    reload: Option<Signal>,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let in_terminal = io::stdin().is_terminal() || io::stdout().is_terminal();
        let hangup = signal(SignalKind::hangup())?;
        let (closed, reload) = if in_terminal { (Some(hangup), None) } else { (None, Some(hangup)) };
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(Self { terminate, interrupt, closed, reload })
    }

    /// Waits for one that asks the program to stop.
    async fn stop(&mut self) {
        let closed = async {
            match &mut self.closed {
                Some(closed) => drop(closed.recv().await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = closed => {}
        }
    }
}
