//! SIGHUP: the settings are read again, and what can change while the server runs changes.

use std::sync::Arc;

use tokio::signal::unix::Signal;
use tokio_util::sync::CancellationToken;

use super::{SettingArguments, systemd};
use crate::{
    config::{
        Config, Environment, Loaded,
        settings::{SETTINGS, Setting, When},
    },
    http::{state::Shared, tls::Certificate},
    telemetry::LogLevel,
};

/// What a reload works with.
pub(super) struct Reload {
    pub(super) arguments: SettingArguments,
    pub(super) environment: Environment,
    /// The settings that were read last.
    pub(super) loaded: Loaded,
    pub(super) shared: Arc<Shared>,
    pub(super) certificate: Option<Arc<Certificate>>,
    pub(super) log_level: LogLevel,
    /// What systemd is told after it.
    pub(super) status: String,
}

impl Reload {
    /// Reads the settings again at each SIGHUP, until `stop` fires.
    pub(super) async fn at_each(mut self, mut hangups: Signal, stop: CancellationToken) {
        while stop.run_until_cancelled(hangups.recv()).await.flatten().is_some() {
            systemd::reloading();
            self.read_again();
            systemd::ready(&self.status);
        }
    }

    fn read_again(&mut self) {
        let read = self
            .arguments
            .load(&self.environment)
            .and_then(|loaded| Config::new(&loaded, &self.environment).map(|config| (loaded, config)));
        match read {
            Ok((loaded, config)) => self.apply(loaded, &config),
            Err(problems) => tracing::warn!("the settings stay as they are: {problems}"),
        }
        if let Some(certificate) = &self.certificate {
            match certificate.reload() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(error) => tracing::warn!("the certificate that was served before stays: {error:#}"),
            }
        }
    }

    fn apply(&mut self, loaded: Loaded, config: &Config) {
        self.shared.change_network(config);
        if let Err(error) = self.log_level.change(&config.log_level) {
            tracing::warn!(%error, "the log level could not be changed");
        }
        let (now, later): (Vec<&'static Setting>, Vec<&'static Setting>) = SETTINGS
            .iter()
            .filter(|setting| self.loaded.text(setting.name) != loaded.text(setting.name))
            .partition(|setting| setting.when == When::Reload);
        // What waits for a restart is kept as it is in force, so that the next SIGHUP tells it again.
        for setting in &now {
            self.loaded.values.remove(setting.name);
            self.loaded.values.extend(loaded.given(setting.name).map(|given| (setting.name, given.clone())));
        }
        match names(&now) {
            None => tracing::info!("the settings were read again; nothing changed that can change now"),
            Some(names) => tracing::info!("the settings were read again; changed: {names}"),
        }
        if let Some(names) = names(&later) {
            tracing::warn!("the server must be started again before these settings count: {names}");
        }
    }
}

/// The names of some settings; `None` when there are none.
fn names(settings: &[&Setting]) -> Option<String> {
    let names: Vec<&str> = settings.iter().map(|setting| setting.name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
