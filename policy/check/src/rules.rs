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
    exemption_expired,
    exemption_invalid,
    exemption_unused,
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

/// The id nearest to a misspelt one, if any is near.
pub fn nearest(id: &str) -> Option<&'static str> {
    crate::config::closest(id, RULES.iter().map(|rule| rule.id))
}
