//! Keeps up with the cluster: finds which kinds it serves, lists them page by page, and watches them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use kube::api::{ApiResource, DynamicObject, PartialObjectMeta};
use kube::runtime::watcher::{Config, Error, Event};
use kube::runtime::{WatchStreamExt, watcher as watch};
use kube::{Api, Client, Resource};
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::kinds::{Read, WATCHED, Watched};
use super::projection::{Keys, Project, api_version};
use super::{Changed, Held, View};
use crate::server::State;

/// First lists at a time: what they need passes, and would stay with the process if all came at once.
const LISTS: usize = 2;
/// Objects in one page of a list: what is held of an answer while it is read.
const PAGE: u32 = 250;
/// How often it is looked which kinds the cluster serves.
const LOOK: Duration = Duration::from_mins(1);
/// How long the first lists may take before the server is ready without them.
const SETTLE: Duration = Duration::from_secs(30);
/// When a kind of which there is too much is counted again.
const RECOUNT: Duration = Duration::from_mins(10);

/// Keeps up with the cluster for as long as it is polled.
pub async fn keep(view: Arc<View>, client: Client, state: Arc<State>) {
    let begun = Instant::now();
    let mut running = BTreeSet::new();
    let lists = Arc::new(Semaphore::new(LISTS));
    let mut look = interval(Duration::from_secs(1));
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut next = begun;
    loop {
        look.tick().await;
        let needed = View::needed(&state.policy.load());
        let known = |at: &usize| view.shelves[*at].held() != Held::Unknown;
        if !view.is_settled() && (begun.elapsed() > SETTLE || needed.iter().all(known)) {
            view.settle();
        }
        let waiting: Vec<_> = needed.difference(&running).copied().collect();
        if waiting.is_empty() || Instant::now() < next {
            continue;
        }
        next = Instant::now() + LOOK;
        match served(&client, &waiting).await {
            Ok(served) => start(&view, (&client, &lists), &waiting, &served, &mut running),
            Err(error) => {
                tracing::warn!(%error, "it is not known which kinds the cluster serves");
                next = Instant::now() + Duration::from_secs(5);
            }
        }
    }
}

fn start(
    view: &Arc<View>,
    (client, lists): (&Client, &Arc<Semaphore>),
    waiting: &[usize],
    served: &BTreeMap<usize, ApiResource>,
    running: &mut BTreeSet<usize>,
) {
    for at in waiting {
        let Some(resource) = served.get(at) else {
            view.heard(&view.shelves[*at].say(Held::Absent), "");
            continue;
        };
        running.insert(*at);
        let one = One {
            view: Arc::clone(view),
            at: *at,
            watched: &WATCHED[*at],
            resource: resource.clone(),
        };
        tokio::spawn(one.keep(client.clone(), Arc::clone(lists)));
    }
}

/// The kinds that the cluster serves, each in the version that it prefers.
pub(crate) async fn served(
    client: &Client,
    wanted: &[usize],
) -> Result<BTreeMap<usize, ApiResource>, kube::Error> {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    versions.insert(String::new(), vec!["v1".to_owned()]);
    for group in client.list_api_groups().await?.groups {
        let preferred = group.preferred_version.map(|version| version.version);
        let all = group.versions.into_iter().map(|version| version.version);
        let mut own: Vec<_> = preferred.into_iter().chain(all).collect();
        let mut seen = BTreeSet::new();
        own.retain(|version| seen.insert(version.clone()));
        versions.insert(group.name, own);
    }
    let groups: BTreeSet<_> = wanted.iter().map(|at| WATCHED[*at].group).collect();
    let mut found = BTreeMap::new();
    for group in groups {
        for version in versions.get(group).into_iter().flatten() {
            for (kind, resource) in resources(client, group, version).await? {
                let of = |at: &&usize| WATCHED[**at].group == group && WATCHED[**at].name == kind;
                if let Some(at) = wanted.iter().find(of) {
                    // Versions come in the order of preference.
                    found.entry(*at).or_insert(resource);
                }
            }
        }
    }
    Ok(found)
}

/// The kinds of one version of a group, without subresources.
async fn resources(
    client: &Client,
    group: &str,
    version: &str,
) -> Result<Vec<(String, ApiResource)>, kube::Error> {
    let api_version = api_version(group, version);
    let listed = if group.is_empty() {
        client.list_core_api_resources(version).await?
    } else {
        client.list_api_group_resources(&api_version).await?
    };
    let own = listed.resources.into_iter();
    let own = own.filter(|resource| !resource.name.contains('/'));
    let own = own.map(|resource| {
        let of = ApiResource {
            group: group.to_owned(),
            version: version.to_owned(),
            api_version: api_version.clone(),
            kind: resource.kind.clone(),
            plural: resource.name,
        };
        (resource.kind, of)
    });
    Ok(own.collect())
}

/// One kind that is watched.
struct One {
    view: Arc<View>,
    at: usize,
    watched: &'static Watched,
    resource: ApiResource,
}

impl One {
    async fn keep(self, client: Client, lists: Arc<Semaphore>) {
        loop {
            let turn = Arc::clone(&lists).acquire_owned().await.ok();
            let config = Config::default().page_size(PAGE);
            match self.watched.read {
                Read::Whole => {
                    self.follow(watch(self.api::<DynamicObject>(&client), config), turn)
                        .await;
                }
                Read::Keys => {
                    self.follow(watch(self.api::<Keys>(&client), config), turn)
                        .await;
                }
                Read::Uncontrolled => {
                    let api = self.api::<PartialObjectMeta<DynamicObject>>(&client);
                    self.follow(watch(api, config), turn).await;
                }
            }
            // There was too much.
            sleep(RECOUNT).await;
            self.view.heard(&self.shelf().say(Held::Unknown), "");
        }
    }

    fn api<K: Resource<DynamicType = ApiResource>>(&self, client: &Client) -> Api<K> {
        Api::all_with(client.clone(), &self.resource)
    }

    /// Follows until there is too much.
    async fn follow<K: Project + Clone + Debug + DeserializeOwned + Send>(
        &self,
        events: impl Stream<Item = Result<Event<K>, Error>> + Send,
        mut turn: Option<OwnedSemaphorePermit>,
    ) {
        let events = events.default_backoff();
        tokio::pin!(events);
        while let Some(event) = events.next().await {
            if matches!(event, Ok(Event::InitDone) | Err(_)) {
                drop(turn.take());
            }
            match event {
                Ok(event) => self.take(event),
                Err(error) => self.fails(&error),
            }
            if self.shelf().held() == Held::TooMany {
                tracing::warn!(
                    kind = self.watched.name,
                    "there is more of this kind than is kept, so rules that look at it are not asked"
                );
                return;
            }
        }
    }

    fn shelf(&self) -> &super::Shelf {
        &self.view.shelves[self.at]
    }

    fn take<K: Project>(&self, event: Event<K>) {
        let project = |object: K| object.project(self.watched, &self.resource.version);
        let caps = self.view.caps;
        let (changed, namespace) = match event {
            Event::Init => {
                self.shelf().begin();
                return;
            }
            Event::InitDone => (self.shelf().complete(), String::new()),
            Event::InitApply(object) => (
                self.shelf().put(&project(object), true, caps),
                String::new(),
            ),
            Event::Apply(object) => {
                let object = project(object);
                let changed = self.shelf().put(&object, false, caps);
                (changed, self.changed_namespace(object))
            }
            Event::Delete(object) => {
                let object = project(object);
                (self.shelf().take(&object), self.changed_namespace(object))
            }
        };
        self.view.heard(&changed, &namespace);
    }

    /// What a Namespace says holds for what is in it.
    fn changed_namespace(&self, object: super::Projected) -> String {
        if self.watched.name == "Namespace" {
            object.name
        } else {
            object.namespace
        }
    }

    fn fails(&self, error: &Error) {
        let status = match error {
            Error::InitialListFailed(kube::Error::Api(status))
            | Error::WatchStartFailed(kube::Error::Api(status))
            | Error::WatchFailed(kube::Error::Api(status))
            | Error::WatchError(status) => Some(&**status),
            _ => None,
        };
        let kind = self.watched.name;
        let held = match status.map(|status| status.code) {
            Some(401 | 403) => Held::Refused,
            // Its definition was deleted.
            Some(404) => Held::Absent,
            // What was changed is not remembered for so long: it is listed anew.
            Some(410) => return,
            // Whatever else it is passes, and what was known stays known.
            _ => return tracing::warn!(kind, %error, "a kind cannot be watched for now"),
        };
        let changed = self.shelf().say(held);
        if changed == Changed::Held {
            let error = status.map_or("", |status| &status.message);
            let text = "a kind cannot be watched, so rules that look at it are not asked";
            tracing::warn!(kind, error, "{text}");
        }
        self.view.heard(&changed, "");
    }
}
