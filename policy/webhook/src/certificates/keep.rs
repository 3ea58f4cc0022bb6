//! Keeps the certificate of this replica, and, while it holds the Lease, that of all.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::cluster::{Cluster, Fault, Read};
use super::plan::{Published, Report, SPEAKS, Step, digest, next};
use super::trust::{accepts, expires};
use super::{Leaf, Names, Stored};
use crate::clock;
use crate::lease::Lease;
use crate::server::State;
use crate::server::tls::{Certificate, Files, Material};

/// Longer than any step takes, and shorter than the Lease lasts.
const PATIENCE: u64 = 10;
/// After a fault it tries again, but not at once.
const RETRY: i64 = 30;
/// From nothing to a trusted certificate it takes two steps; a plan that goes on is a mistake.
const STEPS: usize = 6;

/// API servers hear of a bundle a moment later than we do.
const HEARD: i64 = 10;

/// What this replica shows, and its chain in PEM.
struct Shown {
    material: Material,
    chain: String,
}

/// Keeps the certificate.
pub struct Keeper {
    cluster: Cluster,
    lease: Lease,
    names: Names,
    certificate: Arc<Certificate>,
    state: Arc<State>,
    client_authority: Option<PathBuf>,
    shown: Option<Shown>,
    /// The bundle that is published, and since when this replica has seen it.
    bundle: Option<(String, i64)>,
    reported: i64,
    /// It writes nothing before.
    rests: i64,
    fault: Option<String>,
}

impl Keeper {
    /// For one replica.
    pub fn new(
        client: &Client,
        names: Names,
        certificate: Arc<Certificate>,
        state: Arc<State>,
        client_authority: Option<PathBuf>,
    ) -> Self {
        let secret = names.secret();
        Self {
            cluster: Cluster::new(client.clone(), names.clone()),
            lease: Lease::new(client.clone(), &names.namespace, &secret, &names.replica),
            names,
            certificate,
            state,
            client_authority,
            shown: None,
            bundle: None,
            reported: 0,
            rests: 0,
            fault: None,
        }
    }

    /// Looks every few seconds, until it is told to go.
    pub async fn run(mut self, seconds: u64, mut going: watch::Receiver<bool>) {
        let mut tick = interval(Duration::from_secs(seconds.max(1)));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let goes = tokio::select! {
                _ = tick.tick() => false,
                _ = going.wait_for(|going| *going) => true,
            };
            if goes {
                break;
            }
            self.look(clock::seconds()).await;
        }
        if let Err(error) = self.lease.release().await {
            tracing::warn!(%error, "the Lease is not given back; it expires");
        }
    }

    /// What keeps it from keeping the certificate.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Looks once, at a time in seconds since 1970.
    pub async fn look(&mut self, now: i64) {
        let looked = timeout(Duration::from_secs(PATIENCE), self.at(now)).await;
        let fault = looked.unwrap_or(Err(Fault::Silent(PATIENCE))).err();
        if fault.is_some() {
            self.rests = now + RETRY;
        }
        let fault = fault.map(|fault| fault.to_string());
        if fault != self.fault {
            if let Some(fault) = &fault {
                tracing::error!(fault, "the certificate cannot be kept; it is tried again");
            } else {
                tracing::info!("the certificate is kept again");
            }
            self.fault = fault;
        }
    }

    async fn at(&mut self, now: i64) -> Result<(), Fault> {
        let mut read = self.cluster.read().await?;
        self.show(&read, now);
        self.speak(&read, now).await?;
        let step = next(read.stored.as_ref(), &read.seen, &self.names, now);
        if matches!(step, Step::Rest { .. }) || now < self.rests {
            return Ok(());
        }
        let what = format!("hold Lease {}", self.names.secret());
        let held = self.lease.hold(now).await.map_err(|error| Fault::Refused {
            what,
            error: Box::new(error),
        })?;
        if !held {
            return Ok(());
        }
        let written = self.write(now).await;
        if let Err(error) = self.lease.release().await {
            tracing::warn!(%error, "the Lease is not given back; it expires");
        }
        match written {
            // What was written in between is read the next time.
            Err(Fault::Conflict(what)) => tracing::info!(what, "somebody else has written"),
            written => written?,
        }
        read = self.cluster.read().await?;
        self.show(&read, now);
        Ok(())
    }

    /// Takes steps until there is none to take, each on what is there by then.
    async fn write(&self, now: i64) -> Result<(), Fault> {
        for _ in 0..STEPS {
            let read = self.cluster.read().await?;
            if let Some(fault) = &read.broken {
                tracing::warn!(
                    fault,
                    "what the Secret holds cannot be used, and is made anew"
                );
            }
            let step = next(read.stored.as_ref(), &read.seen, &self.names, now);
            match (step, &read.stored) {
                (Step::Rest { .. }, _) => return Ok(()),
                (Step::Publish, Some(stored)) => {
                    self.cluster.publish(&read, &stored.bundle()).await?;
                }
                (Step::Begin, _) => {
                    let trusted = read.seen.published.bundle();
                    let after = Stored::begin(&self.names, now, trusted)?;
                    self.cluster.store(&read, &after).await?;
                }
                (_, stored) => {
                    let after = Stored::after(stored.as_ref(), step, &self.names, now)?;
                    self.cluster.store(&read, &after).await?;
                    if step == Step::Promote {
                        self.cluster.forget_reports().await?;
                    }
                }
            }
            tracing::info!(?step, "a step of the certificate is done");
        }
        Ok(())
    }

    /// Shows the leaf that was read, and says whether the API server accepts it.
    fn show(&mut self, read: &Read, now: i64) {
        if let Published::Bundle(bundle) = &read.seen.published {
            let digest = digest(bundle);
            if self.bundle.as_ref().is_none_or(|(own, _)| *own != digest) {
                self.bundle = Some((digest, now));
            }
        }
        let Some(stored) = &read.stored else { return };
        self.state.metrics.expires("ca", stored.authority.to);
        let published = &read.seen.published;
        if self.may_show(&stored.leaf.certificate, published, now) {
            self.take(&stored.leaf, now);
        }
        let shown = self.shown.as_ref();
        let chain = shown.map_or(&stored.leaf.certificate, |shown| &shown.chain);
        let name = &self.names.dns()[0];
        self.state
            .distrusted(distrust(published, chain.as_bytes(), name, now));
    }

    /// Whether another leaf may take the place of the one that is shown: while the API server accepts this one, not before
    /// it has accepted the other for a moment.
    fn may_show(&self, chain: &str, published: &Published, now: i64) -> bool {
        let refused =
            |chain: &str| distrust(published, chain.as_bytes(), &self.names.dns()[0], now);
        let Some(shown) = &self.shown else {
            return true;
        };
        if refused(&shown.chain).is_some() {
            return true;
        }
        let heard = self
            .bundle
            .as_ref()
            .is_none_or(|(_, since)| now - since >= HEARD);
        refused(chain).is_none() && heard
    }

    fn take(&mut self, leaf: &Leaf, now: i64) {
        let files = self.files();
        let shown = Material::given(&files, &leaf.certificate, &leaf.key).and_then(|material| {
            let known = self.shown.as_ref().map(|shown| &shown.material);
            if known != Some(&material) {
                let expires = self.certificate.show(&files, &material, now)?;
                self.state.shows_certificate(expires);
                self.state.metrics.certificate(true);
                tracing::info!(expires, "the certificate is shown");
                let chain = leaf.certificate.clone();
                self.shown = Some(Shown { material, chain });
            }
            Ok(())
        });
        if let Err(error) = shown {
            self.state.metrics.certificate(false);
            tracing::error!(%error, "the certificate is not taken; the last good one stays");
        }
    }

    fn files(&self) -> Files {
        let secret = PathBuf::from(format!("Secret {}", self.names.secret()));
        Files {
            certificate: secret.join("tls.crt"),
            key: secret.join("tls.key"),
            client_authority: self.client_authority.clone(),
            name: Some(self.names.dns()[0].clone()),
        }
    }

    /// Says which bundle this replica sees, while it matters.
    async fn speak(&mut self, read: &Read, now: i64) -> Result<(), Fault> {
        let changing = read
            .stored
            .as_ref()
            .is_some_and(|stored| stored.next.is_some());
        let Some((bundle, since)) = self.bundle.clone().filter(|_| changing) else {
            self.reported = 0;
            return Ok(());
        };
        let own = |report: &&Report| report.replica == self.names.replica;
        let said = read.seen.reports.iter().find(own);
        let news = said.is_none_or(|report| report.bundle != bundle);
        if news || now - self.reported >= SPEAKS {
            let replica = self.names.replica.clone();
            let report = Report {
                replica,
                bundle,
                since,
                at: now,
            };
            self.cluster.report(&report).await?;
            self.reported = now;
        }
        Ok(())
    }
}

/// Why the API server would not accept a chain; `None` if it would, or asks nothing.
pub(crate) fn distrust(
    published: &Published,
    chain: &[u8],
    name: &str,
    now: i64,
) -> Option<String> {
    let Published::Bundle(bundle) = published else {
        return None;
    };
    let refused = accepts(bundle, chain, name, now).err()?;
    Some(format!(
        "the API server does not accept the certificate by its caBundle: {refused}"
    ))
}

/// Looks at whether the API server accepts a certificate that others keep.
pub(crate) async fn watch_trust(
    cluster: Cluster,
    (certificate, name): (PathBuf, String),
    state: Arc<State>,
    seconds: u64,
) {
    let mut tick = interval(Duration::from_secs(seconds.max(1)));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let published = match timeout(Duration::from_secs(PATIENCE), cluster.published()).await {
            Ok(Ok(published)) => published,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the caBundle cannot be read");
                continue;
            }
            Err(_) => continue,
        };
        if let Published::Bundle(bundle) = &published
            && let Some(to) = expires(bundle)
        {
            state.metrics.expires("ca", to);
        }
        if let Ok(chain) = std::fs::read(&certificate) {
            state.distrusted(distrust(&published, &chain, &name, clock::seconds()));
        }
    }
}
