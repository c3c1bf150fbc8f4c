//! Logs in: name, socket, TLS, password, version, each with an error of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{CancelToken, Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::endpoint::{Endpoint, Host, TlsMode};
use crate::error::DbError;
use crate::tls;
use crate::versions::{OLDEST_MAJOR, ServerVersion, Support};

/// How long one address may take to accept a connection.
const SOCKET_TIMEOUT: Duration = Duration::from_secs(8);
/// Firewalls forget connections that are silent, and a dead server says nothing.
const KEEPALIVE: TcpKeepalive =
    TcpKeepalive::new().with_time(Duration::from_secs(30)).with_interval(Duration::from_secs(10)).with_retries(3);
/// How long TLS and logging in may take after that.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(12);
/// How long a connection may take to end after its statement was cancelled.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(3);
/// What `pg_stat_activity.application_name` shows.
const APPLICATION_NAME: &str = "Mathesar";

/// A connection that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot connect to PostgreSQL at {host}: {kind}")]
pub struct ConnectError {
    /// The server.
    pub host: String,
    /// What was in the way.
    pub kind: ConnectErrorKind,
}

/// What was in the way.
#[derive(Debug, thiserror::Error)]
pub enum ConnectErrorKind {
    /// The name has no address.
    #[error("no address is known for this name")]
    NameNotFound,
    /// The computer answered that nobody listens on that port.
    #[error("nothing listens there")]
    Refused,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// There is no way to that network, or a firewall said no.
    #[error("the network cannot be reached")]
    Unreachable,
    /// The socket's file is missing or closed to us.
    #[error("the socket cannot be opened")]
    Socket(io::ErrorKind),
    /// The CA certificate cannot be read.
    #[error(transparent)]
    BadAuthority(#[from] tls::BadAuthority),
    /// The server does not offer TLS, and the mode demands it.
    #[error("the server does not offer TLS")]
    TlsUnsupported,
    /// The certificate is made out to another name.
    #[error("the server's certificate is made out to another name")]
    WrongName,
    /// The certificate is not signed by anyone that we trust, expired, or unreadable.
    #[error("the server's certificate cannot be trusted: {0}")]
    BadCertificate(String),
    /// TLS failed in another way.
    #[error("the encrypted connection failed")]
    Tls,
    /// The server asks for a password and none was given.
    #[error("the server asks for a password")]
    PasswordMissing,
    /// PostgreSQL, or a pooler in front of it, refused with these words.
    #[error("{}", .0.message)]
    Db(Box<DbError>),
    /// Older than we work with.
    #[error("PostgreSQL {} is older than {OLDEST_MAJOR}, the oldest version that works here", .0.major())]
    TooOld(ServerVersion),
    /// Something answers, and it does not speak PostgreSQL's protocol.
    #[error("what answers there is not PostgreSQL")]
    NotPostgres,
}

/// A connection that is logged in.
pub(crate) struct Connected {
    pub(crate) client: Arc<Client>,
    pub(crate) version: ServerVersion,
    pub(crate) encrypted: bool,
    canceller: Canceller,
    driver: JoinHandle<()>,
}

impl Connected {
    /// Cancels what is running, lets the connection say goodbye, and ends it by force if it does not.
    pub(crate) async fn cancel_and_close(self) {
        let Self { client, canceller, mut driver, .. } = self;
        canceller.cancel().await;
        drop(client);
        if tokio::time::timeout(GOODBYE_TIMEOUT, &mut driver).await.is_err() {
            driver.abort();
        }
    }
}

/// Cancels what a connection is doing, over a connection of its own, as the protocol wants it.
pub(crate) struct Canceller {
    token: CancelToken,
    address: Address,
    tls: MakeRustlsConnect,
    name: String,
}

impl Canceller {
    /// Asks PostgreSQL to cancel; that it was heard is not promised.
    pub(crate) async fn cancel(self) {
        let work = async {
            let tls = tls_for(self.tls, &self.name);
            match self.address {
                Address::Tcp(address) => {
                    let stream = TcpStream::connect(address).await.ok()?;
                    self.token.cancel_query_raw(stream, tls).await.ok()
                }
                Address::Unix(path) => {
                    let stream = UnixStream::connect(path).await.ok()?;
                    self.token.cancel_query_raw(stream, tokio_postgres::NoTls).await.ok()
                }
            }
        };
        let _ = tokio::time::timeout(SOCKET_TIMEOUT, work).await;
    }
}

enum Address {
    Tcp(SocketAddr),
    Unix(std::path::PathBuf),
}

enum Socket {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream, std::path::PathBuf),
}

/// Connects and logs in.
pub(crate) async fn connect(endpoint: &Endpoint) -> Result<Connected, Box<ConnectError>> {
    let result = match login(endpoint, endpoint.tls).await {
        // As in libpq: `prefer` tries again without TLS when the server has none, its TLS is broken, or pg_hba.conf refuses
        // encrypted connections.
        Err(kind) if endpoint.tls == TlsMode::Prefer && kind.may_be_cured_without_tls() => {
            login(endpoint, TlsMode::Disable).await
        }
        other => other,
    };
    result.map_err(|kind| Box::new(ConnectError { host: endpoint.host.to_string(), kind }))
}

impl ConnectErrorKind {
    fn may_be_cured_without_tls(&self) -> bool {
        match self {
            Self::TlsUnsupported | Self::Tls | Self::BadCertificate(_) => true,
            Self::Db(error) => error.is(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION),
            _ => false,
        }
    }
}

async fn login(endpoint: &Endpoint, mode: TlsMode) -> Result<Connected, ConnectErrorKind> {
    let tls = tls::connector(mode, endpoint.ca_pem.as_deref())?;
    let socket = open(&endpoint.host).await?;
    let connected = tokio::time::timeout(LOGIN_TIMEOUT, start(endpoint, mode, socket, tls)).await;
    let connected = connected.map_err(|_| ConnectErrorKind::Timeout)??;
    match connected.version.support() {
        Support::TooOld => Err(ConnectErrorKind::TooOld(connected.version)),
        Support::Tested | Support::Newer => Ok(connected),
    }
}

async fn open(host: &Host) -> Result<Socket, ConnectErrorKind> {
    match host {
        Host::Tcp { name, port } => open_tcp(name, *port).await,
        Host::Unix { directory, port } => {
            let path = directory.join(format!(".s.PGSQL.{port}"));
            let stream = UnixStream::connect(&path).await.map_err(|error| ConnectErrorKind::Socket(error.kind()))?;
            Ok(Socket::Unix(stream, path))
        }
    }
}

/// Tries the addresses of `name` one after the other and reports the last failure.
async fn open_tcp(name: &str, port: u16) -> Result<Socket, ConnectErrorKind> {
    let lookup = tokio::time::timeout(SOCKET_TIMEOUT, tokio::net::lookup_host((name, port))).await;
    let addresses = lookup.map_err(|_| ConnectErrorKind::Timeout)?.map_err(|_| ConnectErrorKind::NameNotFound)?;
    let mut failure = ConnectErrorKind::NameNotFound;
    for address in addresses {
        failure = match tokio::time::timeout(SOCKET_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Requests are small and answered at once; waiting to fill a packet would only delay them.
                let _ = stream.set_nodelay(true);
                let _ = SockRef::from(&stream).set_tcp_keepalive(&KEEPALIVE);
                return Ok(Socket::Tcp(stream, address));
            }
            Ok(Err(error)) => match error.kind() {
                io::ErrorKind::ConnectionRefused => ConnectErrorKind::Refused,
                io::ErrorKind::TimedOut => ConnectErrorKind::Timeout,
                _ => ConnectErrorKind::Unreachable,
            },
            Err(_) => ConnectErrorKind::Timeout,
        };
    }
    Err(failure)
}

fn tls_for(mut tls: MakeRustlsConnect, name: &str) -> <MakeRustlsConnect as MakeTlsConnect<TcpStream>>::TlsConnect {
    match MakeTlsConnect::<TcpStream>::make_tls_connect(&mut tls, name) {
        Ok(connect) => connect,
        Err(never) => match never {},
    }
}

async fn start(
    endpoint: &Endpoint,
    mode: TlsMode,
    socket: Socket,
    tls: MakeRustlsConnect,
) -> Result<Connected, ConnectErrorKind> {
    let mut config = Config::new();
    config.user(&endpoint.role).dbname(&endpoint.database).application_name(APPLICATION_NAME);
    if endpoint.password.is_some() {
        config.password(endpoint.password_bytes());
    }
    match socket {
        Socket::Tcp(stream, address) => {
            let Host::Tcp { name, .. } = &endpoint.host else { return Err(ConnectErrorKind::NotPostgres) };
            config.host(name).ssl_mode(match mode {
                TlsMode::Disable => SslMode::Disable,
                // The driver's own `prefer` would not tell which of the two it chose.
                TlsMode::Prefer | TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => SslMode::Require,
            });
            let connect = config.connect_raw(stream, tls_for(tls.clone(), name)).await;
            let (client, connection) = connect.map_err(|error| classify(&error))?;
            let canceller =
                Canceller { token: client.cancel_token(), address: Address::Tcp(address), tls, name: name.clone() };
            finish(client, connection, canceller, mode != TlsMode::Disable)
        }
        Socket::Unix(stream, path) => {
            // A socket never leaves the machine, and PostgreSQL offers no TLS on it.
            config.host_path(&path).ssl_mode(SslMode::Disable);
            let connect = config.connect_raw(stream, tokio_postgres::NoTls).await;
            let (client, connection) = connect.map_err(|error| classify(&error))?;
            let canceller =
                Canceller { token: client.cancel_token(), address: Address::Unix(path), tls, name: String::new() };
            finish(client, connection, canceller, false)
        }
    }
}

fn finish<S, T>(
    client: Client,
    connection: tokio_postgres::Connection<S, T>,
    canceller: Canceller,
    encrypted: bool,
) -> Result<Connected, ConnectErrorKind>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let version = connection.parameter("server_version").and_then(ServerVersion::parse);
    let version = version.ok_or(ConnectErrorKind::NotPostgres)?;
    // Its errors reach whoever waits for an answer on the client; there is nobody else to tell.
    let driver = tokio::spawn(async move { drop(connection.await) });
    Ok(Connected { client: Arc::new(client), version, encrypted, canceller, driver })
}

/// Sorts the driver's error of the start-up phase. The driver keeps its kinds private, so its fixed words are read.
fn classify(error: &tokio_postgres::Error) -> ConnectErrorKind {
    if let Some(db) = error.as_db_error() {
        return ConnectErrorKind::Db(Box::new(DbError::read(db)));
    }
    let source = std::error::Error::source(error);
    match error.to_string().as_str() {
        "error performing TLS handshake" => classify_tls(source),
        "invalid configuration" if source.is_some_and(|s| s.to_string() == "password missing") => {
            ConnectErrorKind::PasswordMissing
        }
        _ => ConnectErrorKind::NotPostgres,
    }
}

fn classify_tls(source: Option<&(dyn std::error::Error + 'static)>) -> ConnectErrorKind {
    let Some(source) = source else { return ConnectErrorKind::Tls };
    if source.to_string() == "server does not support TLS" {
        return ConnectErrorKind::TlsUnsupported;
    }
    let inner = source.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error) if tls::is_wrong_name(error) => ConnectErrorKind::WrongName,
        Some(rustls::Error::InvalidCertificate(reason)) => ConnectErrorKind::BadCertificate(reason.to_string()),
        _ => ConnectErrorKind::Tls,
    }
}
