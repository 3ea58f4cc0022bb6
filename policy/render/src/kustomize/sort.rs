//! The order in which objects are written: as they were taken in, or by kind.
//!
//! Source: `SortOrderTransformer` of kustomize. `kubectl kustomize` sorts by kind unless the kustomization says otherwise.

use std::collections::HashMap;

use super::id::Id;
use super::object::Object;
use crate::{Fault, Result, Value};

const FIRST: &[&str] = &[
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

const LAST: &[&str] = &[
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// An order of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they were taken in.
    Fifo,
    /// By kind, then by name.
    Legacy {
        /// Kinds that come first.
        first: Vec<String>,
        /// Kinds that come last.
        last: Vec<String>,
    },
}

impl Order {
    /// By kind, in kustomize's own order of kinds.
    pub fn legacy() -> Self {
        let owned = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect();
        Self::Legacy {
            first: owned(FIRST),
            last: owned(LAST),
        }
    }

    /// Reads `sortOptions`.
    pub fn read(options: &Value<'_>) -> Result<Self> {
        let order = options.get("order");
        let lists = options
            .get("legacySortOptions")
            .filter(|lists| !lists.is_null());
        match (order.and_then(Value::text).unwrap_or_default(), lists) {
            ("fifo", None) => Ok(Self::Fifo),
            ("fifo", Some(lists)) => {
                let message = "`sortOptions.legacySortOptions` is for the order `legacy`, and the order is `fifo`";
                Err(Fault::broken(message)
                    .help("write `order: legacy`, or remove `legacySortOptions`")
                    .at(lists.origin.span))
            }
            ("legacy", None) => Ok(Self::legacy()),
            ("legacy", Some(lists)) => Ok(Self::Legacy {
                first: kinds(lists, "orderFirst"),
                last: kinds(lists, "orderLast"),
            }),
            ("", _) => Err(Fault::broken("`sortOptions` has no `order`")
                .help("write `order: fifo` or `order: legacy`")
                .at(order.unwrap_or(options).origin.span)),
            (other, _) => Err(Fault::broken(format!(
                "`sortOptions.order` is `{other}`, which is no order"
            ))
            .help("write `fifo` or `legacy`")
            .at(order.unwrap_or(options).origin.span)),
        }
    }
}

fn kinds(lists: &Value<'_>, key: &str) -> Vec<String> {
    let items = lists.get(key).map_or(&[][..], Value::items);
    let texts = items.iter().filter_map(Value::text);
    texts.map(str::to_owned).collect()
}

/// Puts objects in order.
pub fn sort(objects: &mut Vec<Object<'_>>, order: &Order) {
    let Order::Legacy { first, last } = order else {
        return;
    };
    let mut ranks: HashMap<&str, isize> = HashMap::new();
    // Kinds of neither list stand between the two, at 0.
    for (before, kind) in first.iter().rev().enumerate().rev() {
        ranks.insert(kind, -1 - before.cast_signed());
    }
    for (after, kind) in last.iter().enumerate() {
        ranks.insert(kind, 1 + after.cast_signed());
    }
    objects.sort_by_cached_key(|object| {
        let id = object.id();
        let rank = ranks.get(&*id.gvk.kind).copied().unwrap_or_default();
        (rank, kind_key(&id), name_key(&id))
    });
}

fn or<'t>(text: &'t str, otherwise: &'t str) -> &'t str {
    if text.is_empty() { otherwise } else { text }
}

/// What kinds of one rank are compared by; no group comes last, behind all letters.
fn kind_key(id: &Id<'_>) -> String {
    let (group, version) = (or(&id.gvk.group, "~G"), or(&id.gvk.version, "~V"));
    format!("{group}_{version}_{}", or(&id.gvk.kind, "~K"))
}

/// What objects of one kind are compared by.
fn name_key(id: &Id<'_>) -> String {
    format!("{}|{}", or(&id.namespace, "~X"), or(&id.name, "~N"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kustomize::testing::{objects, value};

    fn sorted(ids: &[(&str, &str, &str)], order: &Order) -> Vec<String> {
        let documents = ids.iter().map(|(api, kind, name)| {
            format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{{name}}}\n")
        });
        let mut list = objects(&documents.collect::<Vec<_>>().join("---\n")).list;
        sort(&mut list, order);
        list.iter().map(|object| object.id().to_string()).collect()
    }

    #[test]
    fn kinds_come_in_kustomizes_order_and_names_within_them() {
        let ids = [
            (
                "admissionregistration.k8s.io/v1",
                "ValidatingWebhookConfiguration",
                "name: a",
            ),
            ("v1", "Pod", "name: a"),
            ("v1", "Service", "name: b"),
            ("v1", "Service", "name: a"),
            ("v1", "Service", "name: z, namespace: x"),
            ("x.io/v1", "Anything", "name: a"),
            ("v1", "Namespace", "name: x"),
        ];
        let expected = [
            "Namespace x",
            // A namespace that is written comes before none.
            "Service z in x",
            "Service a",
            "Service b",
            // The core group comes behind all others.
            "Anything a",
            "Pod a",
            "ValidatingWebhookConfiguration a",
        ];
        assert_eq!(sorted(&ids, &Order::legacy()), expected);
    }

    #[test]
    fn kinds_can_be_put_in_another_order() {
        let order =
            "{order: legacy, legacySortOptions: {orderFirst: [Pod], orderLast: [Namespace]}}";
        let ids = [
            ("v1", "Namespace", "name: x"),
            ("v1", "Service", "name: a"),
            ("v1", "Pod", "name: a"),
        ];
        let sorted = sorted(&ids, &Order::read(&value(order)).unwrap());
        assert_eq!(sorted, ["Pod a", "Service a", "Namespace x"]);
    }

    #[test]
    fn options_that_do_not_fit_are_faults() {
        for options in [
            "{}",
            "{order: random}",
            "{legacySortOptions: {orderFirst: [Pod]}}",
            "{order: fifo, legacySortOptions: {orderFirst: [Pod]}}",
        ] {
            let fault = Order::read(&value(options)).unwrap_err();
            assert!(fault.span.is_some() && !fault.help.is_empty(), "{options}");
        }
        assert_eq!(Order::read(&value("{order: fifo}")), Ok(Order::Fifo));
    }
}
