use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Needs, Place, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "rootfs-writable",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container can change the files of its own image",
    help: "set `readOnlyRootFilesystem: true`, and mount an `emptyDir` where the program writes",
    standards: &[Standard::Nsa],
    docs: include_str!("rootfs_writable.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let setting = container.security("readOnlyRootFilesystem");
    if workload.is_windows() || setting.and_then(Node::bool) == Some(true) {
        return;
    }
    let place = setting.map_or_else(
        || Place::missing(container.node, "securityContext.readOnlyRootFilesystem"),
        Place::value,
    );
    cx.report_in(
        workload,
        place,
        format!("{container} can write to its root file system"),
    )
    .file();
}
