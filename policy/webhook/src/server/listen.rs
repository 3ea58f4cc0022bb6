//! Accepting connections, and letting go of them.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::routing::{Router, post};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tower::ServiceExt;

use super::connections::Connections;
use super::tls::Certificate;
use super::watch::{PATIENCE, Progress, Watched};
use super::{State, validate};

/// How the server goes, when it is told to.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How long it goes on accepting, since endpoints take a while to be forgotten.
    pub drain: Duration,
    /// How long the last requests may take after that.
    pub finish: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            drain: Duration::from_secs(10),
            finish: Duration::from_secs(20),
        }
    }
}

/// What the server listens with.
pub struct Listening {
    /// Where.
    pub listener: TcpListener,
    /// What it shows.
    pub certificate: Arc<Certificate>,
    /// What its requests share.
    pub state: Arc<State>,
    /// How it goes.
    pub timing: Timing,
}

/// A TLS handshake takes two round trips.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// Serves until it is told to go, and then for as long as the timing says.
pub async fn listen(listening: Listening, mut going: watch::Receiver<bool>) {
    let Listening {
        listener,
        certificate,
        state,
        timing,
    } = listening;
    let routes = Router::new()
        .route("/validate", post(validate))
        .with_state(Arc::clone(&state));
    let open = Connections::new(&state);
    let (close, closing) = watch::channel(false);
    let mut deadline: Option<Instant> = None;
    loop {
        let end = async {
            match deadline {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let progress = Progress::new();
                    let Some(place) = open.admit(&progress) else { continue };
                    let (certificate, routes) = (Arc::clone(&certificate), routes.clone());
                    let closing = closing.clone();
                    tokio::spawn(async move {
                        tokio::select! {
                            () = connection(stream, progress, &certificate, routes, closing) => {}
                            () = place.is_needed() => {}
                        }
                    });
                }
                // Out of file descriptors, say: others have to be given back first.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(Duration::from_millis(50)).await;
                }
            },
            _ = going.wait_for(|going| *going), if deadline.is_none() => {
                state.drain();
                deadline = Some(Instant::now() + timing.drain);
            }
            () = end => break,
        }
    }
    drop(listener);
    let _ = close.send(true);
    let last = Instant::now() + timing.finish;
    while open.count() > 0 && Instant::now() < last {
        sleep(Duration::from_millis(20)).await;
    }
}

async fn connection(
    stream: TcpStream,
    progress: Arc<Progress>,
    certificate: &Certificate,
    routes: Router,
    mut closing: watch::Receiver<bool>,
) {
    // Answers are small, and nothing follows them to be sent along.
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = certificate.acceptor() else {
        return;
    };
    let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(stream)).await else {
        return;
    };
    let stream = TokioIo::new(Watched::new(stream, Arc::clone(&progress)));
    let answering = Arc::clone(&progress);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (routes, progress) = (routes.clone(), Arc::clone(&answering));
        progress.begins();
        async move {
            let response = routes.oneshot(request.map(Body::new)).await;
            progress.ends();
            // The routes cannot fail.
            Ok::<_, Infallible>(response.unwrap_or_else(|never| match never {}))
        }
    });
    let serving = hyper::server::conn::http1::Builder::new()
        .half_close(false)
        .max_headers(64)
        .serve_connection(stream, service);
    tokio::pin!(serving);
    let mut look = interval(Duration::from_secs(1));
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = false;
    loop {
        tokio::select! {
            _ = &mut serving => return,
            _ = look.tick() => if progress.is_stuck(&PATIENCE) { return },
            _ = closing.wait_for(|closing| *closing), if !told => {
                told = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}
