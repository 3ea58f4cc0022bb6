use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Kind, Needs, Place, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "sandbox-resources-missing",
    item: Item::Resources,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an Agent Sandbox may take all the processors or all the memory of its node",
    help: "set `resources.limits.cpu` and `resources.limits.memory`",
    standards: &[],
    docs: include_str!("sandbox_resources_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    if !matches!(workload.kind, Kind::Sandbox | Kind::SandboxTemplate)
        || !container.is_long_running()
    {
        return;
    }
    for (what, path) in [
        ("processor", "resources.limits.cpu"),
        ("memory", "resources.limits.memory"),
    ] {
        let limit = path.split('.').try_fold(container.node, Node::get);
        if limit.is_none_or(Node::is_empty) {
            cx.report_in(
                workload,
                Place::missing(container.node, path),
                format!("{container} of the sandbox has no {what} limit"),
            )
            .file();
        }
    }
}
