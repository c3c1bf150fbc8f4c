//! Asking servers elsewhere, over HTTPS with the authorities that this machine trusts.

use std::{sync::Arc, time::Duration};

use ureq::config::ConfigBuilder;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::AgentScope;

/// An HTTP client that gives up after `patience`. Statuses are answers, not errors.
pub fn agent(patience: Duration) -> ureq::Agent {
    configured().timeout_global(Some(patience)).build().into()
}

/// The beginnings of such a client, which does not give up yet.
pub fn configured() -> ConfigBuilder<AgentScope> {
    let system = rustls_native_certs::load_native_certs().certs;
    let system: Vec<Certificate<'static>> =
        system.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
    // A bare container has none of its own; Mozilla's are carried for it.
    let roots = if system.is_empty() { RootCerts::WebPki } else { RootCerts::Specific(Arc::new(system)) };
    ureq::Agent::config_builder().http_status_as_error(false).tls_config(TlsConfig::builder().root_certs(roots).build())
}
