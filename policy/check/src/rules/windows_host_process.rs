use crate::pod_security::{Fault, host_processes};
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "windows-host-process",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a Windows container is a process of its node, with no isolation at all",
    help: "remove `windowsOptions.hostProcess`",
    standards: &[Standard::PssBaseline, Standard::Cis("5.2.11")],
    docs: include_str!("windows_host_process.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for (container, set) in host_processes(workload) {
        let owner = Fault::new(container, Some(set));
        cx.report_in(
            workload,
            set,
            format!("{owner} runs as a process of its node"),
        )
        .file();
    }
}
