//! What every request needs.

use std::sync::Arc;

use ipnet::IpNet;
use mathesar_app::App;
use url::Url;

use super::{health::Readiness, hosts::AllowedHosts};
use crate::config::Config;

/// What every request needs; one for the whole process.
pub struct Shared {
    /// The use cases' own.
    pub app: Arc<App>,
    /// Host names that are answered.
    pub hosts: AllowedHosts,
    /// Proxies whose headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How people reach this installation, when it was said.
    pub external: Option<Url>,
    /// Begins with a slash and does not end with one; empty for the root.
    pub base_path: String,
    /// What `/readyz` says.
    pub readiness: Readiness,
}

impl Shared {
    /// Puts together the application and the settings.
    pub fn new(app: Arc<App>, config: &Config) -> Self {
        Self {
            app,
            hosts: AllowedHosts::new(&config.allowed_hosts, config.external_url.as_ref()),
            trusted_proxies: config.trusted_proxies.clone(),
            external: config.external_url.clone(),
            base_path: config.base_path.clone(),
            readiness: Readiness::default(),
        }
    }
}
