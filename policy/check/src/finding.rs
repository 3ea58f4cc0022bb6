//! What is wrong, and where.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use plimsoll_yaml::Span;

use crate::deployed::RootIndex;
use crate::said::Said;
use crate::{Date, ResourceName, Rule, Severity, Sources};

/// A place with what it is to the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What, in a lowercase fragment.
    pub text: Box<str>,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The comment's place, or none for an exemption in the configuration.
    pub comment: Option<Span>,
    /// Why, in the words of whoever wrote it.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
}

/// One thing that is wrong. It owns what it says, but for the rule.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// The rule's severity, as configured.
    pub severity: Severity,
    /// The object; none for a fault of a file.
    pub resource: Option<Arc<ResourceName>>,
    /// Its path and its message.
    pub(crate) said: Arc<Said>,
    /// The place that has to change.
    pub primary: Span,
    /// The root whose object it is, while it is of one only; [`NO_ROOT`] if it is of none.
    root: RootIndex,
    /// The same for the same fault of the same object, wherever it moves: 16 hexadecimal digits when printed.
    pub fingerprint: u64,
    /// What few findings have.
    pub(crate) more: Option<Box<More>>,
}

/// What few findings have, apart from what all have: of the others there are hundred thousands.
#[derive(Clone, Debug, Default)]
pub(crate) struct More {
    pub(crate) help: Option<Arc<Said>>,
    pub(crate) related: Vec<Label>,
    roots: Option<Box<Roots>>,
    suppressed: Option<Box<Suppression>>,
}

/// Where a finding holds that is of rendered roots.
#[derive(Clone, Debug, Default)]
struct Roots {
    holds: Vec<RootIndex>,
    spared: Vec<RootIndex>,
}

/// As an option it would take twice the room.
const NO_ROOT: RootIndex = RootIndex(u32::MAX);
const _: () = assert!(size_of::<Finding>() <= 64);

/// Many findings: each stays where it was made while lists of them are joined and sorted. A large repository has a
/// hundred thousand.
pub type Findings = Vec<Box<Finding>>;

impl Finding {
    pub(crate) fn new(
        rule: &'static Rule,
        severity: Severity,
        said: Arc<Said>,
        resource: Option<Arc<ResourceName>>,
        primary: Span,
        fingerprint: u64,
    ) -> Self {
        Self {
            rule,
            severity,
            resource,
            said,
            primary,
            root: NO_ROOT,
            fingerprint,
            more: None,
        }
    }

    /// Names the object and says what is wrong.
    pub fn message(&self) -> Cow<'_, str> {
        self.said.message(self.name())
    }

    /// The same in pieces, for who only writes it: what stands before the object's name, the name, and so on.
    pub fn message_pieces(&self) -> impl Iterator<Item = &str> {
        self.said.pieces(self.name())
    }

    /// Whether its path, and its message around the name, have no control character, quote or backslash: nearly all
    /// have none, and it is looked at once for all that say the same.
    pub fn is_plain(&self) -> bool {
        self.said.plain
    }

    /// The field in the object: `spec.template.spec.containers[0].resources`. Empty for the object itself.
    pub fn path(&self) -> &str {
        self.said.path()
    }

    /// The root whose object it is, while it is of one only.
    pub(crate) fn root(&self) -> Option<RootIndex> {
        (self.root != NO_ROOT).then_some(self.root)
    }

    pub(crate) fn set_root(&mut self, root: Option<RootIndex>) {
        self.root = root.unwrap_or(NO_ROOT);
    }

    /// What to write instead: the finding's own words, or its rule's.
    pub fn help(&self) -> Cow<'_, str> {
        self.own_help().unwrap_or(self.rule.help.into())
    }

    /// What to write instead, where the rule's words say too little.
    pub fn own_help(&self) -> Option<Cow<'_, str>> {
        let said = self.more.as_ref()?.help.as_ref()?;
        let help = said.message(self.name());
        (!help.is_empty()).then_some(help)
    }

    /// The name of its object.
    pub(crate) fn name(&self) -> &str {
        self.resource.as_ref().map_or("", |name| &name.name)
    }

    /// The namespace of its object, as written; empty where there is none.
    pub(crate) fn namespace(&self) -> &str {
        let named = self
            .resource
            .as_ref()
            .and_then(|name| name.namespace.as_deref());
        named.unwrap_or_default()
    }

    /// The rendered roots in which it holds, in order; none for a fault of a file as it stands.
    pub fn roots(&self) -> &[RootIndex] {
        self.in_roots().map_or(&[], |roots| &roots.holds)
    }

    /// The roots that have an object of the same origin without this fault.
    pub fn spared(&self) -> &[RootIndex] {
        self.in_roots().map_or(&[], |roots| &roots.spared)
    }

    fn in_roots(&self) -> Option<&Roots> {
        self.more.as_ref()?.roots.as_deref()
    }

    fn in_roots_mut(&mut self) -> &mut Roots {
        let more = self.more.get_or_insert_default();
        more.roots.get_or_insert_default()
    }

    pub(crate) fn add_root(&mut self, root: RootIndex) {
        let roots = &mut self.in_roots_mut().holds;
        if let Err(at) = roots.binary_search(&root) {
            roots.insert(at, root);
        }
    }

    /// Keeps those of its roots where its rule is on.
    pub(crate) fn keep_roots(&mut self, roots: Vec<RootIndex>) {
        self.in_roots_mut().holds = roots;
    }

    pub(crate) fn set_spared(&mut self, spared: Vec<RootIndex>) {
        if !spared.is_empty() {
            self.in_roots_mut().spared = spared;
        }
    }

    /// Why it does not count, if it does not.
    pub fn suppressed(&self) -> Option<&Suppression> {
        self.more.as_ref()?.suppressed.as_deref()
    }

    pub(crate) fn suppress(&mut self, suppression: Suppression) {
        self.more.get_or_insert_default().suppressed = Some(Box::new(suppression));
    }

    /// Other places that explain it.
    pub fn related(&self) -> &[Label] {
        self.more.as_ref().map_or(&[], |more| &more.related)
    }
}

/// The order of a report: by file, place, rule and path.
fn order(a: &Finding, b: &Finding) -> Ordering {
    let by_rule = || {
        if std::ptr::eq(a.rule, b.rule) {
            Ordering::Equal
        } else {
            a.rule.id.cmp(b.rule.id)
        }
    };
    let by_path = || a.path().cmp(b.path());
    let by_message = || a.said.order(a.name(), &b.said, b.name());
    a.primary
        .cmp(&b.primary)
        .then_with(by_rule)
        .then_with(by_path)
        .then_with(by_message)
}

/// Puts the findings of one object into the order of a report.
pub(crate) fn sort(findings: &mut [Box<Finding>]) {
    findings.sort_unstable_by(|a, b| order(a, b));
}

/// Puts findings into the order of a report that are long sorted runs: it takes a look at each, and little memory.
pub(crate) fn merge(findings: &mut Findings, sources: &Sources) {
    findings.sort_by(|a, b| {
        sources
            .order(a.primary, b.primary)
            .then_with(|| order(a, b))
    });
}
