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
    autoscaler_duplicate,
    autoscaler_vpa_conflict,
    container_privileged,
    exemption_expired,
    exemption_invalid,
    exemption_unused,
    hpa_fixed_replicas_conflict,
    hpa_max_not_above_min,
    hpa_metrics_missing,
    hpa_min_replicas_low,
    hpa_missing,
    hpa_scale_to_zero,
    hpa_target_missing,
    hpa_target_not_scalable,
    hpa_utilization_without_request,
    keda_scaledobject_invalid,
    probe_liveness_missing,
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
