use plimsoll_yaml::Node;

use crate::pod_security::allows_sysctl;
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "sysctl-unsafe",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod sets a kernel parameter that is not known to be safe, and is refused by default",
    help: "remove it, or set it on the node; the safe ones are listed in the Pod Security Standards",
    standards: &[Standard::PssBaseline],
    docs: include_str!("sysctl_unsafe.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for sysctl in workload
        .pod_security("sysctls")
        .into_iter()
        .flat_map(Node::items)
    {
        let Some(name) = sysctl.get("name") else {
            continue;
        };
        if let Some(text) = name.text().filter(|text| !allows_sysctl(cx.config, text)) {
            let (major, minor) = cx.config.kubernetes;
            cx.report_in(
                workload,
                name,
                format!("the pod sets `{text}`, which is not a safe sysctl in Kubernetes {major}.{minor}"),
            )
            .file();
        }
    }
}
