use foldhash::HashMap;

use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "env-duplicate",
    item: Item::Reliability,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container sets one environment variable twice",
    help: "keep one of the two; the last one is what the process sees",
    standards: &[],
    docs: include_str!("env_duplicate.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let mut seen: HashMap<&str, Node<'s>> = HashMap::default();
    for name in container.env().filter_map(|variable| variable.get("name")) {
        let Some(text) = name.text() else { continue };
        if let Some(first) = seen.get(text) {
            cx.report_in(workload, name, format!("{container} sets `{text}` twice"))
                .related(*first, "the first time")
                .file();
        } else {
            seen.insert(text, name);
        }
    }
}
