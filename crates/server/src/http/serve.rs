//! Listening, and ending in an orderly way.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{body::Body, http::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use mathesar_app::limits;
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::sync::CancellationToken;
use tower::Service;

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

/// Serves until `stop` fires; then no connection is taken any more, and those at work have [`limits::DRAIN`] to end.
pub async fn serve(listener: TcpListener, service: impl HttpService, stop: CancellationToken) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(limits::CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                let connection = connection(TokioIo::new(stream), peer, service.clone());
                let watched = graceful.watch(connection);
                tokio::spawn(async move {
                    // How a connection ends is the client's affair: it may go away at any moment.
                    let _ = watched.await;
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

fn connection(
    io: TokioIo<tokio::net::TcpStream>,
    peer: SocketAddr,
    service: impl HttpService,
) -> http1::Connection<
    TokioIo<tokio::net::TcpStream>,
    impl hyper::service::HttpService<Incoming, ResBody = Body, Future: Send>,
> {
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
