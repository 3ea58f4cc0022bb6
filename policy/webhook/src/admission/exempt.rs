//! What is let through without being judged, cheapest first.
//!
//! The webhook's own `matchConditions` keep most of this at the API server; whoever has an older one, or wrote a
//! configuration by hand, has it here.

use std::collections::BTreeMap;

use plimsoll_yaml::Node;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::review::{Operation, Request};

/// Why an object is let through unjudged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// A deletion, a connection: there is nothing to judge.
    Operation,
    /// A subresource that holds no object of its own, `scale` say.
    Subresource,
    /// It is going: whoever holds on to it has to be able to let go.
    Terminating,
    /// The kubelet's mirror of a Pod that runs already.
    Mirror,
    /// A controller of Kubernetes makes it from an object that was judged.
    Controlled,
    /// What rules look at is as it was.
    Unchanged,
}

impl Pass {
    /// As metrics and audit annotations have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Subresource => "subresource",
            Self::Terminating => "terminating",
            Self::Mirror => "mirror",
            Self::Controlled => "controlled",
            Self::Unchanged => "unchanged",
        }
    }
}

/// The annotation of a Pod that a kubelet runs from a file; only a kubelet can create it.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Kinds whose controllers make Pods, `ReplicaSet`s and Jobs from a template that the webhook judges.
const CONTROLLERS: [(&str, &str); 7] = [
    ("apps/v1", "ReplicaSet"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
    ("v1", "ReplicationController"),
];

/// Whether a request is let through before its object is read.
pub(super) fn unread(request: &Request<'_>) -> Option<Pass> {
    if !matches!(request.operation, Operation::Create | Operation::Update) {
        return Some(Pass::Operation);
    }
    let sub = request.sub_resource.as_deref().unwrap_or_default();
    if !matches!(sub, "" | "ephemeralcontainers" | "resize") {
        return Some(Pass::Subresource);
    }
    let (object, old) = (request.object?, request.old_object?);
    let updates = request.operation == Operation::Update;
    (updates && says_the_same(object, old)?).then_some(Pass::Unchanged)
}

/// Whether an object is let through unjudged. `controllers` are the users whose objects are made from others: an owner
/// reference alone proves nothing, since anybody can write one.
pub(super) fn read(
    request: &Request<'_>,
    object: Node<'_>,
    controllers: &[String],
) -> Option<Pass> {
    let metadata = object.get("metadata")?;
    let says = |key| metadata.get(key).filter(|node| !node.is_null());
    if says("deletionTimestamp").is_some() {
        return Some(Pass::Terminating);
    }
    let user = &*request.user_info.username;
    let mirror = says("annotations").and_then(|annotations| annotations.get(MIRROR));
    if mirror.is_some() && user.starts_with("system:node:") {
        return Some(Pass::Mirror);
    }
    // An ephemeral container is a person's, whoever made the Pod.
    let whole = request
        .sub_resource
        .as_deref()
        .unwrap_or_default()
        .is_empty();
    let made = whole && controllers.iter().any(|own| own == user);
    (made && is_controlled(metadata)).then_some(Pass::Controlled)
}

fn is_controlled(metadata: Node<'_>) -> bool {
    let owners = metadata
        .get("ownerReferences")
        .into_iter()
        .flat_map(Node::items);
    let mut controllers =
        owners.filter(|owner| owner.get("controller").and_then(Node::bool) == Some(true));
    let text = |owner: Node<'_>, key| {
        owner
            .get(key)
            .and_then(Node::text)
            .unwrap_or_default()
            .to_owned()
    };
    controllers.next().is_some_and(|owner| {
        let (version, kind) = (text(owner, "apiVersion"), text(owner, "kind"));
        CONTROLLERS.contains(&(&*version, &*kind))
    })
}

/// No field but `status` and what the server keeps in `metadata` differs; `None` if one of them is no object.
fn says_the_same(object: &RawValue, old: &RawValue) -> Option<bool> {
    let mut fields = [object, old]
        .map(|object| serde_json::from_str::<BTreeMap<&str, &RawValue>>(object.get()).ok());
    let [own, before] = &mut fields;
    let (own, before) = (own.as_mut()?, before.as_mut()?);
    let metadata = [own.remove("metadata"), before.remove("metadata")]
        .map(|metadata| serde_json::from_str::<Metadata<'_>>(metadata?.get()).ok());
    let [Some(metadata), Some(metadata_before)] = metadata else {
        return None;
    };
    own.remove("status");
    before.remove("status");
    let texts = |fields: &BTreeMap<&str, &RawValue>, other: &BTreeMap<&str, &RawValue>| {
        let pair = |(key, value): (&&str, &&RawValue)| {
            other.get(key).is_some_and(|own| own.get() == value.get())
        };
        fields.len() == other.len() && fields.iter().all(pair)
    };
    Some(texts(own, before) && metadata.says_the_same(&metadata_before))
}

/// What people write in `metadata`, apart from the name.
#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    labels: Option<&'a RawValue>,
    #[serde(borrow)]
    annotations: Option<&'a RawValue>,
    #[serde(borrow, rename = "ownerReferences")]
    owner_references: Option<&'a RawValue>,
}

impl Metadata<'_> {
    fn says_the_same(&self, other: &Self) -> bool {
        let texts = |metadata: &Self| {
            [
                metadata.labels,
                metadata.annotations,
                metadata.owner_references,
            ]
            .map(|value| value.map(|value| value.get().to_owned()))
        };
        texts(self) == texts(other)
    }
}
