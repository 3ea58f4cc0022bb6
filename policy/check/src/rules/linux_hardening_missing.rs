use crate::pod_security::{apparmor_annotations, capabilities, is_privileged};
use crate::{Check, Container, Context, Item, Needs, Place, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "linux-hardening-missing",
    item: Item::Security,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container asks for none of AppArmor, seccomp, SELinux or fewer capabilities",
    help: "begin with `seccompProfile: {type: RuntimeDefault}` and `capabilities.drop: [ALL]`",
    standards: &[Standard::Nsa],
    docs: include_str!("linux_hardening_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let inherited = ["appArmorProfile", "seccompProfile", "seLinuxOptions"];
    let asked = inherited.iter().any(|field| {
        workload
            .effective_security(container, field)
            .is_some_and(|node| !node.is_empty())
    });
    let annotated = || {
        apparmor_annotations(workload)
            .any(|entry| entry.name().rsplit('/').next() == Some(container.name))
    };
    let hardened = asked || capabilities(container, "drop").next().is_some() || annotated();
    if !hardened && !workload.is_windows() && !is_privileged(container) {
        let place = Place::missing(container.node, "securityContext.seccompProfile");
        cx.report_in(
            workload,
            place,
            format!(
                "{container} has no AppArmor, seccomp or SELinux setting, and drops no capability"
            ),
        )
        .file();
    }
}
