use plimsoll_yaml::Node;

use crate::host_path::host_paths;
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "host-path-writable",
    item: Item::Security,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container can write to a folder of its node",
    help: "set `readOnly: true` on the mount",
    standards: &[Standard::Nsa],
    docs: include_str!("host_path_writable.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let volumes: Vec<_> = host_paths(workload).collect();
    for container in workload.containers.iter().filter(|_| !volumes.is_empty()) {
        for mount in container.mounts() {
            let name = mount.get("name").and_then(Node::text);
            let volume = volumes.iter().find(|volume| Some(volume.volume) == name);
            let read_only = mount.get("readOnly").and_then(Node::bool) == Some(true);
            if let Some(volume) = volume.filter(|_| !read_only) {
                let message = format!("{container} can write to `{}` of its node", volume.path());
                cx.report_in(workload, mount, message).file();
            }
        }
    }
}
