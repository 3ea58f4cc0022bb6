use crate::pod_security::{allows_profile, apparmor_annotations, profile_type, written};
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "apparmor-disabled",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container gives up the AppArmor profile that it would have by default",
    help: "remove it, or set `appArmorProfile.type` to `RuntimeDefault` or `Localhost`",
    standards: &[Standard::PssBaseline, Standard::Nsa],
    docs: include_str!("apparmor_disabled.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for setting in written(workload, "appArmorProfile") {
        if let Some(profile) = setting.written.filter(|profile| !allows_profile(*profile)) {
            let kind = profile_type(profile);
            let name = kind.text().unwrap_or("none");
            cx.report_in(
                workload,
                kind,
                format!("{setting} has the AppArmor profile `{name}`"),
            )
            .file();
        }
    }
    for annotation in apparmor_annotations(workload) {
        let profile = annotation.value.text().unwrap_or_default();
        if !(profile.is_empty()
            || profile == "runtime/default"
            || profile.starts_with("localhost/"))
        {
            let container = annotation.name().rsplit('/').next().unwrap_or_default();
            cx.report_in(
                workload,
                annotation.value,
                format!("container `{container}` has the AppArmor profile `{profile}`"),
            )
            .file();
        }
    }
}
