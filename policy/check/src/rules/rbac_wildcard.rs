use plimsoll_yaml::Node;

use crate::rbac::{PolicyRule, ROLES, policy_rules, some_of, with_bindings};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "rbac-wildcard",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role grants by `*` what nobody has listed",
    help: "list the API groups, resources and verbs that are used; `kubectl api-resources` names them",
    standards: &[Standard::Cis("5.1.3"), Standard::Nsa],
    docs: include_str!("rbac_wildcard.md"),
    check: Check::Resource(ROLES, check),
};

/// The lists of a rule that may say `*`, the worst first, with what it then covers.
const LISTS: [(&str, &str); 4] = [
    ("resources", "resource"),
    ("verbs", "verb"),
    ("apiGroups", "API group"),
    ("nonResourceURLs", "URL of the API server"),
];

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    for rule in policy_rules(role) {
        let stars = || {
            LISTS
                .into_iter()
                .filter_map(|(field, what)| Some((rule.star(field)?, what)))
        };
        if let Some((worst, _)) = stars().next() {
            let every: Vec<_> = stars().map(|(_, what)| format!("every {what}")).collect();
            let named = rule
                .list("resources")
                .filter_map(Node::text)
                .filter(|text| *text != "*");
            let named: Vec<_> = named.map(|text| format!("`{text}`")).collect();
            let of = if named.is_empty() {
                String::new()
            } else {
                format!(" of {}", some_of(&named))
            };
            let message = format!("a rule of {role} covers {}{of}", every.join(", "));
            with_bindings(cx, role, cx.report(role, worst, message)).file();
        } else if let Some((item, text)) = void(rule) {
            let message = format!(
                "`{text}` in {role} covers nothing: the API server knows `*` and `*/subresource` only"
            );
            cx.report(role, item, message)
                .help("name the resource and its subresource: `pods/exec`")
                .file();
        }
    }
}

/// An item that looks like a wildcard and is none.
fn void(rule: PolicyRule<'_>) -> Option<(Node<'_>, &str)> {
    let mut texts = rule
        .list("resources")
        .filter_map(|item| Some((item, item.text()?)));
    texts.find(|(_, text)| text.ends_with("/*"))
}
