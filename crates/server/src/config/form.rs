//! What can be given for a setting: how it is written, how it is read, and how to say what is allowed.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use url::Url;

use crate::backup::schedule::Schedule;

/// The form of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    Text,
    /// Yes or no.
    Bool,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// A whole number.
    Count {
        /// Smallest.
        least: u32,
        /// Largest.
        most: u32,
    },
    /// A TCP port.
    Port,
    /// An address without a port.
    IpAddress,
    /// An address with a port.
    SocketAddress,
    /// The address of a site.
    Url,
    /// The path part of such an address.
    UrlPath,
    /// The address of a PostgreSQL database.
    PostgresUrl,
    /// An absolute path of a file or directory.
    Path,
    /// Host names.
    Hosts,
    /// Networks.
    Networks,
    /// A master key. Its strength is judged where it is used, by `store`.
    Key,
    /// A filter of log lines.
    LogLevel,
    /// When something is done again and again.
    Schedule,
}

impl Form {
    /// What is allowed, to be read after "expected".
    pub fn allowed(self) -> String {
        match self {
            Self::Text => "text that is not empty".into(),
            Self::Bool => "`true` or `false`".into(),
            Self::OneOf(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
            Self::Count { least, most } => format!("a whole number from {least} to {most}"),
            Self::Port => "a port number from 0 to 65535".into(),
            Self::IpAddress => "an IP address such as `0.0.0.0` or `::1`".into(),
            Self::SocketAddress => "an IP address and a port such as `127.0.0.1:8000` or `[::1]:8000`".into(),
            Self::Url => "an address such as `https://tables.example.org`, without user, query and fragment".into(),
            Self::UrlPath => "a path such as `/tables`, of letters, digits and `-._~/`".into(),
            Self::PostgresUrl => "an address such as `postgres://role:password@host:5432/database`".into(),
            Self::Path => "an absolute path".into(),
            Self::Hosts => "host names such as `example.org` or `.example.org`, separated by commas, or `*`".into(),
            Self::Networks => "addresses or networks such as `10.0.0.0/8`, separated by commas".into(),
            Self::Key => "32 characters or more".into(),
            Self::Schedule => "a time of day such as `02:30`, or an interval such as `6h`, `45m` or `2d`".into(),
            Self::LogLevel => "a level such as `info`, or a filter such as `info,mathesar_pg=debug`".into(),
        }
    }

    /// Whether `text` can be read.
    ///
    /// # Errors
    /// [`Self::allowed`].
    pub fn check(self, text: &str) -> Result<(), String> {
        let fits = match self {
            Self::Text | Self::Key => !text.is_empty(),
            Self::Bool => boolean(text).is_some(),
            Self::OneOf(words) => words.contains(&text),
            Self::Count { least, most } => text.parse().is_ok_and(|count: u32| (least..=most).contains(&count)),
            Self::Port => text.parse::<u16>().is_ok(),
            Self::IpAddress => text.parse::<IpAddr>().is_ok(),
            Self::SocketAddress => text.parse::<SocketAddr>().is_ok(),
            Self::Url => site(text).is_some(),
            Self::UrlPath => base_path(text).is_some(),
            Self::PostgresUrl => text.starts_with("postgres://") || text.starts_with("postgresql://"),
            Self::Path => PathBuf::from(text).is_absolute(),
            Self::Hosts => list(text).all(is_host_pattern),
            Self::Networks => networks(text).is_some(),
            Self::Schedule => Schedule::parse(text).is_some(),
            Self::LogLevel => EnvFilter::builder().parse(text).is_ok(),
        };
        if fits { Ok(()) } else { Err(self.allowed()) }
    }
}

/// Reads yes or no.
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// The members of a list that is separated by commas; spaces around them do not count.
pub fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|member| !member.is_empty())
}

/// Reads networks; an address alone is a network of one.
pub fn networks(text: &str) -> Option<Vec<IpNet>> {
    list(text)
        .map(|member| IpNet::from_str(member).or_else(|_| member.parse::<IpAddr>().map(IpNet::from)).ok())
        .collect()
}

/// Reads the address of a site. The original's `DOMAIN_NAME` may lack the scheme and may list several; the first counts.
pub fn site(text: &str) -> Option<Url> {
    let first = list(text).next()?;
    let local = first.starts_with("localhost") || first.starts_with("127.") || first.starts_with("[::1]");
    let scheme = if local { "http" } else { "https" };
    let whole = if first.contains("://") { first.to_owned() } else { format!("{scheme}://{first}") };
    let url = Url::parse(&whole).ok()?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain).then_some(url)
}

/// Reads a base path: it begins with a slash and does not end with one; the root is the empty string.
pub fn base_path(text: &str) -> Option<String> {
    let trimmed = text.trim_matches('/');
    let plain = trimmed.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/".contains(c));
    let segments_fit = trimmed.split('/').all(|segment| segment != "." && segment != "..") && !trimmed.contains("//");
    match (plain && segments_fit, trimmed.is_empty()) {
        (false, _) => None,
        (true, true) => Some(String::new()),
        (true, false) => Some(format!("/{trimmed}")),
    }
}

fn is_host_pattern(pattern: &str) -> bool {
    let name = pattern.strip_prefix('.').unwrap_or(pattern);
    pattern == "*" || url::Host::parse(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_may_lack_its_scheme_and_be_one_of_several() {
        assert_eq!(site("example.org").unwrap().as_str(), "https://example.org/");
        assert_eq!(site("localhost, example.org").unwrap().as_str(), "http://localhost/");
        assert_eq!(site("http://example.org/sub").unwrap().as_str(), "http://example.org/sub");
        for wrong in ["", "ftp://example.org", "https://u:p@example.org", "https://example.org/?a", "https://"] {
            assert_eq!(site(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_base_path_is_brought_into_one_form() {
        assert_eq!(base_path("/").as_deref(), Some(""));
        assert_eq!(base_path("tables/").as_deref(), Some("/tables"));
        assert_eq!(base_path("/a/b").as_deref(), Some("/a/b"));
        for wrong in ["/a b", "/a/../b", "/a//b", "/\"><script>"] {
            assert_eq!(base_path(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_what_is_allowed() {
        let wrong = [
            (Form::Bool, "maybe"),
            (Form::Port, "70000"),
            (Form::SocketAddress, "localhost"),
            (Form::Networks, "10.0.0.0/8, here"),
            (Form::Hosts, "exa mple"),
            (Form::Count { least: 1, most: 3 }, "4"),
            (Form::Path, "relative"),
            (Form::LogLevel, "info,=,"),
            (Form::Schedule, "nightly"),
            (Form::PostgresUrl, "mysql://x"),
        ];
        for (form, text) in wrong {
            assert_eq!(form.check(text), Err(form.allowed()), "{form:?} took {text}");
        }
    }
}
