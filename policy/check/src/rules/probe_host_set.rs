use crate::pod_security::handlers;
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "probe-host-set",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a probe or a lifecycle hook makes the kubelet call a host of its choice",
    help: "remove `host`, so that the kubelet asks the pod itself; a virtual host goes into `httpHeaders`",
    standards: &[Standard::PssBaseline],
    docs: include_str!("probe_host_set.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    // Part of the baseline profile since policy version 1.34.
    if cx.config.kubernetes < (1, 34) {
        return;
    }
    for (field, handler) in handlers(container) {
        for action in ["httpGet", "tcpSocket"] {
            let Some(host) = handler.at(&[action, "host"]) else {
                continue;
            };
            if let Some(text) = host.text().filter(|text| !text.is_empty()) {
                cx.report_in(
                    workload,
                    host,
                    format!("{container} makes the kubelet call `{text}` in its `{field}`"),
                )
                .file();
            }
        }
    }
}
