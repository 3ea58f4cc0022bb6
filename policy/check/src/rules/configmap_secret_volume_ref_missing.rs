use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Workload, reference};

pub(super) static RULE: Rule = Rule {
    id: "configmap-secret-volume-ref-missing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a volume, `envFrom` or TLS entry needs a ConfigMap or Secret that does not exist",
    help: "add the object, correct the name, or name it under `external` if something else makes it",
    standards: &[],
    docs: include_str!("configmap_secret_volume_ref_missing.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    if let Some(workload) = cx.inventory.workload_of(resource) {
        pod(cx, workload);
    }
    if resource.kind == Kind::Ingress {
        tls(cx, resource);
    }
}

fn pod<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let namespace = workload.namespace;
    for reference in reference::whole_objects(workload) {
        let (kind, name) = (reference.kind_name(), reference.text());
        if reference.dangles(cx, namespace) {
            cx.report_in(
                workload,
                reference.name,
                format!("the pods need {kind} `{name}`, which is not in namespace `{namespace}`"),
            )
            .file();
            continue;
        }
        for key in reference
            .node
            .get("items")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|item| item.get("key"))
        {
            let text = key.text().unwrap_or_default();
            if reference.lacks_key(cx, namespace, text) {
                cx.report_in(
                    workload,
                    key,
                    format!("the pods mount key `{text}`, which {kind} `{name}` does not have"),
                )
                .file();
            }
        }
    }
    // Without its pull secret a pod still starts where the image is public or on the node already.
    for name in workload
        .pod("imagePullSecrets")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(|item| item.get("name"))
    {
        let text = name.text().unwrap_or_default();
        if reference::is_plain(name) && cx.is_missing(Kind::Secret, namespace, text) {
            cx.report_in(
                workload,
                name,
                format!("pull secret `{text}` is not in namespace `{namespace}`"),
            )
            .severity(Severity::Warning)
            .file();
        }
    }
}

fn tls<'s>(cx: &Context<'_, 's>, ingress: &Resource<'s>) {
    let namespace = ingress.namespace();
    for name in ingress
        .field("spec.tls")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(|item| item.get("secretName"))
    {
        let text = name.text().unwrap_or_default();
        if reference::is_plain(name) && cx.is_missing(Kind::Secret, namespace, text) {
            let message = format!(
                "{ingress} serves TLS from Secret `{text}`, which is not in namespace `{namespace}`"
            );
            cx.report(ingress, name, message)
                .help("add a Certificate or a cert-manager annotation, or name it under `external`")
                .file();
        }
    }
}
