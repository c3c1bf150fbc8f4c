//! Tries a connection and says in words what it found or what is in the way.

use mathesar_sql::introspect;
use mathesar_sql::model::{Database, Role, Server};
use tokio_postgres::error::SqlState;

use crate::connect::{ConnectError, ConnectErrorKind};
use crate::endpoint::{Endpoint, Host, TlsMode};
use crate::error::{DbError, Error};
use crate::pool::Pools;
use crate::transaction::TxOptions;
use crate::versions::{NEWEST_MAJOR, OLDEST_MAJOR, ServerVersion, Support};

/// What a trial connection found.
#[derive(Clone, Debug)]
pub enum Diagnosis {
    /// It works.
    Works(Box<Facts>),
    /// It does not.
    Fails(Box<Problem>),
}

/// What a working connection told.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Version, current role, current database, whether it can only be read.
    pub server: Server,
    /// The database and the role's rights on it.
    pub database: Database,
    /// The role.
    pub role: Role,
    /// Whether the connection is encrypted.
    pub encrypted: bool,
}

impl Facts {
    /// What the person who connects should know although it works, one sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let version = ServerVersion { number: self.server.version_number };
        if version.support() == Support::Newer {
            warnings.push(format!(
                "PostgreSQL {} is newer than {NEWEST_MAJOR}, the newest version that was tested.",
                version.major()
            ));
        }
        if self.role.superuser {
            warnings.push(format!(
                "\"{}\" is a superuser of PostgreSQL: whoever works as this role can read and change everything on that server. A role of its own is safer.",
                self.server.role.as_str()
            ));
        }
        if self.server.read_only {
            warnings.push(
                "The database can only be read: it is a replica, or its transactions are read-only by default."
                    .to_owned(),
            );
        } else if !self.database.create {
            warnings.push(
                "The role may not create schemas in this database; it works with the tables that are there.".to_owned(),
            );
        }
        if self.server.encoding != "UTF8" {
            warnings.push(format!(
                "The database is encoded in {}, so characters outside of it cannot be saved.",
                self.server.encoding
            ));
        }
        warnings
    }
}

/// The kinds of problems, with the stable words of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named by its own word and explained in `explain`")]
pub enum ProblemKind {
    NameNotFound,
    Refused,
    Timeout,
    Unreachable,
    Socket,
    TlsUnsupported,
    TlsCertificate,
    TlsName,
    Password,
    NoSuchRole,
    NoSuchDatabase,
    NoConnect,
    NotAllowed,
    TooOld,
    TooManyConnections,
    Starting,
    LocalhostInContainer,
    NotPostgres,
    Other,
}

impl ProblemKind {
    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NameNotFound => "name_not_found",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Socket => "socket",
            Self::TlsUnsupported => "tls_unsupported",
            Self::TlsCertificate => "tls_certificate",
            Self::TlsName => "tls_name",
            Self::Password => "password",
            Self::NoSuchRole => "no_such_role",
            Self::NoSuchDatabase => "no_such_database",
            Self::NoConnect => "no_connect",
            Self::NotAllowed => "not_allowed",
            Self::TooOld => "too_old",
            Self::TooManyConnections => "too_many_connections",
            Self::Starting => "starting",
            Self::LocalhostInContainer => "localhost_in_container",
            Self::NotPostgres => "not_postgresql",
            Self::Other => "other",
        }
    }

    /// The parameter to look at first.
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::NameNotFound | Self::Unreachable | Self::Socket | Self::LocalhostInContainer | Self::TlsName => {
                Some("host")
            }
            Self::Refused | Self::Timeout | Self::NotPostgres => Some("port"),
            Self::TlsUnsupported => Some("sslmode"),
            Self::TlsCertificate => Some("ca_certificate"),
            Self::Password => Some("password"),
            Self::NoSuchRole | Self::NoConnect => Some("role"),
            Self::NoSuchDatabase => Some("database"),
            Self::NotAllowed | Self::TooOld | Self::TooManyConnections | Self::Starting | Self::Other => None,
        }
    }
}

/// Why a connection fails, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The kind.
    pub kind: ProblemKind,
    /// What is wrong, one sentence.
    pub what: String,
    /// The server's or the system's own words.
    pub detail: Option<String>,
    /// What to try next.
    pub next: String,
}

/// Tries `endpoint`. `in_container`: whether we run in one, where `localhost` is the container and not the machine.
pub async fn diagnose(pools: &Pools, endpoint: &Endpoint, in_container: bool) -> Diagnosis {
    match facts(pools, endpoint).await {
        Ok(facts) => Diagnosis::Works(Box::new(facts)),
        Err(Error::Connect(error)) => Diagnosis::Fails(Box::new(explain(endpoint, &error, in_container))),
        Err(error) => Diagnosis::Fails(Box::new(Problem {
            kind: ProblemKind::Other,
            what: "The connection was made, but PostgreSQL did not answer as it should.".to_owned(),
            detail: Some(error.to_string()),
            next: "Check that nothing but PostgreSQL, or a pooler such as PgBouncer, is at that address.".to_owned(),
        })),
    }
}

async fn facts(pools: &Pools, endpoint: &Endpoint) -> Result<Facts, Error> {
    let mut session = pools.new_session(endpoint).await?;
    let encrypted = session.is_encrypted();
    session
        .read(&TxOptions::read(), async |tx: &crate::Transaction<'_>| {
            let (server, database, roles) = (introspect::server(), introspect::current_database(), introspect::roles());
            let (server, database, roles) =
                tokio::try_join!(tx.introspect_one(&server), tx.introspect_one(&database), tx.introspect(&roles))?;
            let role = roles.into_iter().find(|role| role.is_current);
            match (server, database, role) {
                (Some(server), Some(database), Some(role)) => Ok(Facts { server, database, role, encrypted }),
                _ => Err(Error::Protocol),
            }
        })
        .await
}

/// Puts a failed connection into words.
pub fn explain(endpoint: &Endpoint, error: &ConnectError, in_container: bool) -> Problem {
    use ConnectErrorKind as Kind;
    let (host, what_for) = (&endpoint.host, Words { endpoint });
    let problem = |kind, what: String, next: &str| Problem { kind, what, detail: None, next: next.to_owned() };
    match &error.kind {
        Kind::Refused | Kind::Timeout | Kind::NotPostgres if in_container && is_loopback(host) => problem(
            ProblemKind::LocalhostInContainer,
            format!("Nothing answers at {host}: inside a container, this address is the container itself."),
            "Use the name of the database's container on a shared network, or host.docker.internal (host.containers.internal with Podman) for the machine that runs the container.",
        ),
        Kind::NameNotFound if is_container_host(host) => problem(
            ProblemKind::NameNotFound,
            format!("No computer is known by the name of {}.", what_for.host_name()),
            if in_container { CONTAINER_HOST_UNKNOWN } else { CONTAINER_HOST_OUTSIDE },
        ),
        Kind::Refused | Kind::Timeout if is_container_host(host) => problem(
            if matches!(error.kind, Kind::Timeout) { ProblemKind::Timeout } else { ProblemKind::Refused },
            format!("The machine that runs the container was found, but nothing answers at {host}."),
            "Let the PostgreSQL on that machine listen for containers: listen_addresses = '*' in its postgresql.conf, a line such as `host all all 172.16.0.0/12 scram-sha-256` in its pg_hba.conf, and its firewall open for them.",
        ),
        Kind::NameNotFound => problem(
            ProblemKind::NameNotFound,
            format!("No computer is known by the name of {}.", what_for.host_name()),
            "Check the spelling. A name that only works inside another network needs its full form or an IP address.",
        ),
        Kind::Refused => problem(
            ProblemKind::Refused,
            format!("The computer was found, but nothing listens at {host}."),
            "Check that PostgreSQL runs, that this is its port, and that listen_addresses in its postgresql.conf lets others than the machine itself connect.",
        ),
        Kind::Timeout => problem(
            ProblemKind::Timeout,
            format!("There was no answer from {host} in time."),
            "A firewall or a security group usually swallows such connections: allow this server's address to reach that port.",
        ),
        Kind::Unreachable => problem(
            ProblemKind::Unreachable,
            format!("The network of {host} cannot be reached from here."),
            "Check the address, and the route or VPN that leads there.",
        ),
        Kind::Socket(reason) => Problem {
            detail: Some(reason.to_string()),
            ..problem(
                ProblemKind::Socket,
                format!("The socket {host} cannot be opened."),
                "Check the directory and the port, and that the user that runs this program may open the socket.",
            )
        },
        Kind::Db(db) => what_for.refusal(db),
        other => what_for.tls_or_protocol(other),
    }
}

/// Words about one endpoint.
struct Words<'a> {
    endpoint: &'a Endpoint,
}

impl Words<'_> {
    fn host_name(&self) -> String {
        match &self.endpoint.host {
            Host::Tcp { name, .. } => format!("\"{name}\""),
            socket => socket.to_string(),
        }
    }

    fn tls_or_protocol(&self, kind: &ConnectErrorKind) -> Problem {
        use ConnectErrorKind as Kind;
        let host = &self.endpoint.host;
        let (kind, what, detail, next) = match kind {
            Kind::TlsUnsupported => (
                ProblemKind::TlsUnsupported,
                format!(
                    "{host} does not offer encrypted connections, and \"{}\" demands one.",
                    self.endpoint.tls.as_str()
                ),
                None,
                "Turn on ssl in that server's postgresql.conf, or choose the mode \"prefer\" where the network in between is trusted.",
            ),
            Kind::WrongName => (
                ProblemKind::TlsName,
                format!("The server's certificate is not made out to {}.", self.host_name()),
                None,
                "Connect by the name that is in the certificate, or choose \"verify-ca\", which does not look at the name.",
            ),
            Kind::BadCertificate(reason) => (
                ProblemKind::TlsCertificate,
                "The server's certificate cannot be trusted.".to_owned(),
                Some(reason.clone()),
                "Paste the certificate of the authority that signed it (the provider calls it CA certificate or root certificate).",
            ),
            Kind::BadAuthority(error) => (
                ProblemKind::TlsCertificate,
                "The CA certificate cannot be read.".to_owned(),
                Some(error.to_string()),
                "Paste the whole text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.",
            ),
            Kind::PasswordMissing => (
                ProblemKind::Password,
                format!("The server asks for the password of \"{}\".", self.endpoint.role),
                None,
                "Give the role's password.",
            ),
            Kind::TooOld(version) => {
                (ProblemKind::TooOld, format!("That server is PostgreSQL {}.", version.major()), None, OLDEST_WORDS)
            }
            Kind::NotPostgres => (
                ProblemKind::NotPostgres,
                format!("Something answers at {host}, but it does not speak PostgreSQL's language."),
                None,
                "Check the port: PostgreSQL's own is 5432; web servers and other databases have others.",
            ),
            _ => (
                ProblemKind::TlsCertificate,
                format!("The encrypted connection to {host} failed."),
                None,
                "The server may be limited to old TLS versions; TLS 1.2 or 1.3 is needed.",
            ),
        };
        Problem { kind, what, detail, next: next.to_owned() }
    }

    /// PostgreSQL's, or a pooler's, refusal. Poolers use `08P01` for everything and differ in their words only.
    fn refusal(&self, db: &DbError) -> Problem {
        let (role, database) = (&self.endpoint.role, &self.endpoint.database);
        let says = |words: &[&str]| words.iter().any(|word| db.message.to_ascii_lowercase().contains(word));
        let (kind, what, next) = if db.is(&SqlState::INVALID_PASSWORD)
            || says(&["password authentication failed", "sasl authentication failed"])
        {
            (
                ProblemKind::Password,
                format!("The server refused the password of \"{role}\"."),
                "Check role and password; for security, PostgreSQL says the same when the role does not exist.",
            )
        } else if db.is(&SqlState::INVALID_CATALOG_NAME) || says(&["no such database"]) {
            (
                ProblemKind::NoSuchDatabase,
                format!("There is no database \"{database}\" on that server."),
                "Check the spelling; capital letters count.",
            )
        } else if says(&["no such user"])
            || (db.is(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION) && says(&["does not exist"]))
        {
            (
                ProblemKind::NoSuchRole,
                format!("There is no role \"{role}\" on that server."),
                "Check the spelling; capital letters count.",
            )
        } else if db.is(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION) && says(&["not permitted to log in"]) {
            (
                ProblemKind::NoSuchRole,
                format!("The role \"{role}\" may not log in."),
                "Choose a role that may, or have its owner run: ALTER ROLE … LOGIN.",
            )
        } else if db.is(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION) {
            (
                ProblemKind::NotAllowed,
                self.hba_words(),
                "A line of pg_hba.conf on that server must let this role connect to this database from this server's address.",
            )
        } else if db.is(&SqlState::INSUFFICIENT_PRIVILEGE) {
            (
                ProblemKind::NoConnect,
                format!("The role \"{role}\" may not connect to the database \"{database}\"."),
                "Have the database's owner run: GRANT CONNECT ON DATABASE … TO …",
            )
        } else if db.is(&SqlState::TOO_MANY_CONNECTIONS) || says(&["no more connections allowed"]) {
            (
                ProblemKind::TooManyConnections,
                "The server, the database or the role has as many connections as it allows.".to_owned(),
                "Close connections of other programs, raise max_connections or the role's CONNECTION LIMIT, or put PgBouncer in front.",
            )
        } else if db.is(&SqlState::CANNOT_CONNECT_NOW) {
            (
                ProblemKind::Starting,
                "The server is starting up, shutting down or recovering.".to_owned(),
                "Try again in a moment.",
            )
        } else {
            (ProblemKind::Other, "The server refused the connection.".to_owned(), "Its own words below say why.")
        };
        Problem { kind, what, detail: Some(db.message.clone()), next: next.to_owned() }
    }

    fn hba_words(&self) -> String {
        let encryption = match self.endpoint.tls {
            TlsMode::Disable => " without encryption",
            _ => "",
        };
        format!("That server does not let \"{}\" connect from here{encryption}.", self.endpoint.role)
    }
}

const OLDEST_WORDS: &str =
    "PostgreSQL 14 or newer is needed: older versions get no security updates any more. Upgrade that server.";
// The words above name the number so that they can be a constant.
const _: () = assert!(OLDEST_MAJOR == 14);

const CONTAINER_HOST_UNKNOWN: &str = "Docker on Linux knows host.docker.internal only where the container was started with --add-host=host.docker.internal:host-gateway (in Compose: extra_hosts); Podman's own name is host.containers.internal.";
const CONTAINER_HOST_OUTSIDE: &str = "That name exists inside containers only, and this program runs in none: the database of this machine is at localhost.";

/// The names by which container engines let a container reach the machine that runs it.
fn is_container_host(host: &Host) -> bool {
    let names = ["host.docker.internal", "gateway.docker.internal", "host.containers.internal"];
    matches!(host, Host::Tcp { name, .. } if names.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Tcp { name, .. } => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Host::Unix { .. } => false,
    }
}
