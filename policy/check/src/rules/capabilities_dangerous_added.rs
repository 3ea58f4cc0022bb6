use crate::pod_security::{BASELINE_CAPABILITIES, capabilities};
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "capabilities-dangerous-added",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container adds a capability that reaches beyond it",
    help: "remove it; the Pod Security Standards let a container add only what runtimes grant by default, less NET_RAW",
    standards: &[Standard::PssBaseline, Standard::Cis("5.2.9"), Standard::Nsa],
    docs: include_str!("capabilities_dangerous_added.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    for added in capabilities(container, "add") {
        let Some(name) = added
            .text()
            .filter(|name| !BASELINE_CAPABILITIES.contains(name))
        else {
            continue;
        };
        let bare = name.to_ascii_uppercase();
        let bare = bare.strip_prefix("CAP_").unwrap_or(&bare);
        let draft = if BASELINE_CAPABILITIES.contains(&bare) {
            let message = format!(
                "{container} adds `{name}`, which the admission check knows only as `{bare}`"
            );
            cx.report_in(workload, added, message)
                .help(format!("write `{bare}`"))
        } else {
            cx.report_in(
                workload,
                added,
                format!("{container} adds the capability {name}"),
            )
        };
        draft.file();
    }
}
