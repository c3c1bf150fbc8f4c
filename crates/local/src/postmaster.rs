//! One running PostgreSQL server: started, waited for, watched, stopped.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use nix::{fcntl::OFlag, sys::signal::Signal, unistd::Pid};
use tokio::sync::watch;

use crate::{
    binaries::Binaries,
    cluster::tail,
    error::{Error, IoContext, Result},
    identity::Identity,
    layout::Layout,
    processes,
};

/// How long a start may take; after a crash it first replays what was written.
const START: Duration = Duration::from_secs(300);
/// How often we look whether it is ready.
const LOOK: Duration = Duration::from_millis(10);
/// How many files of PostgreSQL's log are kept, of 10 MB each.
const KEPT_LOGS: usize = 10;

/// A running server that is a child of ours.
#[derive(Debug)]
pub(crate) struct Postmaster {
    pid: Pid,
    since: Instant,
    ended: watch::Receiver<Option<ExitStatus>>,
    cluster: PathBuf,
}

impl Postmaster {
    /// Starts the server and waits until it takes connections.
    pub(crate) async fn start(
        layout: &Layout,
        binaries: &Binaries,
        identity: &Identity,
        cluster: &Path,
        unwanted: &AtomicBool,
    ) -> Result<Self> {
        prune_logs(layout);
        let start_log = layout.start_log();
        let log = new_log(&start_log).at("Writing", &start_log)?;
        let program = binaries.program("postgres");
        let mut command = identity.command(&program);
        command
            .arg("-D")
            .arg(cluster)
            .arg(processes::config_argument(layout))
            .stdout(log.try_clone().at("Writing", &start_log)?)
            .stderr(Stdio::from(log));
        let mut child = tokio::process::Command::from(command).spawn().at("Starting", &program)?;
        let pid = child.id().and_then(|id| id.try_into().ok()).map(Pid::from_raw);
        let pid = pid.ok_or_else(|| Error::Start { reason: "it ended at once".to_owned() })?;
        let (sender, ended) = watch::channel(None);
        tokio::spawn(async move {
            // A failure to wait can only mean that somebody else waited for the child; it has ended all the same.
            let status = child.wait().await.unwrap_or_default();
            sender.send_replace(Some(status));
        });
        let mut postmaster = Self { pid, since: Instant::now(), ended, cluster: cluster.to_owned() };
        match postmaster.wait_until_ready(unwanted).await {
            Ok(()) => Ok(postmaster),
            Err(reason) => {
                postmaster.stop().await;
                Err(Error::Start { reason: format!("{reason}\n{}", last_words(layout)) })
            }
        }
    }

    async fn wait_until_ready(&mut self, unwanted: &AtomicBool) -> std::result::Result<(), String> {
        while self.since.elapsed() < START {
            if unwanted.load(Ordering::Relaxed) {
                return Err("it was told to stop.".to_owned());
            }
            if let Some(status) = *self.ended.borrow() {
                return Err(format!("it ended with {status}."));
            }
            if is_ready(&self.cluster.join(processes::PID_FILE), self.pid) {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
        Err(format!("it was not ready after {} seconds.", START.as_secs()))
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&self) -> bool {
        self.ended.borrow().is_none()
    }

    /// How long it has been there.
    pub(crate) fn age(&self) -> Duration {
        self.since.elapsed()
    }

    /// Changes once, when it ends.
    pub(crate) fn ended(&self) -> watch::Receiver<Option<ExitStatus>> {
        self.ended.clone()
    }

    /// Its process number.
    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    /// Stops it: fast, and more firmly where that takes too long.
    pub(crate) async fn stop(&self) {
        processes::shut_down(self.pid, || async { self.is_running() }).await;
    }

    /// Asks it to stop and does not wait: for an end of the program that did not come through [`Postmaster::stop`].
    pub(crate) fn abandon(&self) {
        if self.is_running() {
            processes::signal(self.pid, Signal::SIGINT);
        }
    }
}

/// The eighth line of the file says `ready`, as `pg_ctl` reads it (PostgreSQL, `src/include/utils/pidfile.h`).
fn is_ready(pid_file: &Path, pid: Pid) -> bool {
    let Ok(text) = fs::read_to_string(pid_file) else { return false };
    let mut lines = text.lines();
    lines.next().is_some_and(|line| line.trim() == pid.to_string())
        && lines.nth(6).is_some_and(|status| status.trim() == "ready")
}

fn new_log(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// The end of what it said, before and after its own log began.
fn last_words(layout: &Layout) -> String {
    let newest = logs(layout).pop();
    let texts = [Some(layout.start_log()), newest].into_iter().flatten().filter_map(|path| read_end(&path).ok());
    texts
        .map(|text| tail(&String::from_utf8_lossy(&text)))
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Reads the end of a log. A link is not followed: PostgreSQL's user, who could make one, may see less than we.
fn read_end(path: &Path) -> std::io::Result<Vec<u8>> {
    const END: u64 = 16 << 10;
    let mut file = OpenOptions::new().read(true).custom_flags(OFlag::O_NOFOLLOW.bits()).open(path)?;
    let start = file.metadata()?.len().saturating_sub(END);
    file.seek(SeekFrom::Start(start))?;
    let mut text = Vec::new();
    file.take(END).read_to_end(&mut text)?;
    Ok(text)
}

/// PostgreSQL rotates its log and never deletes one.
pub(crate) fn prune_logs(layout: &Layout) {
    let mut logs = logs(layout);
    logs.truncate(logs.len().saturating_sub(KEPT_LOGS));
    for log in logs {
        if let Err(error) = fs::remove_file(&log) {
            tracing::warn!(path = %log.display(), %error, "an old log could not be removed");
        }
    }
}

/// The log's files, oldest first: their names are times.
fn logs(layout: &Layout) -> Vec<PathBuf> {
    let mut logs: Vec<PathBuf> = fs::read_dir(layout.logs())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    logs.sort_unstable();
    logs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_is_read_from_the_pid_file_of_this_very_process() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postmaster.pid");
        let text = |status: &str| format!("42\n/data\n1700000000\n5432\n/run/x\n\n  12345  0\n{status}\n");
        fs::write(&file, text("starting")).unwrap();
        assert!(!is_ready(&file, Pid::from_raw(42)));
        fs::write(&file, text("ready   ")).unwrap();
        assert!(is_ready(&file, Pid::from_raw(42)));
        assert!(!is_ready(&file, Pid::from_raw(43)));
    }

    #[test]
    fn only_the_newest_logs_are_kept() {
        let data_dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(data_dir.path());
        let folder = layout.logs();
        fs::create_dir_all(&folder).unwrap();
        for day in 10..25 {
            fs::write(folder.join(format!("postgresql-202601{day}-000000.log")), "").unwrap();
        }
        prune_logs(&layout);
        let left = logs(&layout);
        assert_eq!(left.len(), KEPT_LOGS);
        assert!(left[0].ends_with("postgresql-20260115-000000.log"));
    }
}
