//! The registry: every rule, once.
//!
//! A rule is a module under `rules/` with one `static RULE` and one function, a page of the same name beside it, and a
//! line here. The page is the documentation and the test. Everything that lists rules is derived from [`RULES`].

use crate::Rule;

macro_rules! registry {
    ($($module:ident,)*) => {
        $(mod $module;)*

        /// Every rule, sorted by id.
        pub static RULES: &[&Rule] = &[$(&$module::RULE,)*];
    };
}

registry! {
    alert_for_missing,
    alert_rule_invalid,
    alert_runbook_url_missing,
    alert_severity_missing,
    alert_severity_unknown,
    alert_summary_missing,
    alertmanager_route_missing,
    backup_retention_missing,
    backup_schedule_invalid,
    backup_target_in_cluster,
    container_privileged,
    database_backup_missing,
    dr_single_zone,
    exemption_expired,
    exemption_invalid,
    exemption_unused,
    monitor_not_selected_by_prometheus,
    podmonitor_selects_nothing,
    probe_liveness_missing,
    pvc_annotation_missing,
    pvc_used,
    restore_test_missing,
    scrape_annotation_port_mismatch,
    service_selects_nothing,
    servicemonitor_port_missing,
    servicemonitor_selects_nothing,
    workload_not_scraped,
    yaml_invalid,
}

/// The rule of an id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES
        .binary_search_by(|rule| rule.id.cmp(id))
        .ok()
        .map(|at| RULES[at])
}
