//! Other webhooks: those that can keep our Pods from starting, and those that wait for us while we wait for them.

use std::collections::BTreeMap;

use k8s_openapi::api::admissionregistration::v1::{
    RuleWithOperations, ServiceReference, ValidatingWebhook, WebhookClientConfig,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::core::{Selector, SelectorExt};

use super::checks::{fails, is_ours};
use super::{Facts, Line};

type Labels = BTreeMap<String, String>;

/// What matters of a webhook of either kind.
struct Other<'a> {
    configuration: &'a str,
    name: &'a str,
    fails: bool,
    timeout: i32,
    rules: &'a [RuleWithOperations],
    namespaces: Option<&'a LabelSelector>,
    objects: Option<&'a LabelSelector>,
    client: &'a WebhookClientConfig,
}

/// All lines about others.
pub(super) fn all(facts: &Facts) -> Vec<Line> {
    let mut lines = Vec::new();
    let found = match (&facts.validating, &facts.mutating, &facts.namespaces) {
        (Ok(_), Ok(_), Ok(_)) => found(facts),
        (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
            let text = format!("other webhooks: {error}");
            return vec![Line::unknown(
                text,
                "run it as somebody who may list webhook configurations and namespaces",
            )];
        }
    };
    for other in &found {
        lines.extend(harm(facts, other));
    }
    if lines.is_empty() {
        lines.push(Line::well(format!(
            "none of {} other webhooks can keep our Pods from starting",
            found.len()
        )));
    }
    lines
}

fn found(facts: &Facts) -> Vec<Other<'_>> {
    let validating = facts.validating.iter().flatten().flat_map(|configuration| {
        let name = configuration.metadata.name.as_deref().unwrap_or_default();
        let webhooks = configuration.webhooks.iter().flatten();
        webhooks
            .filter(|own| !is_ours(&own.name))
            .map(move |own| Other {
                configuration: name,
                name: &own.name,
                fails: fails(own),
                timeout: own.timeout_seconds.unwrap_or(10),
                rules: own.rules.as_deref().unwrap_or_default(),
                namespaces: own.namespace_selector.as_ref(),
                objects: own.object_selector.as_ref(),
                client: &own.client_config,
            })
    });
    let mutating = facts.mutating.iter().flatten().flat_map(|configuration| {
        let name = configuration.metadata.name.as_deref().unwrap_or_default();
        configuration
            .webhooks
            .iter()
            .flatten()
            .map(move |own| Other {
                configuration: name,
                name: &own.name,
                fails: own.failure_policy.as_deref() != Some("Ignore"),
                timeout: own.timeout_seconds.unwrap_or(10),
                rules: own.rules.as_deref().unwrap_or_default(),
                namespaces: own.namespace_selector.as_ref(),
                objects: own.object_selector.as_ref(),
                client: &own.client_config,
            })
    });
    validating.chain(mutating).collect()
}

fn harm(facts: &Facts, other: &Other<'_>) -> Option<Line> {
    let labels = |namespace: &str| facts.namespaces.as_ref().ok()?.get(namespace).cloned();
    let own = labels(&facts.names.namespace)?;
    let pod = Labels::from([(
        "app.kubernetes.io/name".to_owned(),
        facts.names.service.clone(),
    )]);
    let asked = other
        .rules
        .iter()
        .any(|rule| matches(rule, "", "pods", "CREATE"))
        && selects(other.namespaces, &own)
        && selects(other.objects, &pod);
    if !asked {
        return None;
    }
    let title = format!("{} of {}", other.name, other.configuration);
    let back = other
        .client
        .service
        .as_ref()
        .filter(|service| waits_for_us(facts, service, &labels));
    Some(match (other.fails, back) {
        (true, Some(service)) => Line::ill(
            format!(
                "deadlock: our Pods wait for {title}, and those of {}/{} wait for us; if both are gone, neither comes back",
                service.namespace, service.name
            ),
            format!(
                "exclude {} in our configuration, or {} in theirs",
                service.namespace, facts.names.namespace
            ),
        ),
        (true, None) => Line::warn(
            format!("our Pods do not start while {title} does not answer: failurePolicy Fail"),
            format!(
                "exclude namespace {} in its namespaceSelector",
                facts.names.namespace
            ),
        ),
        (false, _) if other.timeout > 10 => Line::warn(
            format!(
                "our Pods wait {} seconds for {title} while it does not answer",
                other.timeout
            ),
            "lower its timeoutSeconds",
        ),
        (false, _) => return None,
    })
}

/// Whether the Pods of another webhook are not stored while we do not answer.
fn waits_for_us(
    facts: &Facts,
    service: &ServiceReference,
    labels: &impl Fn(&str) -> Option<Labels>,
) -> bool {
    let Some(theirs) = labels(&service.namespace) else {
        return false;
    };
    let webhooks = facts
        .configuration
        .iter()
        .flat_map(|own| own.webhooks.iter().flatten());
    let asks = |own: &ValidatingWebhook| {
        let pods = |rule| matches(rule, "", "pods", "CREATE");
        fails(own)
            && own.rules.iter().flatten().any(pods)
            && selects(own.namespace_selector.as_ref(), &theirs)
    };
    webhooks.into_iter().any(asks)
}

/// Whether a rule sends an operation on a resource.
pub(super) fn matches(
    rule: &RuleWithOperations,
    group: &str,
    resource: &str,
    operation: &str,
) -> bool {
    let has = |list: &Option<Vec<String>>, wanted: &[&str]| {
        list.iter()
            .flatten()
            .any(|own| wanted.contains(&own.as_str()))
    };
    let (parent, sub) = resource
        .split_once('/')
        .map_or((resource, None), |(own, sub)| (own, Some(sub)));
    let resources: Vec<String> = match sub {
        None => vec!["*".into(), "*/*".into(), parent.into()],
        Some(sub) => vec![
            "*/*".into(),
            format!("{parent}/*"),
            format!("*/{sub}"),
            resource.into(),
        ],
    };
    let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
    has(&rule.api_groups, &["*", group])
        && has(&rule.resources, &resources)
        && has(&rule.operations, &["*", operation])
}

/// Whether a selector takes labels; without one, everything is taken.
pub(crate) fn selects(selector: Option<&LabelSelector>, labels: &Labels) -> bool {
    let selector = selector.map(|own| Selector::try_from(own.clone()));
    // One that cannot be read selects nothing, and the API server takes none such.
    selector.is_none_or(|selector| selector.is_ok_and(|selector| selector.matches(labels)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(groups: &str, resources: &[&str], operations: &str) -> RuleWithOperations {
        RuleWithOperations {
            api_groups: Some(vec![groups.to_owned()]),
            resources: Some(resources.iter().map(ToString::to_string).collect()),
            operations: Some(vec![operations.to_owned()]),
            ..RuleWithOperations::default()
        }
    }

    #[test]
    fn a_rule_sends_what_the_api_says_it_sends() {
        let sends = |rule: &RuleWithOperations, resource| matches(rule, "", resource, "CREATE");
        assert!(sends(&rule("", &["pods"], "CREATE"), "pods"));
        assert!(sends(&rule("*", &["*"], "*"), "pods"));
        assert!(
            !sends(&rule("*", &["*"], "*"), "pods/exec"),
            "* is no subresource"
        );
        assert!(sends(&rule("*", &["*/*"], "*"), "pods/exec"));
        assert!(sends(&rule("", &["pods/*"], "*"), "pods/exec"));
        assert!(sends(&rule("", &["*/exec"], "*"), "pods/exec"));
        assert!(!sends(&rule("apps", &["pods"], "*"), "pods"));
        assert!(!sends(&rule("", &["pods"], "UPDATE"), "pods"));
    }
}
