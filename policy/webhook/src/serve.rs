//! `plimsoll-webhook serve`: reads, listens, looks again at what it read, and goes when it is told to.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::audit;
use crate::certificates::{Cluster, Keeper, watch_trust};
use crate::cli::{Certificates, Enforce, Serve};
use crate::policy::{Policy, Settings};
use crate::server::tls::{Certificate, Files, Material};
use crate::server::{Limits, Listening, State, Timing, admin, listen};
use crate::view::{self, Caps, View};
use crate::{clock, cluster};

/// What a start fails with: the text is for whoever started it.
type Fault = String;

pub(crate) fn run(arguments: &Serve) -> ExitCode {
    log_as_json();
    // A panic is counted and answered; its text is a line of the log like others.
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "panicked")));
    match start(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            tracing::error!(fault, "cannot serve");
            ExitCode::FAILURE
        }
    }
}

fn log_as_json() {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_target(false)
        .with_writer(std::io::stderr)
        .init();
}

fn start(arguments: &Serve) -> Result<(), Fault> {
    let (runtime, threads) = runtime(arguments.threads)?;
    let policy = load(&arguments.enforce)?;
    let mut limits = Limits::of_threads(threads);
    limits.in_flight = arguments.max_in_flight.unwrap_or(limits.in_flight);
    limits.connections = arguments.max_connections;
    let state = State::new(policy, limits);
    runtime.block_on(serve(arguments, state))
}

fn runtime(threads: Option<usize>) -> Result<(Runtime, usize), Fault> {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.unwrap_or_else(cores).max(1);
    let mut builder = Builder::new_multi_thread();
    builder
        .worker_threads(threads)
        .max_blocking_threads(threads + 2)
        .enable_all();
    let runtime = builder.build().map_err(|error| error.to_string())?;
    Ok((runtime, threads))
}

fn load(enforce: &Enforce) -> Result<Policy, Fault> {
    let policy = Policy::load(enforce.config.as_deref(), &enforce.settings());
    let policy = policy.map_err(|error| error.to_string())?;
    for note in &policy.notes {
        tracing::warn!(note, "the configuration does not hold wholly");
    }
    Ok(policy)
}

async fn serve(arguments: &Serve, state: Arc<State>) -> Result<(), Fault> {
    let (go, going) = watch::channel(false);
    if arguments.view {
        watch_cluster(arguments, &state, going.clone()).await?;
    }
    let bind = async |address| {
        let listener = TcpListener::bind(address).await;
        listener.map_err(|error| format!("cannot listen at {address}: {error}"))
    };
    let (listener, probes) = (bind(arguments.listen).await?, bind(arguments.admin).await?);
    let certificate = Arc::new(Certificate::default());
    keep(arguments, &certificate, &state, going.clone()).await?;
    let look = Look {
        files: (arguments.certificates != Certificates::Own).then(|| files(arguments)),
        certificate: Arc::clone(&certificate),
        state: Arc::clone(&state),
        shown: None,
        text: None,
    };
    tokio::spawn(look.again(
        arguments.enforce.settings(),
        arguments.enforce.config.clone(),
        arguments.reload_seconds,
    ));
    let routes = admin(Arc::clone(&state));
    tokio::spawn(async move { axum::serve(probes, routes).await });
    tracing::info!(
        listen = %arguments.listen,
        admin = %arguments.admin,
        policy = state.policy.load().digest,
        "serving"
    );
    tokio::spawn(tell_to_go(go));
    let timing = Timing {
        drain: arguments.drain(),
        ..Timing::default()
    };
    listen(
        Listening {
            listener,
            certificate,
            state,
            timing,
        },
        going,
    )
    .await;
    tracing::info!("gone");
    Ok(())
}

fn files(arguments: &Serve) -> Files {
    let own = || arguments.installed.names("").dns()[0].clone();
    let name = match arguments.certificates {
        // With the files it may be reached by any name.
        Certificates::Files => arguments.name.clone(),
        _ => Some(arguments.name.clone().unwrap_or_else(own)),
    };
    Files {
        certificate: arguments.certificate.clone(),
        key: arguments.key.clone(),
        client_authority: arguments.client_authority.clone(),
        name,
    }
}

/// Has the certificate kept, or at least held against what the API server trusts.
async fn keep(
    arguments: &Serve,
    certificate: &Arc<Certificate>,
    state: &Arc<State>,
    going: watch::Receiver<bool>,
) -> Result<(), Fault> {
    if arguments.certificates == Certificates::Files {
        return Ok(());
    }
    let client = cluster::connect().await?;
    let (seconds, state) = (arguments.reload_seconds, Arc::clone(state));
    let names = arguments.installed.names(&arguments.pod);
    let files = files(arguments);
    if arguments.certificates == Certificates::Own {
        let authority = files.client_authority;
        let keeper = Keeper::new(&client, names, Arc::clone(certificate), state, authority);
        tokio::spawn(keeper.run(seconds, going));
    } else {
        let name = files.name.unwrap_or_default();
        let cluster = Cluster::new(client, names);
        tokio::spawn(watch_trust(
            cluster,
            (files.certificate, name),
            state,
            seconds,
        ));
    }
    Ok(())
}

/// Keeps up with the cluster from here on, beside what is asked.
async fn watch_cluster(
    arguments: &Serve,
    state: &Arc<State>,
    going: watch::Receiver<bool>,
) -> Result<(), Fault> {
    let client = cluster::connect().await?;
    let caps = Caps {
        objects: arguments.view_objects,
        bytes: arguments.view_size << 20,
    };
    let view = Arc::new(View::new(caps, arguments.audit.on));
    // Nobody else sets it.
    let _ = state.view.set(Arc::clone(&view));
    tokio::spawn(view::keep(
        Arc::clone(&view),
        client.clone(),
        Arc::clone(state),
    ));
    if arguments.audit.on {
        let settings = arguments
            .audit
            .settings(&arguments.installed.namespace, replica()?);
        tokio::spawn(audit::keep(
            settings,
            client,
            view,
            Arc::clone(state),
            going,
        ));
    }
    Ok(())
}

/// Which replica this is: the name of its Pod, as the kernel has it, and the process, where there are several in one.
fn replica() -> Result<String, Fault> {
    let path = "/proc/sys/kernel/hostname";
    let name = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Ok(format!("{}-{}", name.trim(), std::process::id()))
}

/// SIGTERM is what Kubernetes sends, SIGINT what a terminal does.
async fn tell_to_go(go: watch::Sender<bool>) {
    let (Ok(mut term), Ok(mut int)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        return tracing::error!("cannot be told to go: no signals");
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    tracing::info!("going");
    let _ = go.send(true);
    // Whoever waits for it has it.
    std::future::pending::<()>().await;
}

/// What is looked at again and again, by its content.
struct Look {
    /// None if this program keeps its certificate itself.
    files: Option<Files>,
    certificate: Arc<Certificate>,
    state: Arc<State>,
    shown: Option<Material>,
    text: Option<Vec<u8>>,
}

impl Look {
    async fn again(mut self, settings: Settings, config: Option<PathBuf>, seconds: u64) {
        let mut tick = interval(Duration::from_secs(seconds.max(1)));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let Some(files) = self.files.clone() {
                self.at_certificate(&files);
            }
            if let Some(path) = &config {
                self.at_config(path, &settings);
            }
        }
    }

    fn at_certificate(&mut self, files: &Files) {
        let material = match Material::read(files) {
            Ok(material) if self.shown.as_ref() == Some(&material) => return,
            Ok(material) => material,
            Err(error) => return self.refuse_certificate(&error.to_string()),
        };
        match self.certificate.show(files, &material, clock::seconds()) {
            Ok(expires) => {
                self.state.shows_certificate(expires);
                self.state.metrics.certificate(true);
                tracing::info!(expires, "the certificate is shown");
                self.shown = Some(material);
            }
            Err(error) => self.refuse_certificate(&error.to_string()),
        }
    }

    fn refuse_certificate(&self, error: &str) {
        self.state.metrics.certificate(false);
        tracing::error!(
            error,
            "the certificate is not taken; the last good one stays"
        );
    }

    fn at_config(&mut self, path: &Path, settings: &Settings) {
        let text = std::fs::read(path).ok();
        if text == self.text {
            return;
        }
        self.text = text;
        match Policy::load(Some(path), settings) {
            // As at the first look, unless it was changed since the start.
            Ok(policy) if policy.digest == self.state.policy.load().digest => {}
            Ok(policy) => {
                self.state.metrics.policy(true);
                tracing::info!(policy = policy.digest, "the configuration is in force");
                self.state.policy.store(Arc::new(policy));
            }
            Err(error) => {
                self.state.metrics.policy(false);
                tracing::error!(%error, "the configuration is not taken; the last good one stays");
            }
        }
    }
}
