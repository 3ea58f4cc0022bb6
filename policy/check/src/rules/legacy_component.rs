use plimsoll_yaml::Node;

use crate::{Check, Container, Context, ImageRef, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "legacy-component",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a component runs that nobody mends any more",
    help: "replace it by its successor",
    standards: &[],
    docs: include_str!("legacy_component.md"),
    check: Check::Container(check),
};

/// The end of an image's repository, what it is, and what replaces it. Each project has announced its own end.
const RETIRED: [(&str, &str, &str); 11] = [
    (
        "tiller",
        "Tiller, which lets whoever reaches its port act as cluster admin",
        "Helm 3",
    ),
    (
        "heapster-amd64",
        "Heapster, retired in 2018",
        "metrics-server",
    ),
    ("heapster", "Heapster, retired in 2018", "metrics-server"),
    ("kube-lego", "kube-lego, retired in 2018", "cert-manager"),
    ("fluxcd/flux", "Flux 1, archived in 2022", "Flux 2"),
    (
        "fluxcd/helm-operator",
        "the Helm Operator of Flux 1, archived in 2022",
        "Flux 2's helm-controller",
    ),
    (
        "weaveworks/weave-kube",
        "Weave Net, archived in 2024",
        "another network plugin",
    ),
    (
        "weaveworks/weave-npc",
        "Weave Net, archived in 2024",
        "another network plugin",
    ),
    (
        "kubernetesui/dashboard",
        "Kubernetes Dashboard, archived in 2026",
        "Headlamp",
    ),
    (
        "kubernetesui/dashboard-web",
        "Kubernetes Dashboard, archived in 2026",
        "Headlamp",
    ),
    (
        "kubernetes-dashboard-amd64",
        "Kubernetes Dashboard, archived in 2026",
        "Headlamp",
    ),
];

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let image = container
        .image()
        .and_then(|node| Some((node, ImageRef::parse(node.text()?))));
    if let Some((node, image)) = image {
        let is = |end: &str| {
            image
                .repository
                .strip_suffix(end)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        if let Some((_, what, successor)) = RETIRED.iter().find(|(end, ..)| is(end)) {
            cx.report_in(workload, node, format!("{container} is {what}"))
                .help(format!("replace it by {successor}"))
                .file();
        }
    }
    let sync = container
        .env()
        .filter_map(|env| env.get("name"))
        .find(|name: &Node<'_>| name.text() == Some("GITSYNC_GIT"));
    if let Some(name) = sync {
        cx.report_in(
            workload,
            name,
            format!("{container} lets `GITSYNC_GIT` say which program git-sync runs as git"),
        )
        .help("remove the variable: whoever can set it runs any program in the container")
        .file();
    }
}
