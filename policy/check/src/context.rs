//! What a rule's function sees of the run, and where it puts what it finds.

use std::cell::RefCell;
use std::hash::Hasher;
use std::sync::Arc;

use plimsoll_yaml::{Node, Span};
use siphasher::sip::SipHasher13;

use crate::config::{Config, Facts};
use crate::finding::More;
use crate::place::{Located, Trail, first_origin};
use crate::report::{NotChecked, Reason};
use crate::said::Sayings;
use crate::{
    Existence, Finding, Findings, Inventory, Kind, Label, Place, Resource, ResourceName, Rule,
    Severity, Workload,
};

/// What a rule sees: the whole inventory, the configuration, and a place for findings.
pub struct Context<'a, 's> {
    /// All objects.
    pub inventory: &'a Inventory<'s>,
    /// The whole configuration.
    pub config: &'a Config,
    pub(crate) rule: &'static Rule,
    pub(crate) severity: Severity,
    pub(crate) found: &'a RefCell<Found>,
}

/// Rules that are about names themselves.
const JUDGE_NAMES: &[&str] = &["name-invalid", "namespace-name-invalid"];

/// What the rules of one step found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) findings: Findings,
    pub(crate) not_checked: Vec<NotChecked>,
    pub(crate) kept: Kept,
}

/// What findings have in common with those before them.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    trail: Trail,
    sayings: Sayings,
    /// What was hashed last, for its room.
    hashed: Vec<u8>,
    /// An empty list, for its room.
    pub(crate) room: Findings,
}

impl<'a> Context<'a, '_> {
    /// The numbers and names that rules go by.
    pub fn facts(&self) -> &'a Facts {
        &self.config.facts
    }

    /// Whether an object exists, as far as the repository and its configuration tell.
    pub fn existence(&self, kind: Kind, namespace: &str, name: &str) -> Existence {
        match self.inventory.exists(kind, namespace, name) {
            Existence::Missing if self.config.is_external(kind.name(), namespace, name) => {
                Existence::Elsewhere
            }
            existence => existence,
        }
    }

    /// Whether an object that something refers to by name is nowhere to be found.
    pub fn is_missing(&self, kind: Kind, namespace: &str, name: &str) -> bool {
        self.existence(kind, namespace, name) == Existence::Missing
    }

    /// Reports a fault of an object at a place in it. The finding is filed when the draft goes out of scope.
    pub fn report<'p>(
        &self,
        resource: &Resource<'p>,
        place: impl Into<Place<'p>>,
        message: impl Into<String>,
    ) -> Draft<'_> {
        self.draft_at(resource, place.into(), &message.into())
    }

    /// Reports a fault of a workload's object at a place in it.
    pub fn report_in<'p>(
        &self,
        workload: &Workload<'p>,
        place: impl Into<Place<'p>>,
        message: impl Into<String>,
    ) -> Draft<'_> {
        let owner = self.inventory.resource(workload.resource);
        self.draft_at(owner, place.into(), &message.into())
    }

    /// Reports a fault of a file.
    pub fn report_source(&self, span: Span, message: impl Into<String>) -> Draft<'_> {
        let message = message.into();
        let mut hasher = SipHasher13::new();
        hasher.write(self.rule.id.as_bytes());
        hasher.write(self.inventory.sources().get(span.source).path.as_bytes());
        hasher.write(message.as_bytes());
        let whole = Located {
            span,
            path: "",
            stable_path: "",
        };
        let kept = &mut self.found.borrow_mut().kept.sayings;
        self.draft(&message, None, &whole, kept, hasher.finish())
    }

    /// Says that the rule could not decide about an object, and why.
    pub fn not_checked(&self, node: Node<'_>, detail: impl Into<String>) {
        self.found.borrow_mut().not_checked.push(NotChecked {
            file: self
                .inventory
                .sources()
                .get(node.span().source)
                .path
                .to_string(),
            reason: Reason::Undecided,
            detail: format!("{}: {}", self.rule.id, detail.into()),
            place: Some(node.span().start_point()),
        });
    }

    fn draft_at<'p>(&self, owner: &Resource<'p>, place: Place<'p>, message: &str) -> Draft<'_> {
        let Kept {
            trail,
            sayings,
            hashed,
            room: _,
        } = &mut self.found.borrow_mut().kept;
        let mut located = trail.locate(owner.index(), owner.node, &place);
        // An object is found by what it is called in its own file, not at the prefix that an environment gives it.
        let by_name = located.path == "metadata.name" && !JUDGE_NAMES.contains(&self.rule.id);
        if let Some(first) = place.first().filter(|_| by_name) {
            located.span = first;
        }
        let name = owner.identity();
        let fingerprint = fingerprint(self.rule, owner, located.stable_path, hashed);
        let mut draft = self.draft(message, Some(name), &located, sayings, fingerprint);
        if owner.root.is_some() {
            draft.deployed(owner, (!by_name).then_some(place));
        }
        draft
    }

    fn draft(
        &self,
        message: &str,
        resource: Option<Arc<ResourceName>>,
        located: &Located<'_>,
        sayings: &mut Sayings,
        fingerprint: u64,
    ) -> Draft<'_> {
        let name = resource.as_ref().map_or("", |name| &name.name);
        let said = sayings.shared(located.path, message, name);
        let (rule, severity, place) = (self.rule, self.severity, located.span);
        let finding = Finding::new(rule, severity, said, resource, place, fingerprint);
        Draft {
            finding: Some(Box::new(finding)),
            found: self.found,
        }
    }
}

/// The parts are put together first: to hash many short ones takes longer than to hash them as one.
///
/// An object of a root goes by what it was called first: its name is another one in every environment.
fn fingerprint(rule: &Rule, resource: &Resource<'_>, path: &str, hashed: &mut Vec<u8>) -> u64 {
    let name = resource.identity();
    let (namespace, called) = match resource.given {
        Some(given) => (&*given.namespace, &*given.name),
        None => (name.namespace.as_deref().unwrap_or_default(), &*name.name),
    };
    hashed.clear();
    for part in [
        rule.id,
        resource.group(),
        &name.kind,
        namespace,
        called,
        path,
    ] {
        hashed.extend_from_slice(part.as_bytes());
        hashed.push(0xff);
    }
    SipHasher13::new().hash(hashed)
}

/// A finding being written. It is filed when it goes out of scope, so a rule cannot forget to.
#[must_use = "bind it to `_` or go on building: it is filed when dropped"]
pub struct Draft<'a> {
    finding: Option<Box<Finding>>,
    found: &'a RefCell<Found>,
}

impl Draft<'_> {
    /// What to write instead, where the rule's own help says too little.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(finding) = &mut self.finding {
            let sayings = &mut self.found.borrow_mut().kept.sayings;
            let help = sayings.shared("", &help.into(), finding.name());
            finding.more.get_or_insert_default().help = Some(help);
        }
        self
    }

    /// How much this finding matters, where that differs from the rule's own severity. The configuration's word counts
    /// more than this.
    pub fn severity(mut self, severity: Severity) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.severity = severity;
        }
        self
    }

    /// Another place that explains the finding, here or in another file.
    pub fn related(self, node: Node<'_>, text: impl Into<String>) -> Self {
        let span = if node.is_mapping() || node.is_sequence() {
            node.span().start_point()
        } else {
            node.span()
        };
        self.related_span(span, text)
    }

    /// Another place by its span.
    pub fn related_span(mut self, span: Span, text: impl Into<String>) -> Self {
        if let Some(more) = self.more() {
            more.related.reserve_exact(1);
            more.related.push(Label {
                span,
                text: text.into().as_str().into(),
            });
        }
        self
    }

    /// Another object: points at its name.
    pub fn related_object(self, resource: &Resource<'_>, text: impl Into<String>) -> Self {
        let name = resource.field("metadata.name").unwrap_or(resource.node);
        match first_origin(name) {
            Some(first) => self.related_span(first, text),
            None => self.related(name, text),
        }
    }

    /// Notes the root that deploys the object, and what else had a hand in the node.
    fn deployed(&mut self, owner: &Resource<'_>, place: Option<Place<'_>>) {
        let Some(finding) = &mut self.finding else {
            return;
        };
        finding.set_root(owner.root);
        let labels = place.map_or_else(Vec::new, |place| place.trail(finding.primary));
        if !labels.is_empty() {
            finding.more.get_or_insert_default().related.extend(labels);
        }
    }

    fn more(&mut self) -> Option<&mut More> {
        let finding = self.finding.as_mut()?;
        Some(finding.more.get_or_insert_default())
    }

    /// Files it.
    #[expect(clippy::unused_self, reason = "taking it is what files it")]
    pub fn file(self) {}
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if let Some(finding) = self.finding.take() {
            self.found.borrow_mut().findings.push(finding);
        }
    }
}
