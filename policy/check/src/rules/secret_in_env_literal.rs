use plimsoll_yaml::Node;

use crate::secret::evidence;
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "secret-in-env-literal",
    item: Item::Secrets,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an environment variable's value is a secret, written in the manifest",
    help: "put it into a Secret that comes from a store, name it by `valueFrom.secretKeyRef`, and change it: git keeps it",
    standards: &[Standard::Nsa],
    docs: include_str!("secret_in_env_literal.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    for variable in container.env() {
        let text = |key| variable.get(key).and_then(Node::text);
        let (Some(name), Some(value)) = (text("name"), text("value")) else {
            continue;
        };
        if let (Some(what), Some(entry)) = (evidence(name, value), variable.entry("value")) {
            // The value is never repeated: reports are read by more people than the manifest.
            cx.report_in(
                workload,
                entry,
                format!("`{name}` of {container} holds {what}"),
            )
            .file();
        }
    }
}
