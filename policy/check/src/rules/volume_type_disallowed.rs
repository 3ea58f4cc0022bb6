use plimsoll_yaml::Node;

use crate::pod_security::allows_volume;
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "volume-type-disallowed",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod names storage by its type instead of by a claim",
    help: "put the storage into a PersistentVolume, and name a `persistentVolumeClaim` here",
    standards: &[Standard::PssRestricted],
    docs: include_str!("volume_type_disallowed.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for volume in workload.volumes() {
        // Without a source the API server makes it an `emptyDir`.
        let sources = || {
            volume
                .entries()
                .filter(|entry| entry.name() != "name" && !entry.value.is_null())
        };
        if sources()
            .any(|source| allows_volume(cx.config, source.name()) || source.name() == "hostPath")
        {
            continue;
        }
        if let Some(source) = sources().next() {
            let name = volume
                .get("name")
                .and_then(Node::text)
                .unwrap_or("without a name");
            cx.report_in(
                workload,
                source,
                format!("volume `{name}` is of the type `{}`", source.name()),
            )
            .file();
        }
    }
}
