//! What the tests stand on: a namespace in a real cluster, and a webhook that is asked about it alone.

pub(crate) mod authority;
pub(crate) mod balancer;
pub(crate) mod hook;
pub(crate) mod load;
pub(crate) mod objects;
pub(crate) mod registered;
pub(crate) mod stranger;

use cluster::{ControlPlane, Output};
use plimsoll_webhook::manifests::WEBHOOK;
use serde_json::Value;

use hook::{Hook, Site};
use registered::Registered;

/// A namespace whose objects a webhook of its own judges.
pub(crate) struct Place {
    pub(crate) registered: Registered,
    pub(crate) hook: Hook,
    pub(crate) site: Site,
    pub(crate) namespace: Namespace,
}

/// A namespace that no other test uses.
#[derive(Clone)]
pub(crate) struct Namespace {
    pub(crate) cluster: &'static ControlPlane,
    pub(crate) name: String,
}

impl Place {
    /// A namespace with a webhook that is asked, and denies; `None` after a line that says SKIPPED and why.
    #[track_caller]
    pub(crate) fn new(name: &str) -> Option<Self> {
        Some(Self::around(Namespace::new(name)?, &[]))
    }

    /// The same in a namespace that is there already.
    #[track_caller]
    pub(crate) fn around(namespace: Namespace, arguments: &[&str]) -> Self {
        let site = Site::new();
        let hook = site.start(arguments);
        let registered = Registered::new(&namespace, &hook.url(), &site.authority.pem());
        namespace.wait_until_asked();
        Self {
            registered,
            hook,
            site,
            namespace,
        }
    }
}

impl Namespace {
    #[track_caller]
    pub(crate) fn new(name: &str) -> Option<Self> {
        let cluster = ControlPlane::shared()?;
        let name = cluster.namespace(name);
        Some(Self { cluster, name })
    }

    /// Calls kubectl in it.
    #[track_caller]
    pub(crate) fn kubectl(&self, words: &[&str]) -> Output {
        self.send(words, &Value::Null)
    }

    /// Calls kubectl in it with an object on its standard input.
    #[track_caller]
    pub(crate) fn send(&self, words: &[&str], object: &Value) -> Output {
        let words = [&["--namespace", &*self.name], words].concat();
        let input = if object.is_null() {
            String::new()
        } else {
            object.to_string()
        };
        self.cluster.kubectl_with(&words, &input)
    }

    #[track_caller]
    pub(crate) fn create(&self, object: &Value) -> Output {
        self.send(&["create", "--filename=-"], object)
    }

    #[track_caller]
    pub(crate) fn apply(&self, object: &Value) -> Output {
        self.send(&["apply", "--filename=-"], object)
    }

    #[track_caller]
    pub(crate) fn dry_run(&self, object: &Value) -> Output {
        self.send(&["create", "--dry-run=server", "--filename=-"], object)
    }

    /// The API server takes about a second to know of a webhook.
    #[track_caller]
    pub(crate) fn wait_until_asked(&self) {
        let canary = objects::privileged("Pod", "canary");
        cluster::eventually("the webhook is asked", || self.dry_run(&canary).code != 0);
    }

    /// The names of what is there of a kind.
    #[track_caller]
    pub(crate) fn names(&self, kind: &str) -> Vec<String> {
        let listed = self.kubectl(&["get", kind, "--output=name"]).succeeds();
        listed.lines().map(ToOwned::to_owned).collect()
    }

    /// What is said under a path of an object that is stored.
    #[track_caller]
    pub(crate) fn stored(&self, what: &str, pointer: &str) -> Value {
        let object = self.kubectl(&["get", what, "--output=json"]).succeeds();
        let object: Value = serde_json::from_str(&object).unwrap();
        object.pointer(pointer).cloned().unwrap_or_default()
    }

    /// What the audit log says of requests for a resource here, oldest first.
    pub(crate) fn audited(&self, verb: &str, resource: &str) -> Vec<Value> {
        let mut events = self.cluster.audit();
        events.retain(|event| {
            let object = &event["objectRef"];
            event["verb"] == verb
                && object["resource"] == resource
                && object["namespace"] == *self.name
        });
        events
    }
}

/// What the webhook wrote down with an event of the audit log.
pub(crate) fn noted(event: &Value, key: &str) -> String {
    let key = format!("{WEBHOOK}/{key}");
    let note = &event["annotations"][&key];
    note.as_str().unwrap_or_default().to_owned()
}
