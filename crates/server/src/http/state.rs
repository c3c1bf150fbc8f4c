//! What every request needs.

use std::sync::{Arc, PoisonError, RwLock};

use ipnet::IpNet;
use mathesar_app::App;
use url::Url;

use super::{confirmed::Confirmed, health::Readiness, hosts::AllowedHosts, sightings::Sightings};
use crate::config::Config;

/// Whom we answer and believe: the part that can change while the server runs.
pub struct Network {
    /// Host names that are answered.
    pub hosts: AllowedHosts,
    /// Proxies whose headers are believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl Network {
    fn new(config: &Config) -> Self {
        Self {
            hosts: AllowedHosts::new(&config.allowed_hosts, config.external_url.as_ref()),
            trusted_proxies: config.trusted_proxies.clone(),
        }
    }
}

/// What every request needs; one for the whole process.
pub struct Shared {
    /// The use cases' own.
    pub app: Arc<App>,
    network: RwLock<Arc<Network>>,
    /// Host names that were confirmed at set-up.
    pub confirmed: Confirmed,
    /// How people reach this installation, when it was said.
    pub external: Option<Url>,
    /// Begins with a slash and does not end with one; empty for the root.
    pub base_path: String,
    /// What `/readyz` says.
    pub readiness: Readiness,
    /// How marked requests arrived.
    pub sightings: Sightings,
}

impl Shared {
    /// Puts together the application and the settings.
    pub fn new(app: Arc<App>, config: &Config) -> Self {
        Self {
            app,
            network: RwLock::new(Arc::new(Network::new(config))),
            confirmed: Confirmed::default(),
            external: config.external_url.clone(),
            base_path: config.base_path.clone(),
            readiness: Readiness::default(),
            sightings: Sightings::default(),
        }
    }

    /// Whom we answer and believe at this moment.
    pub fn network(&self) -> Arc<Network> {
        Arc::clone(&self.network.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over from the settings whom we answer and believe; requests at work keep what they began with.
    pub fn change_network(&self, config: &Config) {
        *self.network.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Network::new(config));
    }
}
