use crate::demand::Side;
use crate::namespaces::{container_items, defaults};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "limitrange-incomplete",
    item: Item::Resources,
    severity: Severity::Info,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a LimitRange leaves containers without a default",
    help: "write `default` and `defaultRequest` for memory, and `defaultRequest` for CPU",
    standards: &[],
    docs: include_str!("limitrange_incomplete.md"),
    check: Check::Resource(&[Kind::LimitRange], check),
};

fn check<'s>(cx: &Context<'_, 's>, range: &Resource<'s>) {
    for item in container_items(range) {
        let has = |side, resource: &str| {
            defaults(item, side)
                .iter()
                .any(|(name, _)| *name == resource)
        };
        let wanted = [
            (Side::Requests, "memory", "defaultRequest.memory"),
            (Side::Limits, "memory", "default.memory"),
            (Side::Requests, "cpu", "defaultRequest.cpu"),
        ];
        for (side, resource, path) in wanted
            .into_iter()
            .filter(|(side, resource, _)| !has(*side, resource))
        {
            let message = format!(
                "{range} gives containers no default {resource} {}",
                side.key().trim_end_matches('s')
            );
            cx.report(range, Place::missing(item, path), message).file();
        }
    }
}
