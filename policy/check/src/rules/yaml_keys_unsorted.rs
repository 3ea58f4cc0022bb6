use crate::naming::shortened;
use crate::{Check, Context, Item, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "yaml-keys-unsorted",
    item: Item::Documentation,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "the keys of a map are not in alphabetical order",
    help: "sort the keys; an item of a list may begin with its `name`",
    standards: &[],
    docs: include_str!("yaml_keys_unsorted.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let mut waiting = vec![(resource.node, false)];
    while let Some((node, item)) = waiting.pop() {
        waiting.extend(node.items().map(|child| (child, true)));
        let mut previous = "";
        let mut sorted = true;
        for (index, entry) in node.entries().enumerate() {
            if entry.value.is_mapping() || entry.value.is_sequence() {
                waiting.push((entry.value, false));
            }
            let (name, leads) = (entry.name(), item && index == 0);
            if sorted && name < previous {
                sorted = false;
                cx.report(
                    resource,
                    Place::key(entry),
                    format!(
                        "`{}` stands after `{}`",
                        shortened(name),
                        shortened(previous)
                    ),
                )
                .file();
            }
            if !(leads && name == "name") {
                previous = name;
            }
        }
    }
}
