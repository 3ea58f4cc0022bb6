use crate::rbac::Principal;
use crate::{Check, Context, Item, Needs, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "rbac-dashboard-subject",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "the dashboard's account has rights that whoever opens the dashboard then has",
    help: "leave the account its own role, and let people log in to the dashboard as themselves",
    standards: &[],
    docs: include_str!("rbac_dashboard_subject.md"),
    check: Check::Inventory(check),
};

/// The account and the beginning of the roles' names in the dashboard's own manifests.
const DASHBOARD: &str = "kubernetes-dashboard";

fn check(cx: &Context<'_, '_>) {
    let is_dashboard = |principal| matches!(principal, Principal::Account(_, DASHBOARD));
    for binding in cx.inventory.access().bindings() {
        // `cluster-admin` is told by `rbac-cluster-admin-bound`.
        let own = binding.role.starts_with(DASHBOARD) || binding.role == "cluster-admin";
        for subject in binding
            .subjects
            .iter()
            .filter(|subject| !own && is_dashboard(subject.principal))
        {
            let resource = cx.inventory.resource(binding.resource);
            let message = format!(
                "{resource} gives the dashboard `{}` in {}",
                binding.role,
                binding.reach()
            );
            cx.report(resource, subject.place(), message).file();
        }
    }
    for workload in cx
        .inventory
        .workloads()
        .iter()
        .filter(|workload| workload.service_account() == DASHBOARD)
    {
        let mut images = workload
            .containers
            .iter()
            .filter_map(|container| container.image()?.text());
        let account = workload
            .pod("serviceAccountName")
            .or_else(|| workload.pod("serviceAccount"));
        if let Some(account) = account.filter(|_| !images.any(|image| image.contains("dashboard")))
        {
            let owner = cx.inventory.owner(workload);
            let message = format!("{owner} is not the dashboard, but runs as its account");
            cx.report_in(workload, account, message)
                .help("give the workload an account of its own")
                .file();
        }
    }
}
