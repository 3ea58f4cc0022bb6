use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "port-ssh",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container listens on the port of SSH",
    help: "remove the SSH server and the port; `kubectl exec` and `kubectl debug` leave a trace and ask RBAC",
    standards: &[],
    docs: include_str!("port_ssh.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    for port in container.ports() {
        let tcp = port
            .get("protocol")
            .and_then(Node::text)
            .is_none_or(|protocol| protocol == "TCP");
        if let Some(number) = port
            .get("containerPort")
            .filter(|number| tcp && number.int() == Some(22))
        {
            cx.report_in(
                workload,
                number,
                format!("{container} listens on port 22, where SSH is"),
            )
            .file();
        }
    }
}
