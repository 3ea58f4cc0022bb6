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
    container_privileged,
    cpu_limit_forbidden,
    cpu_limit_missing,
    cpu_request_missing,
    emptydir_unbounded,
    ephemeral_storage_unset,
    exemption_expired,
    exemption_invalid,
    exemption_unused,
    limit_request_ratio_high,
    limitrange_incomplete,
    memory_limit_missing,
    memory_request_missing,
    namespace_quota_missing,
    probe_handler_invalid,
    probe_liveness_equals_readiness,
    probe_liveness_missing,
    probe_port_undeclared,
    probe_readiness_missing,
    probe_startup_missing,
    probe_timing_unsafe,
    resource_quantity_invalid,
    resource_request_above_limit,
    resourcequota_incomplete,
    resources_not_guaranteed,
    resources_out_of_range,
    service_selects_nothing,
    yaml_invalid,
}

/// The rule of an id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES
        .binary_search_by(|rule| rule.id.cmp(id))
        .ok()
        .map(|at| RULES[at])
}
