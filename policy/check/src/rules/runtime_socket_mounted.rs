use crate::host_path::{Reach, host_paths};
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "runtime-socket-mounted",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod can command the container runtime of its node",
    help: "remove the volume; build images with a rootless builder, and ask the kubelet or the API server for facts",
    standards: &[
        Standard::PssBaseline,
        Standard::Cis("5.2.12"),
        Standard::Nsa,
    ],
    docs: include_str!("runtime_socket_mounted.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for volume in host_paths(workload).filter(|volume| volume.reach() == Reach::RuntimeSocket) {
        let message = format!(
            "volume `{}` gives the container runtime's socket away: `{}`",
            volume.volume,
            volume.path()
        );
        cx.report_in(workload, volume.place(), message).file();
    }
}
