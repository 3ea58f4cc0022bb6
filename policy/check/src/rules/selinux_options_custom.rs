use plimsoll_yaml::Node;

use crate::pod_security::{allows_selinux_type, written};
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "selinux-options-custom",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container leaves the SELinux type, user or role that confines containers",
    help: "remove it; only `level`, and a type made for containers such as `container_t`, may be set",
    standards: &[Standard::PssBaseline],
    docs: include_str!("selinux_options_custom.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for setting in written(workload, "seLinuxOptions") {
        for field in ["type", "user", "role"] {
            let set = setting
                .written
                .and_then(|options: Node<'s>| options.get(field));
            let Some((node, value)) = set.and_then(|node| Some((node, node.text()?))) else {
                continue;
            };
            let allowed =
                value.is_empty() || field == "type" && allows_selinux_type(cx.config, value);
            if !allowed {
                cx.report_in(
                    workload,
                    node,
                    format!("{setting} sets the SELinux {field} `{value}`"),
                )
                .file();
            }
        }
    }
}
