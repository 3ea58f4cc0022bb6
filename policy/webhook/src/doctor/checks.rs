//! The configuration, the Deployment and its Pods.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::admissionregistration::v1::ValidatingWebhook;
use k8s_openapi::api::core::v1::Pod;

use super::others::{matches, selects};
use super::{Facts, Line};
use crate::break_glass::REMEMBERED;
use crate::manifests::{KUBERNETES, WEBHOOK};

/// Whether there is anything.
pub(super) fn installed(facts: &Facts) -> Vec<Line> {
    let name = &facts.names.configuration;
    let Some(configuration) = &facts.configuration else {
        return vec![Line::ill(
            format!("there is no ValidatingWebhookConfiguration {name}: nothing is judged"),
            "plimsoll webhook manifests | kubectl apply -f -, or name it with --webhook-configuration",
        )];
    };
    let mut lines = vec![Line::well(format!(
        "ValidatingWebhookConfiguration {name} is there"
    ))];
    let annotations = configuration.metadata.annotations.as_ref();
    if annotations.is_some_and(|all| all.contains_key(REMEMBERED)) {
        lines.push(Line::warn(
            "the glass is broken: what is refused elsewhere is stored",
            "plimsoll webhook break-glass --back",
        ));
    }
    lines
}

/// What the configuration asks for.
pub(super) fn configuration(facts: &Facts) -> Vec<Line> {
    let webhooks = facts
        .configuration
        .iter()
        .flat_map(|own| own.webhooks.iter().flatten());
    webhooks
        .flat_map(|webhook| of_webhook(facts, webhook))
        .collect()
}

fn of_webhook(facts: &Facts, webhook: &ValidatingWebhook) -> Vec<Line> {
    let fails = fails(webhook);
    let mut lines = vec![timeout(webhook), excluded(facts, webhook)];
    lines.extend(asked(facts, webhook));
    if fails {
        lines.push(Line::well("failurePolicy Fail: nothing is stored unjudged, and nothing at all while nobody answers"));
    } else {
        lines.push(Line::well(
            "failurePolicy Ignore: what nobody answers for is stored",
        ));
    }
    lines.push(
        if webhook.match_conditions.iter().flatten().next().is_some() {
            Line::well("matchConditions keep at the API server what does not have to be judged")
        } else {
            Line::warn(
                "there are no matchConditions: every no-op write of a GitOps tool is asked about",
                "plimsoll webhook manifests has three, for Kubernetes 1.28 and newer",
            )
        },
    );
    if webhook.match_policy.as_deref() == Some("Exact") {
        lines.push(Line::warn(
            "matchPolicy Exact: who writes an object in another version of its API is not asked about",
            "set it to Equivalent",
        ));
    }
    if webhook.side_effects != "None" {
        lines.push(Line::warn(
            format!(
                "sideEffects {}: dry runs may be refused",
                webhook.side_effects
            ),
            "set it to None, which is so",
        ));
    }
    lines
}

/// Whether nothing is stored where nobody answers.
pub(super) fn fails(webhook: &ValidatingWebhook) -> bool {
    // That is the API's default.
    webhook.failure_policy.as_deref() != Some("Ignore")
}

/// Whether it is this Service that is asked; who is asked by URL is not known here.
fn asked(facts: &Facts, webhook: &ValidatingWebhook) -> Option<Line> {
    let asked = webhook.client_config.service.as_ref()?;
    let asked = format!("{}.{}", asked.name, asked.namespace);
    let own = format!("{}.{}", facts.names.service, facts.names.namespace);
    Some(if asked == own {
        Line::well(format!("the API server asks the Service {own}"))
    } else {
        Line::ill(
            format!("the API server asks the Service {asked}, and not {own}"),
            "apply the manifests again, or name what is to be looked at with --service and --namespace",
        )
    })
}

fn timeout(webhook: &ValidatingWebhook) -> Line {
    match webhook.timeout_seconds.unwrap_or(10) {
        seconds @ ..=10 => Line::well(format!("timeoutSeconds {seconds}")),
        seconds => Line::warn(
            format!(
                "timeoutSeconds {seconds}: who writes waits as long while nobody answers, and controllers give up before"
            ),
            "3 is plenty; 10 the most that Kubernetes advises",
        ),
    }
}

/// Namespaces that must never wait for the webhook.
fn excluded(facts: &Facts, webhook: &ValidatingWebhook) -> Line {
    let selector = webhook.namespace_selector.as_ref();
    let judged = |namespace: &&str| {
        let name = (*namespace).to_owned();
        let known = facts
            .namespaces
            .as_ref()
            .ok()
            .and_then(|all| all.get(&name).cloned());
        let mut labels = known.unwrap_or_default();
        labels.insert("kubernetes.io/metadata.name".to_owned(), name);
        selects(selector, &labels)
    };
    let own = facts.names.namespace.as_str();
    if judged(&own) {
        let advice = format!("exclude it by its name in the namespaceSelector: NotIn [{own}]");
        return Line::ill(
            format!("its own namespace {own} is judged: it can keep its own Pods from starting"),
            advice,
        );
    }
    let of_kubernetes: Vec<_> = KUBERNETES.into_iter().filter(judged).collect();
    if of_kubernetes.is_empty() {
        return Line::well("its own namespace and those of Kubernetes are excluded");
    }
    let text = format!(
        "{} is judged, without which there is no cluster to mend",
        of_kubernetes.join(", ")
    );
    Line::warn(text, "exclude it by its name in the namespaceSelector")
}

/// Workloads, and whether they are sent.
const WORKLOADS: [(&str, &str); 10] = [
    ("", "pods"),
    ("", "pods/ephemeralcontainers"),
    ("", "replicationcontrollers"),
    ("apps", "daemonsets"),
    ("apps", "deployments"),
    ("apps", "replicasets"),
    ("apps", "statefulsets"),
    ("batch", "cronjobs"),
    ("batch", "jobs"),
    ("", "pods/resize"),
];

/// Which workloads are sent, on which operations.
pub(super) fn coverage(facts: &Facts) -> Vec<Line> {
    let webhooks = facts
        .configuration
        .iter()
        .flat_map(|own| own.webhooks.iter().flatten());
    let rules: Vec<_> = webhooks
        .flat_map(|webhook| webhook.rules.iter().flatten())
        .collect();
    let sent = |group: &str, resource: &str, operation: &str| {
        rules
            .iter()
            .any(|rule| matches(rule, group, resource, operation))
    };
    let mut missing = Vec::new();
    for (group, resource) in WORKLOADS {
        // These are updates of a Pod, and never created.
        let operations: &[_] = if resource.contains('/') {
            &["UPDATE"]
        } else {
            &["CREATE", "UPDATE"]
        };
        let not = operations
            .iter()
            .filter(|operation| !sent(group, resource, operation));
        missing.extend(not.map(|operation| format!("{operation} of {resource}")));
    }
    if missing.is_empty() {
        let all = WORKLOADS.map(|(_, resource)| resource).join(", ");
        return vec![Line::well(format!("all workloads are sent: {all}"))];
    }
    let advice = "add them to the webhook's rules, unless it is meant so";
    vec![Line::warn(
        format!("not judged: {}", missing.join(", ")),
        advice,
    )]
}

/// The Deployment and its Pods.
pub(super) fn pods(facts: &Facts) -> Vec<Line> {
    let place = format!("{}/{}", facts.names.namespace, facts.names.service);
    let deployment = match &facts.deployment {
        Ok(Some(deployment)) => deployment,
        Ok(None) => {
            return vec![Line::unknown(
                format!("there is no Deployment {place}"),
                "name it with --namespace and --service, if it runs elsewhere",
            )];
        }
        Err(error) => return vec![Line::unknown(format!("Deployment {place}: {error}"), "")],
    };
    let wanted = deployment
        .spec
        .as_ref()
        .and_then(|spec| spec.replicas)
        .unwrap_or(1);
    let status = deployment.status.as_ref();
    let ready = status.and_then(|status| status.ready_replicas).unwrap_or(0);
    let mut lines = vec![match (ready, wanted) {
        (0, _) => Line::ill(
            "no replica is ready",
            format!("kubectl -n {} get pods", facts.names.namespace),
        ),
        (ready, wanted) if ready < wanted => Line::warn(
            format!("{ready} of {wanted} replicas are ready"),
            "the next lines say why",
        ),
        (1, _) => Line::warn("one replica: while its node goes nobody answers", "run two"),
        _ => Line::well(format!("{ready} of {wanted} replicas are ready")),
    }];
    match &facts.pods {
        Ok(pods) => lines.extend(spread(pods)),
        Err(error) => lines.push(Line::unknown(format!("where the Pods are: {error}"), "")),
    }
    lines.extend(says(&facts.ready));
    lines
}

fn spread(pods: &[Pod]) -> Option<Line> {
    let nodes = pods
        .iter()
        .filter_map(|pod| pod.spec.as_ref()?.node_name.as_deref());
    let nodes: Vec<_> = nodes.collect();
    if nodes.len() < 2 {
        return None;
    }
    let different: BTreeSet<_> = nodes.iter().collect();
    Some(if different.len() > 1 {
        Line::well(format!("the Pods are on {} nodes", different.len()))
    } else {
        let what = format!("all Pods are on {}: while it goes nobody answers", nodes[0]);
        Line::warn(
            what,
            if pods.iter().all(is_spread) {
                "they ask to be spread: give them another node that has room for them"
            } else {
                "spread them by kubernetes.io/hostname, as plimsoll webhook manifests does"
            },
        )
    })
}

/// Whether a Pod asks for another node than its like.
fn is_spread(pod: &Pod) -> bool {
    let spec = pod.spec.as_ref();
    let constraints = spec.and_then(|spec| spec.topology_spread_constraints.as_deref());
    let mut constraints = constraints.unwrap_or_default().iter();
    constraints.any(|constraint| constraint.topology_key == "kubernetes.io/hostname")
}

fn says(ready: &BTreeMap<String, Result<String, String>>) -> Vec<Line> {
    let says = |(pod, answer): (&String, &Result<String, String>)| match answer {
        Ok(text) if text == "ok" => Line::well(format!("{pod} is ready")),
        Ok(text) => Line::ill(format!("{pod} is not ready: {text}"), "its log says more"),
        Err(error) => Line::unknown(
            format!("{pod} could not be asked: {error}"),
            "run it as somebody who may get pods/proxy",
        ),
    };
    ready.iter().map(says).collect()
}

/// Whether it is our webhook that a configuration has.
pub(super) fn is_ours(name: &str) -> bool {
    name == WEBHOOK
}
