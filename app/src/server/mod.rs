//! The HTTP server: connections are bounded in number, and in the time that they take for nothing.
//!
//! A head has to arrive in time ([`Paced`]), a body too (`api::body`), and so has what the client reads
//! of the answer. A client that has nothing to ask may keep its connection for longer.

mod paced;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_service::Service as _;

use paced::{Paced, Phase};

/// What one client may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// From a connection, or from the first byte of a request on it, to the end of its head.
    pub(crate) head: Duration,
    /// Between an answer and the next request.
    pub(crate) idle: Duration,
    /// For which a client may read nothing of an answer.
    pub(crate) unread: Duration,
    /// At once; more wait until one has ended.
    pub(crate) connections: usize,
}

impl Bounds {
    /// For a server that is asked by probes and scrapes alone.
    pub(crate) const PROBES: Self = Self {
        head: Duration::from_secs(5),
        idle: Duration::from_mins(2),
        unread: Duration::from_secs(5),
        connections: 64,
    };
}

/// How long nothing is accepted after the system has refused to, which it does for want of file descriptors.
const REFUSED: Duration = Duration::from_secs(1);

/// Listens on every address, of both versions where there are two.
pub(crate) async fn listen(port: u16) -> std::io::Result<TcpListener> {
    let listener = match TcpListener::bind(("::", port)).await {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind(("0.0.0.0", port)).await?,
    };
    let port = listener.local_addr()?.port();
    tracing::info!(port, "listening");
    Ok(listener)
}

/// Serves until `stop`, and returns when the requests that had begun are answered.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(bounds.connections));
    let open = TaskTracker::new();
    while let Some((stream, slot)) = stop.run_until_cancelled(accept(&listener, &slots)).await {
        open.spawn(connection(
            stream,
            slot,
            router.clone(),
            bounds,
            stop.clone(),
        ));
    }
    drop(listener);
    open.close();
    open.wait().await;
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (TcpStream, OwnedSemaphorePermit) {
    if slots.available_permits() == 0 {
        tracing::warn!("no more connections are accepted until one has ended");
    }
    let slot = Arc::clone(slots).acquire_owned().await;
    let slot = slot.expect("the slots are never closed");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // An answer is one small write: waiting for more only delays it.
                let _ = stream.set_nodelay(true);
                return (stream, slot);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(REFUSED).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    _slot: OwnedSemaphorePermit,
    router: Router,
    bounds: Bounds,
    stop: CancellationToken,
) {
    let phase = Phase::default();
    let stream = Paced::new(stream, phase.clone(), bounds);
    let service = service_fn(move |request| answer(router.clone(), phase.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.idle)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection has ended early");
    }
}

async fn answer(
    mut router: Router,
    phase: Phase,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    phase.answering();
    let response = router.call(request).await;
    phase.answered();
    response
}
