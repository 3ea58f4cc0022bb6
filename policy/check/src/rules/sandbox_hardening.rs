use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "sandbox-hardening",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an Agent Sandbox shares the kernel of its node with code that nobody has read",
    help: "set `runtimeClassName` to a RuntimeClass of gVisor or Kata Containers",
    standards: &[],
    docs: include_str!("sandbox_hardening.md"),
    check: Check::Workload(check),
};

/// Handlers that run containers on the node's own kernel.
const SHARED_KERNEL: [&str; 5] = ["runc", "crun", "youki", "nvidia", "runhcs-wcow-process"];

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    if !matches!(workload.kind, Kind::Sandbox | Kind::SandboxTemplate) {
        return;
    }
    let Some((class, name)) = workload
        .pod("runtimeClassName")
        .and_then(|class| Some((class, class.text()?)))
    else {
        let place = Place::missing(workload.spec, "runtimeClassName");
        cx.report_in(
            workload,
            place,
            "the sandbox runs on its node's own kernel: it names no runtime class",
        )
        .file();
        return;
    };
    // A class that stands elsewhere may be anything.
    let known = cx.inventory.find(Kind::RuntimeClass, "", name);
    let handler = known
        .and_then(|known| known.field("handler"))
        .filter(|node| {
            node.text()
                .is_some_and(|text| SHARED_KERNEL.contains(&text))
        });
    if let Some(handler) = handler {
        let message = format!(
            "the sandbox runs on its node's own kernel: runtime class `{name}` is {}",
            Node::text(handler).unwrap_or_default()
        );
        cx.report_in(workload, class, message)
            .related(handler, "the class is defined here")
            .file();
    }
}
