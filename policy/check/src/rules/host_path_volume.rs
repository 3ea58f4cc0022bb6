use crate::host_path::{Reach, host_paths};
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "host-path-volume",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod mounts a folder of its node",
    help: "use a `persistentVolumeClaim`, or an `emptyDir` for what may be lost",
    standards: &[
        Standard::PssBaseline,
        Standard::Cis("5.2.12"),
        Standard::Nsa,
    ],
    docs: include_str!("host_path_volume.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    // What is worse has a rule of its own: `host-path-sensitive`, `runtime-socket-mounted`.
    for volume in host_paths(workload).filter(|volume| volume.reach() == Reach::Data) {
        let message = match volume.path() {
            "" => format!("volume `{}` is a folder of the node", volume.volume),
            path => format!("volume `{}` is `{path}` of the node", volume.volume),
        };
        cx.report_in(workload, volume.place(), message).file();
    }
}
