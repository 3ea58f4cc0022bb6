//! Writes what differs, at a pace that etcd does not notice, and no more than is allowed.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use kube::api::{
    Api, ApiResource, DeleteParams, DynamicObject, ListParams, PartialObjectMeta, Patch,
    PatchParams,
};
use kube::{Client, ResourceExt};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::report::{HASH, MANAGED_BY, NAME, Report, ReportApi};
use super::{AuditMetrics, Settings};
use crate::clock;

/// Twenty writes a second.
const PACE: Duration = Duration::from_millis(50);
const PAGE: u32 = 250;

/// A report that is there.
struct Known {
    namespace: String,
    hash: String,
}

/// Writes reports, and knows which there are.
pub(super) struct Writer<'a> {
    client: Client,
    api: ReportApi,
    most: usize,
    metrics: &'a AuditMetrics,
    pace: Interval,
    known: HashMap<String, Known>,
}

impl<'a> Writer<'a> {
    /// Lists the reports that there are.
    pub(super) async fn begin(
        client: &Client,
        settings: &Settings,
        metrics: &'a AuditMetrics,
    ) -> Result<Self, kube::Error> {
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut writer = Self {
            client: client.clone(),
            api: settings.reports,
            most: settings.most_reports,
            metrics,
            pace,
            known: HashMap::new(),
        };
        for namespaced in [true, false] {
            writer.list(namespaced).await?;
        }
        metrics.has(writer.known.len());
        Ok(writer)
    }

    async fn list(&mut self, namespaced: bool) -> Result<(), kube::Error> {
        let resource = self.resource(namespaced);
        let api: Api<PartialObjectMeta<DynamicObject>> =
            Api::all_with(self.client.clone(), &resource);
        let mut page = ListParams::default()
            .labels(&format!("{MANAGED_BY}={NAME}"))
            .limit(PAGE);
        loop {
            let listed = api.list_metadata(&page).await?;
            for report in listed.items {
                let known = Known {
                    namespace: report.namespace().unwrap_or_default(),
                    hash: report.annotations().get(HASH).cloned().unwrap_or_default(),
                };
                self.known.insert(report.name_any(), known);
            }
            match listed.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => page = page.continue_token(&token),
                None => return Ok(()),
            }
        }
    }

    fn resource(&self, namespaced: bool) -> ApiResource {
        let kind = self.api.kind(namespaced);
        ApiResource {
            group: self.api.group().to_owned(),
            version: self.api.version().to_owned(),
            api_version: format!("{}/{}", self.api.group(), self.api.version()),
            kind: kind.to_owned(),
            plural: kind.to_lowercase() + "s",
        }
    }

    fn api(&self, namespace: &str) -> Api<DynamicObject> {
        let resource = self.resource(!namespace.is_empty());
        if namespace.is_empty() {
            Api::all_with(self.client.clone(), &resource)
        } else {
            Api::namespaced_with(self.client.clone(), namespace, &resource)
        }
    }

    /// Writes a report, if it says something else than the one that is there.
    pub(super) async fn write(&mut self, report: &Report) {
        let subject = &report.subject;
        let before = self.known.get(&subject.uid).map(|known| &known.hash);
        if before == Some(&report.hash) {
            return self.metrics.wrote("unchanged", self.known.len());
        }
        if before.is_none() && self.known.len() >= self.most {
            return self.metrics.wrote("capped", self.known.len());
        }
        self.pace.tick().await;
        let object = report.object(self.api, clock::seconds());
        let how = PatchParams::apply(NAME).force();
        let api = self.api(&subject.namespace);
        match api.patch(&subject.uid, &how, &Patch::Apply(&object)).await {
            Ok(_) => {
                let known = Known {
                    namespace: subject.namespace.clone(),
                    hash: report.hash.clone(),
                };
                self.known.insert(subject.uid.clone(), known);
                self.metrics.wrote("applied", self.known.len());
            }
            Err(error) => {
                self.metrics.wrote("failed", self.known.len());
                tracing::warn!(%error, namespace = subject.namespace, name = subject.name, "a report is not written");
            }
        }
    }

    /// Deletes the reports of a namespace, or of all, but those of objects that still have something wrong.
    pub(super) async fn keep_only(&mut self, wrong: &HashSet<String>, namespace: Option<&str>) {
        let within = |known: &Known| namespace.is_none_or(|namespace| namespace == known.namespace);
        let gone = self
            .known
            .iter()
            .filter(|(uid, known)| within(known) && !wrong.contains(*uid));
        let gone: Vec<_> = gone
            .map(|(uid, known)| (uid.clone(), known.namespace.clone()))
            .collect();
        for (uid, namespace) in gone {
            self.delete(&uid, &namespace).await;
        }
    }

    /// Deletes the report of an object, if there is one.
    pub(super) async fn forget(&mut self, uid: &str) {
        if let Some(namespace) = self.known.get(uid).map(|known| known.namespace.clone()) {
            self.delete(uid, &namespace).await;
        }
    }

    async fn delete(&mut self, uid: &str, namespace: &str) {
        self.pace.tick().await;
        let deleted = self
            .api(namespace)
            .delete(uid, &DeleteParams::default())
            .await;
        match deleted {
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            Err(error) => {
                self.metrics.wrote("failed", self.known.len());
                return tracing::warn!(%error, namespace, uid, "a report is not deleted");
            }
            Ok(_) => {}
        }
        self.known.remove(uid);
        self.metrics.wrote("deleted", self.known.len());
    }
}
