//! Which host names are answered. A page of a stranger can make its own name lead to our address (DNS rebinding), and its
//! scripts would then be of the same origin; so names must be known.

use std::net::IpAddr;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use url::Url;

use super::{client::host_name, page};

/// The host names that are answered.
#[derive(Clone, Debug)]
pub struct AllowedHosts {
    /// Whether `allowed_hosts` says something.
    set: bool,
    any: bool,
    exact: Vec<String>,
    below: Vec<String>,
}

impl AllowedHosts {
    /// What `allowed_hosts` says, and the host of `external_url`.
    pub fn new(patterns: &[String], external: Option<&Url>) -> Self {
        let lower = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
        let external = external.and_then(Url::host_str).map(lower);
        let (below, exact): (Vec<_>, Vec<_>) =
            patterns.iter().map(|pattern| lower(pattern)).partition(|pattern| pattern.starts_with('.'));
        let set = !patterns.is_empty();
        Self {
            set,
            any: exact.iter().any(|name| name == "*"),
            exact: exact.into_iter().chain(external).collect(),
            below,
        }
    }

    /// Whether the setting names any.
    pub fn are_set(&self) -> bool {
        self.set
    }

    /// Whether a request for `host` (with or without a port) is answered. An address instead of a name cannot be rebound, so
    /// that addresses are always answered.
    pub fn allow(&self, host: &str) -> bool {
        let name = normal(host);
        let is_address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        self.any
            || is_address
            || name == "localhost"
            || name.ends_with(".localhost")
            || self.exact.contains(&name)
            || self.below.iter().any(|domain| name.ends_with(domain.as_str()) || name == domain[1..])
    }
}

/// The name of a host as it is compared: without port and final point, in small letters.
pub fn normal(host: &str) -> String {
    host_name(host).trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a text is one host name, and no pattern, address or nonsense.
pub fn is_name(name: &str) -> bool {
    !name.starts_with('.')
        && !name.contains('*')
        && matches!(url::Host::parse(name), Ok(url::Host::Domain(parsed)) if normal(&parsed) == normal(name))
}

/// The answer to a request for a host that is not known.
pub fn refusal(host: &str) -> Response {
    let name = host_name(host);
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-._[]:".contains(c)) && !name.is_empty();
    let shown = if plain { name } else { "example.org" };
    let body = format!(
        "<h1>This host name is not allowed yet</h1>\
         <p>Mathesar was reached under a name that its settings do not list. Whoever runs it can allow the name and restart \
         it, in one of these ways:</p>\
         <ul><li>flag <code>--allowed-hosts {shown}</code></li>\
         <li>environment <code>MATHESAR_ALLOWED_HOSTS={shown}</code> (or <code>ALLOWED_HOSTS</code>)</li>\
         <li>file <code>allowed_hosts = [\"{shown}\"]</code></li></ul>\
         <p>Reaching it under its IP address needs no setting.</p>"
    );
    (StatusCode::BAD_REQUEST, page::html("Host name not allowed", &body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_must_be_known_and_addresses_need_not() {
        let patterns = ["tables.example.org".to_owned(), ".example.net".to_owned()];
        let external = Url::parse("https://outside.example.com/x").unwrap();
        let hosts = AllowedHosts::new(&patterns, Some(&external));
        for host in [
            "localhost:8000",
            "app.localhost",
            "127.0.0.1:8000",
            "[::1]:8000",
            "192.168.1.4",
            "Tables.Example.org.",
            "example.net",
            "a.b.example.net:1",
            "outside.example.com",
        ] {
            assert!(hosts.allow(host), "{host}");
        }
        for host in
            ["", "evil.example", "example.org", "notexample.net", "localhost.evil.example", "127.0.0.1.evil.example"]
        {
            assert!(!hosts.allow(host), "{host}");
        }
        assert!(AllowedHosts::new(&["*".to_owned()], None).allow("evil.example"));
    }

    #[test]
    fn only_one_name_can_be_confirmed() {
        for name in ["tables.example.org", "server", "Server.", "xn--bcher-kva.example"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", ".example.org", "*", "a b", "<b>", "192.0.2.1", "[::1]", "a/b", "a@b", "bücher.example", "%61"]
        {
            assert!(!is_name(name), "{name}");
        }
    }
}
