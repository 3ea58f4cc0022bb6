use crate::rbac::{Binding, Risk, is_kubernetes_own, report_grants};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "rbac-secrets-access",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets read every Secret of a namespace or of the cluster",
    help: "name the Secrets under `resourceNames`, or mount them into the pod that needs them and drop the rule",
    standards: &[Standard::Cis("5.1.2"), Standard::Nsa],
    docs: include_str!("rbac_secrets_access.md"),
    check: Check::Resource(
        &[Kind::Role, Kind::ClusterRole, Kind::ClusterRoleBinding],
        check,
    ),
};

static READ: Risk = Risk {
    targets: &[("", "secrets")],
    verbs: &["get", "list", "watch"],
    even_by_name: false,
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    if resource.kind != Kind::ClusterRoleBinding {
        return report_grants(cx, resource, &READ);
    }
    let Some(binding) = Binding::read(resource).filter(|_| !is_kubernetes_own(resource)) else {
        return;
    };
    let reads = binding.role_kind == Kind::ClusterRole && matches!(binding.role, "admin" | "edit");
    if reads && !binding.subjects.is_empty() {
        let message = format!(
            "`{}` lets {} read every Secret of the cluster",
            binding.role,
            binding.holders()
        );
        let help = "bind it by a RoleBinding in the namespaces that are meant";
        cx.report(resource, binding.role_place(), message)
            .help(help)
            .file();
    }
}
