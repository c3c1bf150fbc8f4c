//! What systemd is told (sd_notify(3)). Without it, all of this does nothing.

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

/// The service does its work; `status` says in one line what it does, for `systemctl status`.
pub(super) fn ready(status: &str) {
    notify(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// The settings are being read again. [`ready`] must follow.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "systemd could not be told"),
    }
}

/// The service is about to end.
pub(super) fn stopping() {
    notify(&[NotifyState::Stopping]);
}

/// Tells systemd that the process is alive, as often as it wants to hear it, until `stop` fires.
pub(super) fn watchdog(stop: CancellationToken) {
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
