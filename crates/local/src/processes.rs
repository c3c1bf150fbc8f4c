//! Which processes use a cluster, read from `/proc`: every process of PostgreSQL works in the cluster's folder.

use std::{
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt,
    path::Path,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    error::{Error, IoContext, Result},
    layout::Layout,
};

/// How often we look whether something has ended.
const LOOK: Duration = Duration::from_millis(20);
/// A fast shutdown rolls back, writes a checkpoint and ends.
const FAST: Duration = Duration::from_secs(25);
/// An immediate shutdown only ends; the next start recovers.
const IMMEDIATE: Duration = Duration::from_secs(5);

/// The file in which a running PostgreSQL says that it runs.
pub(crate) const PID_FILE: &str = "postmaster.pid";

/// The processes whose working directory is `cluster`.
pub(crate) fn of_cluster(cluster: &Path) -> Vec<Pid> {
    // The kernel names the folder without symbolic links; to overlook a server because of one would be fatal.
    let cluster = fs::canonicalize(cluster).unwrap_or_else(|_| cluster.to_owned());
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid: &i32| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == cluster))
        .map(Pid::from_raw)
        .collect()
}

/// Deals with what an earlier life of this program left behind. We hold the lock, so nobody else of ours is alive.
///
/// A server of ours that outlived us is shut down and started again, not adopted: it may run with settings, binaries or a user
/// that we no longer have. A server that somebody else started is left alone, and we refuse.
pub(crate) async fn clear_leftovers(layout: &Layout, cluster: &Path) -> Result<()> {
    let pid_file = cluster.join(PID_FILE);
    let postmaster = postmaster_of(&pid_file)?;
    let mut running = of_cluster(cluster);
    if let Some(pid) = postmaster.filter(|pid| running.contains(pid)) {
        if !is_ours(pid, layout) {
            let holder = format!("a PostgreSQL that somebody else started, process {pid}");
            return Err(Error::Held { path: cluster.to_owned(), holder });
        }
        tracing::warn!(pid = pid.as_raw(), "a PostgreSQL of an earlier run is still there; stopping it first");
        shut_down(pid, || async { alive(pid) }).await;
        running = of_cluster(cluster);
    }
    // Children of a killed server end by themselves, unless they are deep in a computation.
    if !gone_within(IMMEDIATE, || async { !of_cluster(cluster).is_empty() }).await {
        running.retain(|pid| alive(*pid));
        running.iter().for_each(|pid| signal(*pid, Signal::SIGQUIT));
        if !gone_within(IMMEDIATE, || async { !of_cluster(cluster).is_empty() }).await {
            let holder = format!("processes of an earlier PostgreSQL that do not end: {running:?}");
            return Err(Error::Held { path: cluster.to_owned(), holder });
        }
    }
    // PostgreSQL refuses to start when the number in the file belongs, by now, to some other process of its user, which in a
    // container is likely. Nobody uses the cluster, so the file means nothing any more. In all other cases PostgreSQL is the
    // better judge of its own file.
    if postmaster.is_some_and(alive) && pid_file.exists() {
        fs::remove_file(&pid_file).at("Removing", &pid_file)?;
    }
    Ok(())
}

/// Asks a server to end, more and more firmly, until `running` says that it has.
///
/// Never `SIGKILL` first: it would leave the children and the shared memory behind.
pub(crate) async fn shut_down<F: Future<Output = bool>>(pid: Pid, running: impl Fn() -> F) {
    for (how, patience) in [(Signal::SIGINT, FAST), (Signal::SIGQUIT, IMMEDIATE), (Signal::SIGKILL, IMMEDIATE)] {
        signal(pid, how);
        if gone_within(patience, &running).await {
            return;
        }
        tracing::warn!(pid = pid.as_raw(), %how, "PostgreSQL did not stop in time");
    }
}

/// Sends a signal; a process that has ended meanwhile is no error.
pub(crate) fn signal(pid: Pid, signal: Signal) {
    match kill(pid, signal) {
        Ok(()) | Err(Errno::ESRCH) => {}
        Err(error) => tracing::warn!(pid = pid.as_raw(), %signal, %error, "a signal could not be sent"),
    }
}

async fn gone_within<F: Future<Output = bool>>(patience: Duration, running: impl Fn() -> F) -> bool {
    let start = Instant::now();
    while running().await {
        if start.elapsed() > patience {
            return false;
        }
        tokio::time::sleep(LOOK).await;
    }
    true
}

/// Whether a process is there and has not merely left its entry for its parent to read.
fn alive(pid: Pid) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')))
}

fn postmaster_of(pid_file: &Path) -> Result<Option<Pid>> {
    match fs::read_to_string(pid_file) {
        Ok(text) => Ok(text.lines().next().and_then(|line| line.trim().parse().ok()).map(Pid::from_raw)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).at("Reading", pid_file),
    }
}

/// A server that we started has our configuration file among its arguments.
fn is_ours(pid: Pid, layout: &Layout) -> bool {
    let Ok(arguments) = fs::read(format!("/proc/{pid}/cmdline")) else { return false };
    let ours = config_argument(layout);
    arguments.split(|byte| *byte == 0).any(|argument| OsStr::from_bytes(argument) == OsStr::new(&ours))
}

/// The argument that names our configuration file.
pub(crate) fn config_argument(layout: &Layout) -> String {
    format!("--config_file={}", layout.config_file().display())
}
