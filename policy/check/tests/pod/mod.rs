//! A pod of four containers to put one field into, and the question which rules of a profile refuse it.

mod baseline;
mod restricted;

use std::collections::BTreeMap;

use plimsoll_check::{Config, Date, Options, Source, Sources, Standard, check};
use plimsoll_yaml::{Limits, SourceId, Tree};

/// Where in a pod a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Metadata,
    Spec,
    PodContext,
    Container(usize),
    Context(usize),
}

/// The lists that the four containers of a pod stand in; the third is a sidecar.
const LISTS: [&str; 4] = [
    "containers",
    "initContainers",
    "initContainers",
    "ephemeralContainers",
];
pub(crate) const CONTEXTS: [Place; 4] = [
    Place::Context(0),
    Place::Context(1),
    Place::Context(2),
    Place::Context(3),
];
pub(crate) const EVERYWHERE: [Place; 5] = [
    Place::PodContext,
    Place::Context(0),
    Place::Context(1),
    Place::Context(2),
    Place::Context(3),
];
pub(crate) const CONTAINERS: [Place; 4] = [
    Place::Container(0),
    Place::Container(1),
    Place::Container(2),
    Place::Container(3),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Baseline,
    Restricted,
}
use Profile::Restricted;

/// A field's value for "not there at all".
pub(crate) const ABSENT: &str = "";

/// A pod: values in flow style by place and field.
#[derive(Clone)]
pub(crate) struct Pod(BTreeMap<(Place, &'static str), String>);

impl Pod {
    /// A pod without any security setting.
    pub(crate) fn bare() -> Self {
        let required = [("name", "a"), ("image", "ghcr.io/acme/api:1.4.2")];
        let fields = (0..LISTS.len()).flat_map(|at| {
            required.map(|(field, value)| ((Place::Container(at), field), value.to_owned()))
        });
        Self(fields.collect()).with(Place::Container(2), "restartPolicy", "Always")
    }

    /// A pod that the restricted profile admits.
    pub(crate) fn hardened() -> Self {
        let pod = Self::bare()
            .with(Place::PodContext, "runAsNonRoot", "true")
            .with(
                Place::PodContext,
                "seccompProfile",
                "{type: RuntimeDefault}",
            );
        CONTEXTS.into_iter().fold(pod, |pod, place| {
            pod.with(place, "allowPrivilegeEscalation", "false").with(
                place,
                "capabilities",
                "{drop: [ALL]}",
            )
        })
    }

    pub(crate) fn with(mut self, place: Place, field: &'static str, value: &str) -> Self {
        if value == ABSENT {
            self.0.remove(&(place, field));
        } else {
            self.0.insert((place, field), value.to_owned());
        }
        self
    }

    fn fields(&self, place: Place) -> String {
        let own = self.0.iter().filter(|((at, _), _)| *at == place);
        let pairs: Vec<_> = own
            .map(|((_, field), value)| format!("{field}: {value}"))
            .collect();
        pairs.join(", ")
    }

    fn yaml(&self) -> String {
        let container = |at| {
            let (own, context) = (
                self.fields(Place::Container(at)),
                self.fields(Place::Context(at)),
            );
            format!("{{{own}, securityContext: {{{context}}}}}, ")
        };
        let list = |name: &str| -> String {
            (0..LISTS.len())
                .filter(|at| LISTS[*at] == name)
                .map(container)
                .collect()
        };
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: a, {}}}, spec: {{securityContext: {{{}}}, \
             containers: [{}], initContainers: [{}], ephemeralContainers: [{}], {}}}}}",
            self.fields(Place::Metadata),
            self.fields(Place::PodContext),
            list("containers"),
            list("initContainers"),
            list("ephemeralContainers"),
            self.fields(Place::Spec),
        )
    }

    /// The rules of a profile that find something.
    fn refused_by(&self, version: (u16, u16), profile: Profile) -> Vec<&'static str> {
        let yaml = self.yaml();
        let tree = Tree::parse(SourceId(0), yaml.as_str(), &Limits::default());
        assert!(tree.errors().is_empty(), "{yaml}: {:?}", tree.errors());
        let sources = Sources::new(vec![Source::new("pod.yaml", tree)]);
        let config = Config {
            kubernetes: version,
            ..Config::default()
        };
        let today = Date::new(2026, 11, 1).expect("the day exists");
        let options = Options {
            all_rules: true,
            rules: Vec::new(),
            items: Vec::new(),
            report_only: None,
            today,
        };
        let report = check(
            &sources,
            &plimsoll_check::Deployed::default(),
            &config,
            &options,
        );
        let belongs = |standards: &[Standard]| {
            standards.contains(&Standard::PssBaseline)
                || profile == Restricted && standards.contains(&Standard::PssRestricted)
        };
        let rules = report.findings.iter().map(|finding| finding.rule);
        rules
            .filter(|rule| belongs(rule.standards))
            .map(|rule| rule.id)
            .collect()
    }

    pub(crate) fn assert_allowed(&self, version: (u16, u16), profile: Profile) {
        let found = self.refused_by(version, profile);
        assert!(
            found.is_empty(),
            "{profile:?} in {version:?} allows\n{}\nbut {found:?} fire",
            self.yaml()
        );
    }

    pub(crate) fn assert_refused(&self, version: (u16, u16), rules: &[&str]) {
        let found = self.refused_by(version, Restricted);
        let hit = found.iter().any(|rule| rules.contains(rule));
        assert!(
            hit,
            "{version:?} refuses\n{}\nbut of {rules:?} none fires, only {found:?}",
            self.yaml()
        );
    }
}

/// The version that most of the tables are tried at.
pub(crate) const NOW: (u16, u16) = (1, 34);

/// Tries a field's values in a hardened pod, at each of the places.
pub(crate) fn control(
    profile: Profile,
    places: &[Place],
    field: &'static str,
    allowed: &[&str],
    (rules, refused): (&[&str], &[&str]),
) {
    for place in places {
        for value in allowed {
            Pod::hardened()
                .with(*place, field, value)
                .assert_allowed(NOW, profile);
        }
        for value in refused {
            Pod::hardened()
                .with(*place, field, value)
                .assert_refused(NOW, rules);
        }
    }
}
