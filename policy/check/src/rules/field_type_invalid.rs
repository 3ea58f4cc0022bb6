use crate::naming::shortened;
use crate::shape::{advice, misfits};
use crate::{Check, Context, Item, Kind, Resource, Needs, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "field-type-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a value that the API server cannot decode, as its field has another type",
    help: "write a value of the type that the field has",
    standards: &[],
    docs: include_str!("field_type_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for misfit in misfits(resource) {
        let field = shortened(misfit.field);
        let field = if misfit.item {
            format!("an item of `{field}`")
        } else {
            format!("`{field}`")
        };
        let kind = misfit.node.kind().name();
        // What a Secret holds is not repeated.
        let text = misfit.node.text().filter(|_| resource.kind != Kind::Secret);
        let found = match text.and_then(|text| text.lines().next()) {
            Some(line) => format!("{kind} (`{}`)", shortened(line)),
            None => kind.to_owned(),
        };
        let message = format!("{field} is {found}, not {}", misfit.shape.name());
        let draft = cx.report(resource, misfit.node, message);
        match advice(misfit, text) {
            Some(help) => draft.help(help).file(),
            None => draft.file(),
        }
    }
}
