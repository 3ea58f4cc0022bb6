use plimsoll_yaml::Node;

use crate::image;
use crate::naming::shortened;
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "ingress-nginx-eol",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "ingress-nginx, which nobody maintains any more",
    help: "move to a Gateway API implementation or to another Ingress controller",
    standards: &[],
    docs: include_str!("ingress_nginx_eol.md"),
    check: Check::EveryResource(check),
};

/// Where a controller of GitOps names the chart that it installs.
const CHARTS: &[(Kind, &str)] = &[
    (Kind::HelmRelease, "spec.chart.spec.chart"),
    (Kind::HelmChart, "spec.chart"),
    (Kind::Application, "spec.source.chart"),
    (Kind::ApplicationSet, "spec.template.spec.source.chart"),
];

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    if let Some(workload) = cx.inventory.workload_of(resource) {
        for image in image::used(workload).filter(|image| is_controller(image.parts().repository)) {
            let text = shortened(image.text);
            cx.report_in(
                workload,
                image.node,
                format!(
                    "{} runs ingress-nginx, which is retired: `{text}`",
                    image.user
                ),
            )
            .file();
        }
    }
    let single = CHARTS
        .iter()
        .filter(|(kind, _)| *kind == resource.kind)
        .filter_map(|(_, path)| resource.field(path));
    let sources = resource
        .field("spec.sources")
        .filter(|_| resource.kind == Kind::Application);
    let several = sources
        .into_iter()
        .flat_map(Node::items)
        .filter_map(|source| source.get("chart"));
    let bucket = resource
        .field("spec.url")
        .filter(|_| resource.kind == Kind::OCIRepository);
    for chart in single.chain(several).chain(bucket) {
        let name = chart
            .text()
            .and_then(|text| text.rsplit('/').next())
            .unwrap_or_default();
        if matches!(name, "ingress-nginx" | "nginx-ingress-controller") {
            cx.report(
                resource,
                chart,
                format!("{resource} installs ingress-nginx, which is retired"),
            )
            .file();
        }
    }
}

/// The images of the Kubernetes project's controller, then and now, and Bitnami's build of it; not those of F5 NGINX.
fn is_controller(repository: &str) -> bool {
    matches!(
        repository.split_once('/'),
        Some(
            ("ingress-nginx", "controller" | "controller-chroot")
                | (
                    "kubernetes-ingress-controller" | "bitnami" | "bitnamilegacy",
                    "nginx-ingress-controller"
                )
        )
    )
}
