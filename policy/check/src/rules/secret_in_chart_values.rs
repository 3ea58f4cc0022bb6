use plimsoll_yaml::{Entry, Node};

use crate::secret::{evidence, secret_line};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity, within};

pub(super) static RULE: Rule = Rule {
    id: "secret-in-chart-values",
    item: Item::Secrets,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "the values of a chart hold a secret",
    help: "keep it in a Secret that comes from a store, name that Secret in the values (most charts have an `existingSecret`), and change it: git keeps it",
    standards: &[],
    docs: include_str!("secret_in_chart_values.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    for release in cx.inventory.of_kind(Kind::HelmRelease) {
        if let Some(values) = release.field("spec.values") {
            Values::of(cx, release).tree(values);
        }
    }
    let applications = [
        (Kind::Application, "spec"),
        (Kind::ApplicationSet, "spec.template.spec"),
    ];
    for (kind, spec) in applications {
        for application in cx.inventory.of_kind(kind) {
            let spec = application.field(spec);
            let field = |key| spec.and_then(|spec| spec.get(key));
            let several = field("sources").into_iter().flat_map(Node::items);
            let sources = field("source").into_iter().chain(several);
            for helm in sources.filter_map(|source| source.get("helm")) {
                Values::of(cx, application).argo(helm);
            }
        }
    }
    for kustomization in cx.inventory.gitops().kustomizations() {
        let charts = kustomization.node.get("helmCharts").into_iter();
        for chart in charts.flat_map(Node::items) {
            if let Some(values) = chart.get("valuesInline") {
                let (owner, root) = (None, kustomization.node);
                Values { cx, owner, root }.tree(values);
            }
        }
    }
}

/// The values that an object, or a kustomization, gives to a chart.
struct Values<'a, 'i, 's> {
    cx: &'a Context<'i, 's>,
    owner: Option<&'a Resource<'s>>,
    /// The map of the object, or of the kustomization.
    root: Node<'s>,
}

impl<'a, 'i, 's> Values<'a, 'i, 's> {
    fn of(cx: &'a Context<'i, 's>, owner: &'a Resource<'s>) -> Self {
        let (owner, root) = (Some(owner), owner.node);
        Self { cx, owner, root }
    }

    /// Argo CD takes values in three ways: as a map, as text, and one by one.
    fn argo(&self, helm: Node<'s>) {
        if let Some(values) = helm.get("valuesObject") {
            self.tree(values);
        }
        if let Some(values) = helm.entry("values") {
            self.text(values);
        }
        for parameter in helm.get("parameters").into_iter().flat_map(Node::items) {
            self.pair(parameter);
        }
    }

    fn tree(&self, values: Node<'s>) {
        let mut nodes = vec![values];
        while let Some(node) = nodes.pop() {
            for item in node.items() {
                match item.text() {
                    Some(value) => self.found(item.into(), "", value),
                    None => nodes.push(item),
                }
            }
            let named = self.pair(node);
            for entry in node.entries() {
                match entry.value.text() {
                    Some(_) if named && entry.name() == "value" => {}
                    Some(value) => self.found(entry.into(), entry.name(), value),
                    None => nodes.push(entry.value),
                }
            }
        }
    }

    /// A variable or a parameter: `value` is what `name` says. Whether it is one.
    fn pair(&self, node: Node<'s>) -> bool {
        let name = node.get("name").and_then(Node::text);
        let (Some(name), Some(entry)) = (name, node.entry("value")) else {
            return false;
        };
        if let Some(value) = entry.value.text() {
            self.found(entry.into(), name, value);
        }
        true
    }

    fn found(&self, place: Place<'s>, name: &str, value: &str) {
        // `auth.password` is the `password` of `auth`.
        let last = name.rsplit('.').next().unwrap_or(name);
        let found = evidence(last, value).filter(|_| !names_object(last, value));
        if let Some(what) = found {
            self.report(place, name, &format!("hold {what}"));
        }
    }

    fn text(&self, entry: Entry<'s>) {
        let sources = self.cx.inventory.sources();
        let found = entry.value.text().and_then(secret_line);
        if let Some((name, number)) = found {
            let line = within::line(sources, entry.value, number);
            let place = line.map_or(entry.into(), |line| Place::part(entry.value, line, ""));
            self.report(place, name, "hold a secret in clear");
        }
    }

    fn report(&self, place: Place<'s>, name: &str, what: &str) {
        let named = match name {
            "" => String::new(),
            name => format!(": `{name}`"),
        };
        if let Some(owner) = self.owner {
            let message = format!("the values of {owner} {what}{named}");
            self.cx.report(owner, place, message).file();
        } else {
            let message = format!("the values of a chart {what}{named}");
            let span = place.span(self.root);
            self.cx.report_source(span, message).file();
        }
    }
}

/// Whether `secret: object-storage` or `tlsSecret: wildcard` names the Secret to read, as it does in most charts.
fn names_object(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let of_secret = ["secret", "secrets", "credentials"];
    let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    of_secret.iter().any(|last| name.ends_with(last)) && value.split(['-', '.']).all(word)
}
