use crate::host_path::{Reach, host_paths};
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "host-path-sensitive",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod mounts files that its node's own security rests on",
    help: "remove the volume; mount the one harmless file that is needed, read-only",
    standards: &[
        Standard::PssBaseline,
        Standard::Cis("5.2.12"),
        Standard::Nsa,
    ],
    docs: include_str!("host_path_sensitive.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for volume in host_paths(workload).filter(|volume| volume.reach() == Reach::System) {
        let message = format!(
            "volume `{}` is `{}` of the node, a folder of the system",
            volume.volume,
            volume.path()
        );
        cx.report_in(workload, volume.place(), message).file();
    }
}
