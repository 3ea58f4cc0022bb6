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
    annotation_forbidden,
    annotation_key_invalid,
    annotation_value_invalid,
    apparmor_disabled,
    capabilities_added,
    capabilities_dangerous_added,
    capabilities_not_dropped,
    container_privileged,
    cost_labels_missing,
    cpu_limit_forbidden,
    cpu_limit_missing,
    cpu_request_missing,
    emptydir_unbounded,
    ephemeral_storage_unset,
    exemption_expired,
    exemption_invalid,
    exemption_unused,
    gid_root,
    host_aliases_set,
    host_ipc,
    host_network,
    host_path_sensitive,
    host_path_volume,
    host_path_writable,
    host_pid,
    host_port,
    image_digest_missing,
    image_missing,
    image_policy_not_enforced,
    image_pull_policy_not_always,
    image_reference_invalid,
    image_registry_untrusted,
    image_tag_mutable,
    ingress_class_unset,
    ingress_host_missing,
    ingress_nginx_eol,
    ingress_nginx_snippet,
    ingress_path_type_missing,
    ingress_tls_missing,
    instance_label_mismatch,
    label_key_invalid,
    label_value_invalid,
    legacy_component,
    limit_request_ratio_high,
    limitrange_incomplete,
    linux_hardening_missing,
    memory_limit_missing,
    memory_request_missing,
    monitor_not_selected_by_prometheus,
    name_invalid,
    namespace_default_used,
    namespace_name_invalid,
    namespace_psa_missing,
    namespace_quota_missing,
    namespace_system_used,
    net_raw_not_dropped,
    networkpolicy_allows_all,
    networkpolicy_cidr_invalid,
    networkpolicy_default_deny_missing,
    networkpolicy_direction_uncovered,
    networkpolicy_egress_without_dns,
    networkpolicy_missing_for_namespace,
    networkpolicy_missing_for_workload,
    networkpolicy_node_endpoint_allowed,
    networkpolicy_peer_selects_nothing,
    networkpolicy_policytype_missing,
    networkpolicy_port_unknown,
    networkpolicy_selects_nothing,
    networkpolicy_without_selector,
    non_root_unenforced,
    owner_annotation_missing,
    owner_label_missing,
    podmonitor_selects_nothing,
    port_privileged,
    port_ssh,
    privilege_escalation_allowed,
    probe_handler_invalid,
    probe_host_set,
    probe_liveness_equals_readiness,
    probe_liveness_missing,
    probe_port_undeclared,
    probe_readiness_missing,
    probe_startup_missing,
    probe_timing_unsafe,
    proc_mount_unmasked,
    psp_permissive,
    recommended_labels_missing,
    resource_quantity_invalid,
    resource_request_above_limit,
    resourcequota_incomplete,
    resources_not_guaranteed,
    resources_out_of_range,
    rootfs_writable,
    run_as_root,
    runtime_socket_mounted,
    sandbox_egress_open,
    sandbox_hardening,
    sandbox_resources_missing,
    scc_privileged,
    scrape_annotation_port_mismatch,
    seccomp_missing,
    security_context_missing,
    selinux_options_custom,
    service_external_ip,
    service_nodeport_out_of_range,
    service_port_duplicate,
    service_selects_nothing,
    service_type_conflict,
    service_type_exposed,
    servicemonitor_port_missing,
    servicemonitor_selects_nothing,
    sudo_in_command,
    sysctl_unsafe,
    uid_gid_low,
    volume_type_disallowed,
    windows_host_process,
    workload_internet_exposed,
    workload_not_scraped,
    yaml_invalid,
    yaml_keys_unsorted,
}

/// The rule of an id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES
        .binary_search_by(|rule| rule.id.cmp(id))
        .ok()
        .map(|at| RULES[at])
}

/// The id nearest to a misspelt one, if any is near.
pub fn nearest(id: &str) -> Option<&'static str> {
    crate::config::closest(id, RULES.iter().map(|rule| rule.id))
}
