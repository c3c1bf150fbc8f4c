//! Who is at the other end, and under which address they reached us.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;
use url::Url;

use super::serve::Peer;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The client of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address; behind trusted proxies the one that they report.
    pub address: IpAddr,
    /// Host and port as the client wrote them; empty when it wrote none.
    pub host: String,
    /// Whether the client's own connection is encrypted.
    pub https: bool,
}

impl Client {
    /// Reads the client of a request that came from `peer`. Forwarded headers count only when `peer` is a trusted proxy.
    pub fn of(peer: Peer, headers: &HeaderMap, trusted: &[IpNet], external: Option<&Url>) -> Self {
        let Peer { address, encrypted } = peer;
        let peer = address.ip().to_canonical();
        let believed = is_trusted(peer, trusted);
        let forwarded = |name| if believed { text(headers, name) } else { None };
        let host = forwarded(FORWARDED_HOST).map(first).or_else(|| text(headers, header::HOST)).unwrap_or_default();
        let https = match forwarded(FORWARDED_PROTO).map(first) {
            Some(scheme) => scheme.eq_ignore_ascii_case("https"),
            // A proxy that ends TLS may not say so; the setting does for the host that it names.
            None => {
                let external = external.filter(|url| url.scheme() == "https");
                encrypted || external.is_some_and(|url| url.host_str() == Some(host_name(host)))
            }
        };
        let address = if believed { behind_proxies(peer, headers, trusted) } else { peer };
        Self { address, host: host.to_owned(), https }
    }

    /// Host without the port.
    pub fn host_name(&self) -> &str {
        host_name(&self.host)
    }
}

/// The last address that no trusted proxy has: what stands before it was written by whoever had that address.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer;
    let hops: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    for hop in hops.iter().flat_map(|line| line.split(',')).rev() {
        let Some(address) = parse_address(hop.trim()) else { break };
        client = address;
        if !is_trusted(client, trusted) {
            break;
        }
    }
    client
}

/// Some proxies add the port.
fn parse_address(text: &str) -> Option<IpAddr> {
    let address = text.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip())).ok()?;
    Some(IpAddr::to_canonical(&address))
}

/// Whether `address` is that of a trusted proxy.
pub fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn first(list: &str) -> &str {
    list.split(',').next().unwrap_or_default().trim()
}

/// The host of `host:port`, with the brackets of an IPv6 address.
pub fn host_name(host: &str) -> &str {
    let after_brackets = host.rfind(']').unwrap_or_default();
    host[after_brackets..].find(':').map_or(host, |colon| &host[..after_brackets + colon])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn client(peer: &str, list: &[(&'static str, &str)]) -> Client {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let external = Url::parse("https://tables.example.org/").unwrap();
        let peer = Peer { address: format!("{peer}:1234").parse().unwrap(), encrypted: false };
        Client::of(peer, &headers(list), &trusted, Some(&external))
    }

    #[test]
    fn what_we_encrypt_ourselves_is_https_unless_a_proxy_of_ours_says_otherwise() {
        let https = |address: &str, list: &[(&'static str, &str)]| {
            let peer = Peer { address: format!("{address}:1234").parse().unwrap(), encrypted: true };
            Client::of(peer, &headers(list), &["10.0.0.0/8".parse().unwrap()], None).https
        };
        let forwarded = [("x-forwarded-proto", "http")];
        assert!(https("192.0.2.7", &[]) && https("192.0.2.7", &forwarded) && https("10.0.0.1", &[]));
        assert!(!https("10.0.0.1", &forwarded));
    }

    #[test]
    fn forwarded_headers_of_strangers_do_not_count() {
        let forged = [
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "https"),
            ("host", "localhost:8000"),
        ];
        let seen = client("192.0.2.7", &forged);
        assert_eq!(seen, Client { address: "192.0.2.7".parse().unwrap(), host: "localhost:8000".into(), https: false });
    }

    #[test]
    fn behind_trusted_proxies_the_last_untrusted_address_counts() {
        let list = [("x-forwarded-for", "6.6.6.6, 192.0.2.9:55, 10.1.1.1"), ("x-forwarded-proto", "https")];
        let seen = client("10.0.0.1", &list);
        assert_eq!((seen.address.to_string().as_str(), seen.https), ("192.0.2.9", true));
        assert_eq!(client("10.0.0.1", &[("x-forwarded-for", "garbage")]).address.to_string(), "10.0.0.1");
    }

    #[test]
    fn the_external_url_says_that_its_host_is_reached_over_https() {
        assert!(client("192.0.2.7", &[("host", "tables.example.org")]).https);
        assert!(!client("192.0.2.7", &[("host", "127.0.0.1:8000")]).https);
    }

    #[test]
    fn the_host_name_is_without_the_port() {
        for (host, name) in
            [("a.org:80", "a.org"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("a.org", "a.org"), ("", "")]
        {
            assert_eq!(host_name(host), name);
        }
    }
}
