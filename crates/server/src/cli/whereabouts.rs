//! Where the running server listens, noted for the commands beside it: an unchosen port may be another than the usual one.

use std::{
    fs, io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use ureq::{http::Response, tls::TlsConfig};

use crate::config::Config;

const FILE: &str = "address";
/// How long a server on this machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a server listens, and what it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whereabouts {
    pub(super) address: SocketAddr,
    pub(super) https: bool,
}

impl Whereabouts {
    /// Where the server of these settings listens: as it noted, unless the settings choose a place.
    pub(super) fn of(config: &Config) -> Self {
        let chosen = Self { address: config.listen.address, https: config.tls.is_some() };
        if config.listen.chosen { chosen } else { Self::recall(&config.data_dir).unwrap_or(chosen) }
    }

    /// Notes it for other commands.
    pub(super) fn note(self, data_dir: &Path) {
        if let Err(error) = fs::write(data_dir.join(FILE), format!("{}\n", self.origin())) {
            tracing::warn!(%error, "the address could not be noted for other commands");
        }
    }

    /// Where the server listens, or listened when it last ran.
    pub(super) fn recall(data_dir: &Path) -> Option<Self> {
        let text = fs::read_to_string(data_dir.join(FILE)).ok()?;
        let (scheme, address) = text.trim().split_once("://")?;
        Some(Self { address: address.parse().ok()?, https: scheme == "https" })
    }

    /// Scheme, address and port.
    pub(super) fn origin(self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Asks the server for `path`, from this machine. Whose certificate it shows does not matter: nothing secret is sent.
    ///
    /// # Errors
    /// When nothing answers HTTP there.
    pub(super) fn ask(self, path: &str, headers: &[(&str, &str)]) -> io::Result<Response<String>> {
        let here = Self { address: from_here(self.address), ..self };
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .tls_config(TlsConfig::builder().disable_verification(true).build())
            .build()
            .into();
        let mut request = agent.get(format!("{}{path}", here.origin()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, mut body) = request.call().map_err(ureq::Error::into_io)?.into_parts();
        Ok(Response::from_parts(parts, body.read_to_string().map_err(ureq::Error::into_io)?))
    }
}

/// All addresses are reached by the loopback one.
fn from_here(listen: SocketAddr) -> SocketAddr {
    let ip = match listen {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other.ip(),
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_recalled() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Whereabouts::recall(folder.path()), None);
        for (address, https) in [("127.0.0.1:8001", false), ("[::1]:8443", true)] {
            let noted = Whereabouts { address: address.parse().unwrap(), https };
            noted.note(folder.path());
            assert_eq!(Whereabouts::recall(folder.path()), Some(noted));
        }
    }

    #[test]
    fn all_addresses_are_asked_at_the_loopback_one() {
        assert_eq!(from_here("0.0.0.0:80".parse().unwrap()).to_string(), "127.0.0.1:80");
        assert_eq!(from_here("[::]:80".parse().unwrap()).to_string(), "[::1]:80");
        assert_eq!(from_here("192.0.2.1:80".parse().unwrap()).to_string(), "192.0.2.1:80");
    }
}
