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
    anti_affinity_missing,
    autoscaler_duplicate,
    autoscaler_vpa_conflict,
    container_privileged,
    cronjob_concurrency_unset,
    cronjob_deadline_missing,
    cronjob_schedule_invalid,
    dns_config_missing,
    env_duplicate,
    exemption_expired,
    exemption_invalid,
    exemption_unused,
    graceful_shutdown_missing,
    hpa_fixed_replicas_conflict,
    hpa_max_not_above_min,
    hpa_metrics_missing,
    hpa_min_replicas_low,
    hpa_missing,
    hpa_scale_to_zero,
    hpa_target_missing,
    hpa_target_not_scalable,
    hpa_utilization_without_request,
    job_backoff_unset,
    job_ttl_misuse,
    keda_scaledobject_invalid,
    kubernetes_version_outdated,
    naked_pod,
    node_affinity_missing,
    pdb_blocks_eviction,
    pdb_exceeds_hpa_min,
    pdb_missing,
    pdb_policy_unset,
    pdb_selects_nothing,
    pdb_unhealthy_eviction_unset,
    port_name_invalid,
    priority_class_unset,
    probe_liveness_missing,
    replicas_low,
    restart_policy_invalid,
    rollout_stall_config,
    service_selects_nothing,
    statefulset_pvc_retention_unsafe,
    topology_spread_missing,
    update_strategy_not_rolling,
    yaml_invalid,
}

/// The rule of an id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES
        .binary_search_by(|rule| rule.id.cmp(id))
        .ok()
        .map(|at| RULES[at])
}
