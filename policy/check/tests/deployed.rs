//! Several roots: which of them are looked at together, and what becomes of a fault that several have.

use plimsoll_check::{
    Config, Date, Deployed, Failure, Finding, Given, Options, Report, Root, RootIndex, Source,
    Sources, check,
};
use plimsoll_yaml::{Limits, SourceId, Span, Tree, Use};

const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec:
  containers:
    - name: api
      image: example.com/api:1
      securityContext: {privileged: true }
";

const SERVICE: &str = "---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {selector: {app: api}, ports: [{port: 80}]}
";

/// Files of which roots are made; what a root comes to is said by texts, as they stand in the file of a number.
struct Repository {
    files: Vec<&'static str>,
    deployed: Deployed,
    config: Config,
}

impl Repository {
    fn new(files: &[&'static str]) -> Self {
        Self {
            files: files.to_vec(),
            deployed: Deployed::default(),
            config: Config::default(),
        }
    }

    /// A root whose objects have the places that the text would have in a file.
    fn root(mut self, name: &str, file: u32, text: &str) -> Self {
        let tree = Tree::parse(SourceId(file), text, &Limits::default());
        let documents = tree.documents().len();
        self.deployed.roots.push(Root {
            name: name.to_owned(),
            folder: format!("overlays/{name}"),
            declared_at: None,
            parent: None,
            cluster: None,
            namespace: None,
            incomplete: false,
            tree,
            given: vec![given("api"); documents],
        });
        self
    }

    fn config(mut self, text: &str) -> Self {
        let tree = Tree::parse(SourceId(0), text, &Limits::default());
        self.config = Config::read(&tree).expect("the configuration is right");
        self
    }

    /// Runs one rule, whatever the configuration says of it.
    fn check(self, rule: &'static str) -> Report {
        self.run(vec![rule])
    }

    /// Runs all rules that are on, and keeps the findings of one.
    fn check_configured(self, rule: &str) -> Report {
        let mut report = self.run(Vec::new());
        report.findings.retain(|finding| finding.rule.id == rule);
        report
    }

    fn run(self, rules: Vec<&'static str>) -> Report {
        let source = |(id, text): (u32, &&'static str)| {
            let tree = Tree::parse(SourceId(id), *text, &Limits::default());
            let source = Source::new(format!("file{id}.yaml"), tree);
            source.set_used(Use::Rendered);
            source
        };
        let sources = Sources::new((0..).zip(&self.files).map(source).collect());
        let options = Options {
            all_rules: false,
            rules,
            items: Vec::new(),
            report_only: None,
            today: Date::new(2026, 11, 1).expect("the day exists"),
        };
        check(&sources, &self.deployed, &self.config, &options)
    }
}

fn given(name: &str) -> Given {
    Given {
        name: name.into(),
        namespace: "".into(),
    }
}

/// The roots in which a finding holds, and those that are spared, by name.
fn roots<'r>(report: &'r Report, finding: &Finding) -> (Vec<&'r str>, Vec<&'r str>) {
    let names = |roots: &[RootIndex]| {
        let names = roots.iter().map(|root| &*report.roots[root.0 as usize]);
        names.collect()
    };
    (names(finding.roots()), names(finding.spared()))
}

#[test]
fn a_fault_of_one_place_is_one_finding_that_names_its_roots() {
    let report = Repository::new(&[POD])
        .root("dev", 0, POD)
        .root("prod", 0, POD)
        .check("container-privileged");
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    let finding = &report.findings[0];
    assert_eq!(roots(&report, finding), (vec!["dev", "prod"], vec![]));
    assert_eq!(report.counts.resources, 2);
    assert_eq!(report.counts.roots, 2);
}

#[test]
fn a_root_without_the_fault_is_said_to_be_spared() {
    let safe = POD.replace("true ", "false");
    let report = Repository::new(&[POD])
        .root("dev", 0, POD)
        .root("prod", 0, &safe)
        .check("container-privileged");
    let finding = &report.findings[0];
    assert_eq!(roots(&report, finding), (vec!["dev"], vec!["prod"]));
}

#[test]
fn a_root_does_not_see_the_objects_of_another_environment() {
    // Both environments have the Service, and only one has pods for it.
    let both = format!("{POD}{SERVICE}");
    let report = Repository::new(&[POD, SERVICE])
        .root("dev", 1, SERVICE)
        .root("prod", 1, &both)
        .check("service-selects-nothing");
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    assert_eq!(roots(&report, &report.findings[0]).0, ["dev"]);
}

#[test]
fn what_nobody_collides_with_is_seen_from_everywhere() {
    let other = SERVICE.replace("name: api", "name: other");
    let report = Repository::new(&[POD, SERVICE])
        .root("dev", 1, SERVICE)
        .root("platform", 0, POD)
        .root("prod", 1, SERVICE)
        .root("tools", 1, &other)
        .check("service-selects-nothing");
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[test]
fn what_is_shared_is_at_fault_where_all_say_so() {
    // The platform's Service has pods in one environment: it is right there.
    let shared = SERVICE.replace("name: api", "name: shared");
    let nothing = POD.replace("app: api", "app: web");
    let report = Repository::new(&[POD, SERVICE])
        .root("dev", 0, POD)
        .root("platform", 1, &shared)
        .root("prod", 0, &nothing)
        .check("service-selects-nothing");
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    let report = Repository::new(&[POD, SERVICE])
        .root("dev", 0, &nothing)
        .root("platform", 1, &shared)
        .root("prod", 0, &nothing)
        .check("service-selects-nothing");
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
}

#[test]
fn environments_set_rules_for_roots_by_folder_and_by_name() {
    for environment in ["paths: ['overlays/dev']", "roots: [d*]"] {
        let config = format!(
            "version: 1\nenvironments:\n  quiet:\n    {environment}\n    rules: {{container-privileged: off}}\n"
        );
        let config = config.as_str();
        let both = || Repository::new(&[POD]).root("dev", 0, POD).config(config);
        let report = both()
            .root("prod", 0, POD)
            .check("container-readonly-missing");
        assert!(report.findings.is_empty());
        let rule = "container-privileged";
        let report = both().root("prod", 0, POD).check_configured(rule);
        assert_eq!(
            roots(&report, &report.findings[0]).0,
            ["prod"],
            "{environment}"
        );
        let report = both().check_configured(rule);
        assert!(report.findings.is_empty(), "{environment}");
    }
}

#[test]
fn a_finding_is_known_by_the_name_that_was_given_first() {
    let renamed = POD.replace("name: api, namespace: shop", "name: dev-api, namespace: d1");
    let fingerprint = |text: &str| {
        let report = Repository::new(&[POD])
            .root("dev", 0, text)
            .check("container-privileged");
        report.findings[0].fingerprint
    };
    assert_eq!(fingerprint(POD), fingerprint(&renamed));
}

#[test]
fn what_fails_in_several_roots_is_one_finding() {
    let mut repository = Repository::new(&[POD])
        .root("dev", 0, "")
        .root("prod", 0, "");
    let failure = |root| Failure {
        span: Span::default(),
        message: "base.yaml does not exist".to_owned(),
        help: String::new(),
        related: Vec::new(),
        root: RootIndex(root),
    };
    repository
        .deployed
        .failures
        .extend([failure(0), failure(1)]);
    let report = repository.check("render-failed");
    assert_eq!(report.findings.len(), 1);
    assert_eq!(roots(&report, &report.findings[0]).0, ["dev", "prod"]);
    assert_eq!(report.findings[0].message(), "base.yaml does not exist");
}
