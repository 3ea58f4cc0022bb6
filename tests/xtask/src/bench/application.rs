//! An application of the made trees: its names, and what decides which of its objects are good.

use std::fmt::Write;

use super::random::Random;

/// What the objects of one application share, so that their references resolve.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) team: &'static str,
    pub(crate) version: String,
    pub(crate) port: u64,
    /// Hardened as a platform team would have it; the others are what one finds.
    pub(crate) good: bool,
    /// Decides on details; each object draws its own from it.
    seed: u64,
}

/// How many applications share a namespace: as many workloads as a hundred objects of the mix have.
pub(crate) const PER_NAMESPACE: usize = 36;

const WORDS: &[&str] = &[
    "api", "billing", "cart", "catalog", "checkout", "gateway", "images", "ledger", "mailer",
    "orders", "payments", "pricing", "queue", "reports", "search", "sessions", "stock", "web",
];
const TEAMS: &[&str] = &["commerce", "core", "data", "growth", "platform", "search"];

impl Application {
    /// The application of a number in the tree of a seed.
    pub(crate) fn new(seed: u64, number: usize) -> Self {
        let mut random = Random::new(seed ^ (number as u64).wrapping_mul(0xd134_2543_de82_ef95));
        let word = random.one(WORDS);
        Self {
            name: format!("{word}-{number}"),
            namespace: format!("team-{}", number / PER_NAMESPACE),
            team: random.one(TEAMS),
            version: format!(
                "{}.{}.{}",
                random.below(9),
                random.below(30),
                random.below(9)
            ),
            port: 8000 + random.below(900),
            good: random.percent(60),
            seed: random.next(),
        }
    }

    /// The numbers of one of its objects.
    pub(crate) fn random(&self, kind: &str) -> Random {
        Random::new(kind.bytes().fold(self.seed, |seed, byte| {
            seed.rotate_left(5) ^ u64::from(byte)
        }))
    }

    /// `apiVersion`, `kind` and `metadata` of an object, with its labels.
    pub(crate) fn head(&self, api_version: &str, kind: &str) -> String {
        let Self {
            name,
            namespace,
            team,
            version,
            ..
        } = self;
        let mut text = String::with_capacity(2048);
        if self.random(kind).percent(20) {
            text.push_str("---\n");
        }
        if self.random(kind).percent(15) {
            let _ = writeln!(text, "# {kind} of {name}, owned by {team}.");
        }
        let _ = writeln!(text, "apiVersion: {api_version}\nkind: {kind}\nmetadata:");
        if kind == "Namespace" {
            let _ = writeln!(text, "  name: {namespace}");
        } else {
            let _ = writeln!(text, "  name: {name}");
        }
        if !matches!(kind, "Namespace" | "ClusterRole" | "ClusterRoleBinding") {
            let _ = writeln!(text, "  namespace: {namespace}");
        }
        let _ = writeln!(
            text,
            "  labels:\n    app.kubernetes.io/name: {name}\n    app.kubernetes.io/version: \"{version}\"\n    \
             app.kubernetes.io/part-of: {team}\n    app.kubernetes.io/managed-by: 'gitops'"
        );
        text
    }

    /// The labels that its selectors name, each on a line of its own behind `indent`.
    pub(crate) fn selector(&self, indent: &str) -> String {
        format!(
            "{indent}app.kubernetes.io/name: {}\n{indent}app.kubernetes.io/part-of: {}\n",
            self.name, self.team
        )
    }
}
