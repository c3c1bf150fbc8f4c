//! Listening, and ending in an orderly way.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{body::Body, http::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use mathesar_app::limits;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::plain_http;
use crate::config::Listen;

/// How many ports after an unchosen one that is taken are tried.
const PORTS_TO_TRY: u16 = 20;
/// A pause after the system had no room for a connection, so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What can be served.
pub trait HttpService:
    Service<Request<Body>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<S> HttpService for S where
    S: Service<Request<Body>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

/// Opens the port. An unchosen one that is taken gives way to the next free one.
///
/// # Errors
/// When a chosen port, or every port tried, cannot be had.
pub async fn listen(listen: Listen) -> io::Result<TcpListener> {
    let first = TcpListener::bind(listen.address).await;
    let taken = first.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse);
    if !taken || listen.chosen {
        return first;
    }
    let mut last = first;
    for step in 1..=PORTS_TO_TRY {
        let port = listen.address.port().saturating_add(step);
        last = TcpListener::bind(SocketAddr::new(listen.address.ip(), port)).await;
        if last.is_ok() {
            break;
        }
    }
    last
}

/// Who sent a request, and how.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// The other end of the connection.
    pub address: SocketAddr,
    /// Whether we encrypt the connection ourselves.
    pub encrypted: bool,
}

/// Serves until `stop` fires, HTTPS where there is a certificate; then no connection is taken any more, and those at work have
/// [`limits::DRAIN`] to end.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    service: impl HttpService,
    stop: CancellationToken,
) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(limits::CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, address)) => {
                let _ = stream.set_nodelay(true);
                let talk = Talk { address, watcher: graceful.watcher(), stop: stop.clone() };
                let (tls, service) = (tls.clone(), service.clone());
                tokio::spawn(async move {
                    match tls {
                        None => talk.over(stream, false, service).await,
                        Some(tls) => talk.encrypted(stream, &tls, service).await,
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(limits::DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests still ran when the time to end was over; they are cut off");
    }
}

/// One connection.
struct Talk {
    address: SocketAddr,
    watcher: Watcher,
    stop: CancellationToken,
}

impl Talk {
    /// Answers what comes over `io`. How it ends is the client's affair: it may go away at any moment.
    async fn over(
        self,
        io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        encrypted: bool,
        service: impl HttpService,
    ) {
        let peer = Peer { address: self.address, encrypted };
        let _ = self.watcher.watch(connection(TokioIo::new(io), peer, service)).await;
    }

    /// The same after a handshake. Who speaks plain HTTP is told that this is HTTPS.
    async fn encrypted(self, stream: TcpStream, tls: &TlsAcceptor, service: impl HttpService) {
        let opening = tokio::time::timeout(limits::HEADER_TIME, self.stop.run_until_cancelled(opened(stream, tls)));
        match opening.await {
            Ok(Some(Ok(Opened::Encrypted(stream)))) => self.over(stream, true, service).await,
            Ok(Some(Ok(Opened::Plain(stream)))) => {
                let redirect = |request| std::future::ready(Ok(plain_http::answer(&request)));
                self.over(stream, false, tower::service_fn(redirect)).await;
            }
            Ok(Some(Err(error))) => tracing::debug!(%error, peer = %self.address, "a handshake failed"),
            Ok(None) | Err(_) => {}
        }
    }
}

enum Opened {
    Encrypted(Box<TlsStream<TcpStream>>),
    Plain(TcpStream),
}

/// The first byte of a TLS connection is the type of its first record, a handshake (RFC 8446, section 5.1). No method of HTTP
/// begins like that.
async fn opened(stream: TcpStream, tls: &TlsAcceptor) -> io::Result<Opened> {
    const HANDSHAKE: u8 = 22;
    let mut first = [0];
    if stream.peek(&mut first).await? == 1 && first[0] != HANDSHAKE {
        return Ok(Opened::Plain(stream));
    }
    Ok(Opened::Encrypted(Box::new(tls.accept(stream).await?)))
}

fn connection<I: AsyncRead + AsyncWrite + Unpin + 'static>(
    io: TokioIo<I>,
    peer: Peer,
    service: impl HttpService,
) -> http1::Connection<TokioIo<I>, impl hyper::service::HttpService<Incoming, ResBody = Body, Future: Send>> {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        service.clone().call(request.map(Body::new))
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_TIME)
        .max_headers(limits::HEADERS)
        .serve_connection(io, service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_chosen_port_that_is_taken_is_an_error_and_an_unchosen_one_moves_on() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let refused = listen(Listen { address, chosen: true }).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        let moved = listen(Listen { address, chosen: false }).await.unwrap().local_addr().unwrap();
        assert!(moved.port() > address.port());
    }
}
