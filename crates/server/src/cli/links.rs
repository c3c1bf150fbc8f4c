//! The address that is printed for people to open.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use secrecy::{ExposeSecret as _, SecretString};

use super::whereabouts::Whereabouts;
use crate::config::{Config, Environment};

/// The address of the application, ending in a slash: the one that was set, else one that leads to `server`.
pub(super) fn base(config: &Config, server: Whereabouts) -> String {
    if let Some(url) = &config.external_url {
        let origin = url.origin().ascii_serialization();
        return format!("{origin}{}/", config.base_path);
    }
    let bound = server.address;
    let address = if bound.ip().is_unspecified() { reachable(bound.ip()) } else { bound.ip() };
    let server = Whereabouts { address: SocketAddr::new(address, bound.port()), ..server };
    format!("{}{}/", server.origin(), config.base_path)
}

/// The link for creating the first account. The token stands in the fragment, which browsers do not send or log.
pub(super) fn setup(base: &str, token: &SecretString) -> String {
    format!("{base}setup#token={}", token.expose_secret())
}

/// The address that other machines see, found by asking which one a packet to the outside would leave from; none is sent.
fn reachable(unspecified: IpAddr) -> IpAddr {
    let (local, documentation): (IpAddr, IpAddr) = match unspecified {
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    };
    let asked = UdpSocket::bind((local, 0)).and_then(|socket| {
        socket.connect((documentation, 9))?;
        socket.local_addr()
    });
    asked.map_or(Ipv4Addr::LOCALHOST.into(), |address| address.ip())
}

/// What whoever opens the link should know, a sentence each.
pub(super) fn hints(config: &Config, bound: SocketAddr, environment: &Environment) -> Vec<String> {
    let mut hints = Vec::new();
    if config.external_url.is_some() {
        return hints;
    }
    let headless = ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| environment.raw(name).is_none());
    if bound.ip().is_loopback() && headless {
        let port = bound.port();
        hints.push(format!(
            "From another computer: run `ssh -L {port}:127.0.0.1:{port} THIS-HOST` there, then open the link."
        ));
    }
    if !bound.ip().is_loopback() && config.trusted_proxies.is_empty() && config.tls.is_none() {
        hints.push(
            "Passwords travel unencrypted over plain HTTP. Give a certificate (tls_cert, tls_key), or put a reverse proxy with \
             TLS in front; and set external_url."
                .to_owned(),
        );
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load;

    fn config(variables: &[(&str, &str)]) -> (Config, Environment) {
        let mut all = vec![("HOME", "/nowhere")];
        all.extend(variables);
        let environment = Environment::of(&all, false);
        let loaded = load(&Default::default(), None, &environment).unwrap();
        (Config::new(&loaded, &environment).unwrap(), environment)
    }

    #[test]
    fn the_link_leads_to_where_people_reach_us() {
        let bound = Whereabouts { address: "127.0.0.1:8001".parse().unwrap(), https: false };
        assert_eq!(base(&config(&[]).0, bound), "http://127.0.0.1:8001/");
        assert_eq!(base(&config(&[("MATHESAR_BASE_PATH", "t")]).0, bound), "http://127.0.0.1:8001/t/");
        assert_eq!(base(&config(&[]).0, Whereabouts { https: true, ..bound }), "https://127.0.0.1:8001/");
        let external = config(&[("DOMAIN_NAME", "https://example.org:444/t")]).0;
        assert_eq!(base(&external, bound), "https://example.org:444/t/");
        let link = setup("http://h/", &"abc".to_owned().into());
        assert_eq!(link, "http://h/setup#token=abc");
        assert!(
            !base(&config(&[]).0, Whereabouts { address: "0.0.0.0:80".parse().unwrap(), ..bound }).contains("0.0.0.0")
        );
    }

    #[test]
    fn hints_fit_the_situation() {
        let (plain, headless) = config(&[]);
        assert!(hints(&plain, "127.0.0.1:8000".parse().unwrap(), &headless)[0].contains("ssh -L 8000:"));
        let (plain, desktop) = config(&[("DISPLAY", ":0")]);
        assert!(hints(&plain, "127.0.0.1:8000".parse().unwrap(), &desktop).is_empty());
        assert!(hints(&plain, "0.0.0.0:8000".parse().unwrap(), &desktop)[0].contains("unencrypted"));
        let (external, _) = config(&[("DOMAIN_NAME", "https://example.org")]);
        assert!(hints(&external, "0.0.0.0:8000".parse().unwrap(), &headless).is_empty());
    }
}
