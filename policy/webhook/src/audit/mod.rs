//! Goes over what is stored already, beside what is asked: one of the replicas does, and writes reports of what it finds.
//!
//! ```text
//! Lease ─▶ all of it, each hour ─────┐
//! View ──▶ a namespace, 30 s after ──┴▶ pages of objects ─▶ judged on one thread ─▶ reports that differ, at a pace
//!          something changed in it      pass.rs                                     report.rs, writer.rs
//! ```
//!
//! Nothing of this is in the way of a request, and no request writes anything.

mod arguments;
mod metrics;
mod pass;
mod report;
mod writer;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

pub(crate) use arguments::Arguments;
pub use metrics::AuditMetrics;
pub use report::ReportApi;

use crate::clock;
use crate::lease::Lease;
use crate::server::State;
use crate::view::View;
use pass::{Pass, Scope};
use writer::Writer;

/// How it goes about.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the Lease is by which one replica of several does it.
    pub lease_namespace: String,
    /// Who this replica is.
    pub identity: String,
    /// Which reports are written.
    pub reports: ReportApi,
    /// How many at most.
    pub most_reports: usize,
    /// Namespaces whose objects are not looked at.
    pub skipped: Vec<String>,
    /// Between two times that everything is looked at.
    pub every: Duration,
    /// From a change in a namespace until it is looked at.
    pub debounce: Duration,
}

const LEASE: &str = "plimsoll-audit";
/// A third of the time after which a Lease has expired.
const RENEW: Duration = Duration::from_secs(5);
/// How often it is looked whether another policy is in force.
const LOOK: Duration = Duration::from_secs(5);

/// Audits for as long as it is polled, whenever this replica has the Lease.
pub async fn keep(
    settings: Settings,
    client: Client,
    view: Arc<View>,
    state: Arc<State>,
    going: watch::Receiver<bool>,
) {
    let (lead, mut leads) = watch::channel(false);
    let lease = Lease::new(
        client.clone(),
        &settings.lease_namespace,
        LEASE,
        &settings.identity,
    );
    tokio::spawn(hold(lease, lead, Arc::clone(&state), going));
    let audit = Audit {
        settings,
        client,
        view,
        state,
    };
    loop {
        if leads.wait_for(|leads| *leads).await.is_err() {
            return;
        }
        tokio::select! {
            () = audit.lead() => {}
            lost = leads.wait_for(|leads| !leads) => if lost.is_err() { return },
        }
    }
}

/// Takes the Lease when nobody has it, says whether it is held, and gives it back when the server goes.
async fn hold(
    mut lease: Lease,
    lead: watch::Sender<bool>,
    state: Arc<State>,
    mut going: watch::Receiver<bool>,
) {
    let mut renew = interval(RENEW);
    renew.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = renew.tick() => {}
            _ = going.wait_for(|going| *going) => break,
        }
        let held = lease.hold(clock::seconds()).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the Lease of the audit can neither be read nor written");
            false
        });
        state.metrics.audit.leads(held);
        lead.send_if_modified(|leads| std::mem::replace(leads, held) != held);
    }
    // Who audits stops first.
    drop(lead);
    state.metrics.audit.leads(false);
    if let Err(error) = lease.release().await {
        tracing::warn!(%error, "the Lease of the audit is not given back, and expires");
    }
}

struct Audit {
    settings: Settings,
    client: Client,
    view: Arc<View>,
    state: Arc<State>,
}

impl Audit {
    async fn lead(&self) {
        while !self.view.is_settled() {
            sleep(Duration::from_millis(200)).await;
        }
        let metrics = &self.state.metrics.audit;
        let mut writer = match Writer::begin(&self.client, &self.settings, metrics).await {
            Ok(writer) => writer,
            Err(error) => {
                tracing::error!(%error, "the reports that there are cannot be listed, so none are written");
                return sleep(self.settings.debounce).await;
            }
        };
        let mut next = Instant::now();
        let mut policy = String::new();
        loop {
            tokio::select! {
                () = sleep_until(next) => {
                    self.state.policy.load().digest.clone_into(&mut policy);
                    next = Instant::now() + self.settings.every;
                    self.pass(&Scope::All, &mut writer).await;
                }
                namespaces = self.changed() => {
                    for scope in namespaces.into_iter().map(Scope::of) {
                        self.pass(&scope, &mut writer).await;
                    }
                }
                () = self.changes_policy(&policy) => next = Instant::now(),
            }
        }
    }

    /// Waits for changes, and for the time in which more of them may come.
    async fn changed(&self) -> BTreeSet<String> {
        let mut all = self.view.changes().await;
        sleep(self.settings.debounce).await;
        let more = tokio::time::timeout(Duration::ZERO, self.view.changes()).await;
        all.extend(more.unwrap_or_default());
        all.retain(|namespace| !self.settings.skipped.contains(namespace));
        all
    }

    async fn changes_policy(&self, digest: &str) {
        loop {
            sleep(LOOK).await;
            if self.state.policy.load().digest != digest {
                return;
            }
        }
    }

    async fn pass(&self, scope: &Scope, writer: &mut Writer<'_>) {
        let begun = Instant::now();
        let pass = Pass {
            settings: &self.settings,
            client: &self.client,
            view: &self.view,
            policy: self.state.policy.load_full(),
        };
        let objects = pass.run(scope, writer).await;
        let metrics = &self.state.metrics.audit;
        metrics.passed(scope.is_all(), begun.elapsed(), objects, clock::seconds());
    }
}
