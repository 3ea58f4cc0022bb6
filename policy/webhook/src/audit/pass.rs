//! One pass over objects: page by page, so that what is held does not grow with the cluster.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use kube::api::{Api, ApiResource, DynamicObject, ListParams, TypeMeta};
use kube::{Client, ResourceExt};
use plimsoll_check::{Date, Kind, Scope as KindScope};

use super::Settings;
use super::report::{Report, ReportApi, Subject};
use super::writer::Writer;
use crate::admission::audit;
use crate::clock;
use crate::policy::Policy;
use crate::view::kinds::{Read, WATCHED};
use crate::view::{About, View, is_controlled, served};

const PAGE: u32 = 250;

/// What is looked at.
#[derive(Debug)]
pub(super) enum Scope {
    All,
    /// Objects of no namespace.
    Cluster,
    Namespace(String),
}

impl Scope {
    /// A namespace; the name of the cluster's own is empty.
    pub(super) fn of(namespace: String) -> Self {
        if namespace.is_empty() {
            Self::Cluster
        } else {
            Self::Namespace(namespace)
        }
    }

    pub(super) fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    fn holds(&self, kind: Kind) -> bool {
        match self {
            Self::All => true,
            Self::Cluster => kind.scope() == KindScope::Cluster,
            Self::Namespace(_) => kind.scope() != KindScope::Cluster,
        }
    }
}

/// One pass.
pub(super) struct Pass<'a> {
    pub(super) settings: &'a Settings,
    pub(super) client: &'a Client,
    pub(super) view: &'a Arc<View>,
    pub(super) policy: Arc<Policy>,
}

/// What came of a page.
struct Judged {
    reports: Vec<Report>,
    clean: Vec<String>,
}

impl Pass<'_> {
    /// Looks at all objects of a scope, and writes what is wrong with them. Gives back how many there were.
    pub(super) async fn run(&self, scope: &Scope, writer: &mut Writer<'_>) -> usize {
        let kinds = match self.kinds(scope).await {
            Ok(kinds) => kinds,
            Err(error) => {
                tracing::warn!(%error, "it is not known which kinds the cluster serves, so nothing is audited");
                return 0;
            }
        };
        let (mut objects, mut complete, mut wrong) = (0, true, HashSet::new());
        for resource in kinds.values() {
            match self.kind(scope, resource, writer, &mut wrong).await {
                Ok(count) => objects += count,
                // Of what could not be listed nobody can say that it is gone.
                Err(error) => {
                    complete = false;
                    tracing::warn!(%error, kind = resource.kind, "a kind is not audited");
                }
            }
        }
        if let Scope::Namespace(name) = scope
            && let Err(error) = self.namespace(name, writer).await
        {
            tracing::warn!(%error, name, "a Namespace is not audited");
        }
        if complete {
            let within = match scope {
                Scope::All => None,
                Scope::Cluster => Some(""),
                Scope::Namespace(name) => Some(name.as_str()),
            };
            writer.keep_only(&wrong, within).await;
        }
        objects
    }

    /// Kinds that are judged whole; of `ConfigMap`s and Secrets no values are read.
    async fn kinds(&self, scope: &Scope) -> Result<BTreeMap<usize, ApiResource>, kube::Error> {
        let wanted = WATCHED.iter().enumerate().filter(|(_, watched)| {
            watched.read != Read::Keys
                && watched.kind != Kind::ReplicaSet
                && scope.holds(watched.kind)
        });
        let wanted: Vec<_> = wanted.map(|(at, _)| at).collect();
        served(self.client, &wanted).await
    }

    async fn kind(
        &self,
        scope: &Scope,
        resource: &ApiResource,
        writer: &mut Writer<'_>,
        wrong: &mut HashSet<String>,
    ) -> Result<usize, kube::Error> {
        let api: Api<DynamicObject> = match scope {
            Scope::Namespace(name) => Api::namespaced_with(self.client.clone(), name, resource),
            Scope::All | Scope::Cluster => Api::all_with(self.client.clone(), resource),
        };
        let mut page = ListParams::default().limit(PAGE);
        let mut count = 0;
        loop {
            let listed = api.list(&page).await?;
            count += listed.items.len();
            let next = listed.metadata.continue_.filter(|token| !token.is_empty());
            let judged = self.judge(listed.items, resource).await;
            for report in &judged.reports {
                wrong.insert(report.subject.uid.clone());
                writer.write(report).await;
            }
            match next {
                Some(token) => page = page.continue_token(&token),
                None => return Ok(count),
            }
        }
    }

    /// The Namespace of a namespace, of which rules say what it lacks.
    async fn namespace(&self, name: &str, writer: &mut Writer<'_>) -> Result<(), kube::Error> {
        let resource = ApiResource {
            group: String::new(),
            version: "v1".to_owned(),
            api_version: "v1".to_owned(),
            kind: "Namespace".to_owned(),
            plural: "namespaces".to_owned(),
        };
        let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &resource);
        let Some(object) = api.get_opt(name).await? else {
            return Ok(());
        };
        let judged = self.judge(vec![object], &resource).await;
        for report in &judged.reports {
            writer.write(report).await;
        }
        for uid in &judged.clean {
            writer.forget(uid).await;
        }
        Ok(())
    }

    /// Judges a page on another thread, so that requests are answered meanwhile; one page at a time.
    async fn judge(&self, objects: Vec<DynamicObject>, resource: &ApiResource) -> Judged {
        let page = Page {
            view: Arc::clone(self.view),
            policy: Arc::clone(&self.policy),
            resource: resource.clone(),
            skipped: self.settings.skipped.clone(),
            api: self.settings.reports,
            today: clock::today(),
        };
        let judging = tokio::task::spawn_blocking(move || page.judge(objects));
        // Rules that panic are caught one by one.
        judging.await.unwrap_or(Judged {
            reports: Vec::new(),
            clean: Vec::new(),
        })
    }
}

struct Page {
    view: Arc<View>,
    policy: Arc<Policy>,
    resource: ApiResource,
    skipped: Vec<String>,
    api: ReportApi,
    today: Date,
}

impl Page {
    fn judge(&self, objects: Vec<DynamicObject>) -> Judged {
        let (mut reports, mut clean) = (Vec::new(), Vec::new());
        for object in objects {
            let uid = object.uid().unwrap_or_default();
            match self.report(object) {
                Some(report) => reports.push(report),
                None => clean.push(uid),
            }
        }
        Judged { reports, clean }
    }

    fn report(&self, mut object: DynamicObject) -> Option<Report> {
        if self.is_left_out(&object) {
            return None;
        }
        object.managed_fields_mut().clear();
        object.types = Some(TypeMeta {
            api_version: self.resource.api_version.clone(),
            kind: self.resource.kind.clone(),
        });
        let subject = Subject {
            api_version: self.resource.api_version.clone(),
            kind: self.resource.kind.clone(),
            namespace: object.namespace().unwrap_or_default(),
            name: object.name_any(),
            uid: object.uid()?,
        };
        let text = serde_json::to_string(&object).ok()?;
        let about = About {
            kind: Kind::of(&self.resource.group, &subject.kind),
            namespace: &subject.namespace,
            name: &subject.name,
            text: &text,
        };
        let around = self.view.around(&self.policy, about, None);
        match audit(&self.policy, &text, &around, self.today) {
            Ok(audited) => Report::of(subject, &audited, &self.policy, self.api),
            Err(failure) => {
                tracing::error!(%failure, kind = subject.kind, namespace = subject.namespace, name = subject.name, "an object could not be audited");
                None
            }
        }
    }

    /// What is made from another object has its report there; what is Kubernetes' own, or is going, has none.
    fn is_left_out(&self, object: &DynamicObject) -> bool {
        let namespace = match self.resource.kind.as_str() {
            "Namespace" => object.metadata.name.as_ref(),
            _ => object.metadata.namespace.as_ref(),
        };
        let templated = Kind::of(&self.resource.group, &self.resource.kind)
            .pod_template()
            .is_some();
        object.metadata.deletion_timestamp.is_some()
            || namespace.is_some_and(|namespace| self.skipped.contains(namespace))
            || object.labels().contains_key("kubernetes.io/bootstrapping")
            || (templated && is_controlled(&object.metadata))
    }
}
