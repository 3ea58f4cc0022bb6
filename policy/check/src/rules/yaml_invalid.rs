use crate::{Check, Context, Item, Needs, Rule, Severity, Source};

pub(super) static RULE: Rule = Rule {
    id: "yaml-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a file is not YAML that Kubernetes reads",
    help: "mend the YAML; Kubernetes refuses the file as it is",
    standards: &[],
    docs: include_str!("yaml_invalid.md"),
    check: Check::Source(check),
};

fn check(cx: &Context<'_, '_>, source: &Source) {
    for error in source.tree.errors() {
        let mut draft = cx.report_source(error.span, error.message.clone());
        if let Some(help) = error.help {
            draft = draft.help(help);
        }
        match error.related {
            Some((span, text)) => draft.related_span(span, text).file(),
            None => draft.file(),
        }
    }
}
