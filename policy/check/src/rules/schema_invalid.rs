use crate::schema::{Fault, faults};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "schema-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    // The schema of a custom kind is another object.
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a field or value that the schema of its API does not take",
    help: "write the field as `kubectl explain` describes it",
    standards: &[],
    docs: include_str!("schema_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for fault in faults(cx.inventory, resource) {
        let Fault {
            place,
            message,
            help,
            related,
        } = fault;
        let mut draft = cx.report(resource, place, message);
        if let Some(help) = help {
            draft = draft.help(help);
        }
        match related {
            Some((node, text)) => draft.related(node, text).file(),
            None => draft.file(),
        }
    }
}
