use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "container-privileged",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container runs privileged, with every right on its node",
    help: "remove `privileged: true`; add the one capability that it needs under `capabilities.add`",
    standards: &[Standard::PssBaseline, Standard::Cis("5.2.2"), Standard::Nsa],
    docs: include_str!("container_privileged.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    if let Some(privileged) = container
        .security("privileged")
        .filter(|node| node.bool() == Some(true))
    {
        cx.report_in(workload, privileged, format!("{container} is privileged"))
            .file();
    }
}
