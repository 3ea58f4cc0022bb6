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
    apparmor_disabled,
    capabilities_added,
    capabilities_dangerous_added,
    capabilities_not_dropped,
    container_privileged,
    exemption_expired,
    exemption_invalid,
    exemption_unused,
    external_secret_store_absent,
    externalsecret_store_missing,
    externalsecret_unused,
    gid_root,
    host_aliases_set,
    host_ipc,
    host_network,
    host_path_sensitive,
    host_path_volume,
    host_path_writable,
    host_pid,
    host_port,
    legacy_component,
    linux_hardening_missing,
    net_raw_not_dropped,
    non_root_unenforced,
    port_privileged,
    port_ssh,
    privilege_escalation_allowed,
    probe_host_set,
    probe_liveness_missing,
    proc_mount_unmasked,
    psp_permissive,
    rbac_anonymous_or_system_group,
    rbac_cluster_admin_bound,
    rbac_configmap_write,
    rbac_create_workloads,
    rbac_csr_approve,
    rbac_dashboard_subject,
    rbac_delete_evidence,
    rbac_escalation_verbs,
    rbac_network_write,
    rbac_node_proxy,
    rbac_pod_exec_attach,
    rbac_port_forward,
    rbac_role_unbound,
    rbac_roleref_missing,
    rbac_secrets_access,
    rbac_subject_missing,
    rbac_token_or_pv_create,
    rbac_webhook_config_write,
    rbac_wildcard,
    rootfs_writable,
    run_as_root,
    runtime_socket_mounted,
    sandbox_hardening,
    sandbox_resources_missing,
    scc_privileged,
    seccomp_missing,
    secret_consumed_as_env,
    secret_in_configmap,
    secret_in_env_literal,
    secret_no_refresh,
    secret_or_configmap_mounted,
    secret_plaintext_in_git,
    security_context_missing,
    selinux_options_custom,
    service_selects_nothing,
    serviceaccount_default_used,
    serviceaccount_token_automounted,
    serviceaccount_unused,
    sudo_in_command,
    sysctl_unsafe,
    uid_gid_low,
    volume_type_disallowed,
    windows_host_process,
    workload_effective_privilege,
    yaml_invalid,
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
