use plimsoll_yaml::{Entry, Node};

use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "secret-consumed-as-env",
    item: Item::Secrets,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container gets Secrets as environment variables",
    help: "mount the Secret as a volume and read the file, which also follows a rotation",
    standards: &[Standard::Cis("5.4.1")],
    docs: include_str!("secret_consumed_as_env.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let single = container
        .env()
        .filter_map(|variable| variable.get("valueFrom")?.entry("secretKeyRef"));
    let sets = container
        .node
        .get("envFrom")
        .into_iter()
        .flat_map(Node::items);
    let whole = sets.filter_map(|set| set.entry("secretRef"));
    let found: Vec<Entry<'s>> = single.chain(whole).collect();
    let mut names: Vec<_> = found
        .iter()
        .filter_map(|entry| entry.value.get("name")?.text())
        .collect();
    names.sort_unstable();
    names.dedup();
    if let Some(first) = found.first() {
        let names = crate::rbac::some_of(&names);
        cx.report_in(
            workload,
            *first,
            format!("{container} has Secrets in its environment: {names}"),
        )
        .file();
    }
}
