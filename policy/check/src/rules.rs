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
    configmap_secret_ref_missing,
    configmap_secret_volume_ref_missing,
    container_privileged,
    exemption_expired,
    exemption_invalid,
    exemption_unused,
    gateway_backend_missing,
    ingress_backend_missing,
    probe_liveness_missing,
    pvc_storageclass_missing,
    selector_template_mismatch,
    service_selects_nothing,
    service_target_port_missing,
    serviceaccount_field_deprecated,
    serviceaccount_missing,
    statefulset_service_missing,
    yaml_invalid,
}

/// The rule of an id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES
        .binary_search_by(|rule| rule.id.cmp(id))
        .ok()
        .map(|at| RULES[at])
}
