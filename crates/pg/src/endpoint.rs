//! Where a database is and as whom we log in.

use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// PostgreSQL's own port.
pub const DEFAULT_PORT: u16 = 5432;

/// The place of a server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name or address, and a port.
    Tcp {
        /// Host name, IPv4 address, or IPv6 address without brackets.
        name: String,
        /// TCP port.
        port: u16,
    },
    /// A Unix domain socket, `<directory>/.s.PGSQL.<port>`.
    Unix {
        /// The directory of the socket.
        directory: PathBuf,
        /// The number in the socket's name.
        port: u16,
    },
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { name, port } if name.contains(':') => write!(f, "[{name}]:{port}"),
            Self::Tcp { name, port } => write!(f, "{name}:{port}"),
            Self::Unix { directory, port } => write!(f, "{}/.s.PGSQL.{port}", directory.display()),
        }
    }
}

/// How a connection is encrypted, with libpq's meanings (PostgreSQL manual, section 32.19.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TlsMode {
    /// Never.
    Disable,
    /// If the server offers it; nothing is verified.
    #[default]
    Prefer,
    /// Always; nothing is verified, unless an authority is given: then as `verify-ca`.
    Require,
    /// Always; the certificate must be signed by a trusted authority.
    VerifyCa,
    /// Always; signed by a trusted authority and made out to the host's name.
    VerifyFull,
}

impl TlsMode {
    /// libpq's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }

    /// Reads libpq's word; `None` for any other.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Disable, Self::Prefer, Self::Require, Self::VerifyCa, Self::VerifyFull]
            .into_iter()
            .find(|mode| mode.as_str() == word)
    }
}

/// Everything that logging in needs.
#[derive(Clone)]
pub struct Endpoint {
    /// The server.
    pub host: Host,
    /// The database.
    pub database: String,
    /// The role that we log in as.
    pub role: String,
    /// Its password, where one is needed.
    pub password: Option<SecretString>,
    /// Encryption.
    pub tls: TlsMode,
    /// Authorities to trust instead of the system's, as PEM.
    pub ca_pem: Option<String>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("host", &self.host).field("tls", &self.tls).finish_non_exhaustive()
    }
}

/// Why a pasted connection URL was refused. Never quotes the URL, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not a URL, or not one of PostgreSQL's.
    #[error(
        "this is not a PostgreSQL connection URL; it should look like postgresql://role:password@host:5432/database"
    )]
    NotPostgres,
    /// A part that we need is missing.
    #[error("the connection URL names no {0}; it should look like postgresql://role:password@host:5432/database")]
    Missing(&'static str),
    /// A parameter that we do not honour: some of libpq's read files of the machine that the server runs on.
    #[error("the connection URL has the parameter \"{0}\", which is not supported here; remove it from the URL")]
    Parameter(String),
    /// A parameter with a value that it cannot have.
    #[error("the connection URL's parameter \"{0}\" has a value that is not known")]
    Value(&'static str),
    /// Several hosts.
    #[error("the connection URL names several hosts; give the one to connect to")]
    SeveralHosts,
}

impl Endpoint {
    /// Reads a `postgresql://` URL.
    ///
    /// Parameters are an allow-list: `host`, `port`, `user`, `password`, `dbname`, `sslmode`, and the harmless
    /// `application_name`, `connect_timeout`, `channel_binding` and `gssencmode`, which change nothing here: channel
    /// binding is used whenever the server offers it, and the other three have fixed values of ours. A host that begins
    /// with `/` is a Unix socket's directory; whether that is allowed is for the caller to decide.
    ///
    /// # Errors
    /// [`UrlError`] in words that do not quote the URL.
    pub fn from_url(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text.trim()).map_err(|_| UrlError::NotPostgres)?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(UrlError::NotPostgres);
        }
        let mut parts = UrlParts::of_url(&url)?;
        for (name, value) in url.query_pairs() {
            parts.set(&name, &value)?;
        }
        parts.finish()
    }

    /// The password's bytes, empty without one.
    pub(crate) fn password_bytes(&self) -> &[u8] {
        self.password.as_ref().map_or(&[], |password| password.expose_secret().as_bytes())
    }
}

/// What has been read from a URL so far.
#[derive(Default)]
struct UrlParts {
    host: Option<String>,
    port: Option<u16>,
    database: Option<String>,
    role: Option<String>,
    password: Option<SecretString>,
    tls: TlsMode,
}

impl UrlParts {
    fn of_url(url: &Url) -> Result<Self, UrlError> {
        let decode = |text: &str| percent_decode(text).filter(|text| !text.contains('\0')).ok_or(UrlError::NotPostgres);
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let host = url.host_str().map(decode).transpose()?.and_then(some);
        Ok(Self {
            host: host.map(|host| host.trim_start_matches('[').trim_end_matches(']').to_owned()),
            port: url.port(),
            database: some(decode(url.path().trim_start_matches('/'))?),
            role: some(decode(url.username())?),
            password: url.password().map(decode).transpose()?.map(SecretString::from),
            tls: TlsMode::default(),
        })
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), UrlError> {
        match name {
            "host" => self.host = Some(value.to_owned()),
            "port" => self.port = Some(value.parse().map_err(|_| UrlError::Value("port"))?),
            "user" => self.role = Some(value.to_owned()),
            "password" => self.password = Some(value.into()),
            "dbname" => self.database = Some(value.to_owned()),
            "sslmode" if value == "allow" => self.tls = TlsMode::Prefer,
            "sslmode" => self.tls = TlsMode::parse(value).ok_or(UrlError::Value("sslmode"))?,
            "application_name" | "connect_timeout" | "channel_binding" | "gssencmode" => {}
            other => return Err(UrlError::Parameter(other.chars().take(40).collect())),
        }
        Ok(())
    }

    fn finish(self) -> Result<Endpoint, UrlError> {
        let name = self.host.ok_or(UrlError::Missing("host"))?;
        if name.contains(',') {
            return Err(UrlError::SeveralHosts);
        }
        let port = self.port.unwrap_or(DEFAULT_PORT);
        let host =
            if name.starts_with('/') { Host::Unix { directory: name.into(), port } } else { Host::Tcp { name, port } };
        let role = self.role.ok_or(UrlError::Missing("role"))?;
        let database = self.database.ok_or(UrlError::Missing("database"))?;
        Ok(Endpoint { host, database, role, password: self.password, tls: self.tls, ca_pem: None })
    }
}

/// Undoes `%2F` and the like; `None` when the bytes are not UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = (first == b'%').then(|| tail.get(..2)).flatten();
        let code = code.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(name: &str, port: u16) -> Host {
        Host::Tcp { name: name.to_owned(), port }
    }

    #[test]
    fn reads_what_hosting_services_give() {
        let endpoint = Endpoint::from_url(
            " postgres://ann:p%40ss%2Fw%25rd@db.example.com:6543/app%20one?sslmode=require&channel_binding=require\n",
        )
        .unwrap();
        assert_eq!(endpoint.host, tcp("db.example.com", 6543));
        assert_eq!((endpoint.role.as_str(), endpoint.database.as_str()), ("ann", "app one"));
        assert_eq!(endpoint.password_bytes(), b"p@ss/w%rd");
        assert_eq!(endpoint.tls, TlsMode::Require);
    }

    #[test]
    fn reads_addresses_and_sockets() {
        let v6 = Endpoint::from_url("postgresql://u@[::1]/d").unwrap();
        assert_eq!(v6.host, tcp("::1", 5432));
        assert_eq!(v6.host.to_string(), "[::1]:5432");
        let socket = Host::Unix { directory: "/run/pg".into(), port: 5433 };
        assert_eq!(Endpoint::from_url("postgresql://u@%2Frun%2Fpg:5433/d").unwrap().host, socket);
        assert_eq!(Endpoint::from_url("postgresql:///d?host=/run/pg&port=5433&user=u").unwrap().host, socket);
    }

    #[test]
    fn refuses_parameters_that_read_our_files() {
        for name in ["sslkey", "sslcert", "sslrootcert", "passfile", "service", "servicefile", "options"] {
            let url = format!("postgresql://u:secret@h/d?{name}=/etc/passwd");
            assert_eq!(Endpoint::from_url(&url).unwrap_err(), UrlError::Parameter(name.to_owned()));
        }
    }

    #[test]
    fn says_what_is_missing_without_quoting_the_url() {
        for (url, error) in [
            ("mysql://u:secret@h/d", UrlError::NotPostgres),
            ("u:secret@h/d", UrlError::NotPostgres),
            ("postgresql://h/d", UrlError::Missing("role")),
            ("postgresql://u:secret@h", UrlError::Missing("database")),
            ("postgresql:///d?user=u", UrlError::Missing("host")),
            ("postgresql://u@h/d?sslmode=maybe", UrlError::Value("sslmode")),
            ("postgresql://u@h/d?host=a,b", UrlError::SeveralHosts),
        ] {
            let found = Endpoint::from_url(url).unwrap_err();
            assert_eq!(found, error, "{url}");
            assert!(!found.to_string().contains("secret"));
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let endpoint = Endpoint::from_url("postgresql://u:hunter2@h/d").unwrap();
        assert!(!format!("{endpoint:?}").contains("hunter2"));
    }
}
