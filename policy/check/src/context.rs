//! What a rule's function sees of the run, and where it puts what it finds.

use std::cell::RefCell;
use std::hash::Hasher;
use std::sync::Arc;

use plimsoll_yaml::{Node, Span};
use siphasher::sip::SipHasher13;

use crate::config::{Config, Facts};
use crate::place::Located;
use crate::report::{NotChecked, Reason};
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

/// What the rules of one step found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) findings: Findings,
    pub(crate) not_checked: Vec<NotChecked>,
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
        let located = place.into().locate(resource.node);
        self.draft_at(resource.identity(), &located, &message.into())
    }

    /// Reports a fault of a workload's object at a place in it.
    pub fn report_in<'p>(
        &self,
        workload: &Workload<'p>,
        place: impl Into<Place<'p>>,
        message: impl Into<String>,
    ) -> Draft<'_> {
        let owner = self.inventory.resource(workload.resource);
        let located = place.into().locate(workload.object);
        self.draft_at(owner.identity(), &located, &message.into())
    }

    /// Reports a fault of a file.
    pub fn report_source(&self, span: Span, message: impl Into<String>) -> Draft<'_> {
        let message = message.into();
        let mut hasher = SipHasher13::new();
        hasher.write(self.rule.id.as_bytes());
        hasher.write(self.inventory.sources().get(span.source).path.as_bytes());
        hasher.write(message.as_bytes());
        self.draft(
            &message,
            span,
            Finding {
                fingerprint: hasher.finish(),
                ..self.blank()
            },
        )
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

    fn draft_at(&self, resource: Arc<ResourceName>, located: &Located, message: &str) -> Draft<'_> {
        let finding = Finding {
            fingerprint: fingerprint(self.rule, &resource, &located.stable_path),
            path: located.path.as_str().into(),
            resource: Some(resource),
            ..self.blank()
        };
        self.draft(message, located.span, finding)
    }

    fn blank(&self) -> Finding {
        Finding {
            rule: self.rule,
            severity: self.severity,
            message: "".into(),
            help: "".into(),
            resource: None,
            path: "".into(),
            primary: Span::default(),
            related: Box::default(),
            fingerprint: 0,
            suppressed: None,
        }
    }

    /// Texts are copied to their size: what a growing string leaves behind is then used for the next one.
    fn draft(&self, message: &str, primary: Span, finding: Finding) -> Draft<'_> {
        Draft {
            finding: Some(Box::new(Finding {
                message: message.into(),
                primary,
                ..finding
            })),
            related: Vec::new(),
            found: self.found,
        }
    }
}

fn fingerprint(rule: &Rule, resource: &Arc<ResourceName>, path: &str) -> u64 {
    let group = resource
        .api_version
        .rsplit_once('/')
        .map_or("", |(group, _)| group);
    let mut hasher = SipHasher13::new();
    for part in [
        rule.id,
        group,
        &resource.kind,
        resource.namespace.as_deref().unwrap_or_default(),
        &resource.name,
        path,
    ] {
        hasher.write(part.as_bytes());
        hasher.write_u8(0xff);
    }
    hasher.finish()
}

/// A finding being written. It is filed when it goes out of scope, so a rule cannot forget to.
#[must_use = "bind it to `_` or go on building: it is filed when dropped"]
pub struct Draft<'a> {
    finding: Option<Box<Finding>>,
    related: Vec<Label>,
    found: &'a RefCell<Found>,
}

impl Draft<'_> {
    /// What to write instead, where the rule's own help says too little.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.help = help.into().as_str().into();
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
    pub fn related(mut self, node: Node<'_>, text: impl Into<String>) -> Self {
        let span = if node.is_mapping() || node.is_sequence() {
            node.span().start_point()
        } else {
            node.span()
        };
        self.related.push(Label {
            span,
            text: text.into().as_str().into(),
        });
        self
    }

    /// Another place by its span.
    pub fn related_span(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label {
            span,
            text: text.into().as_str().into(),
        });
        self
    }

    /// Another object: points at its name.
    pub fn related_object(self, resource: &Resource<'_>, text: impl Into<String>) -> Self {
        let name = resource.field("metadata.name").unwrap_or(resource.node);
        self.related(name, text)
    }

    /// Files it.
    #[expect(clippy::unused_self, reason = "taking it is what files it")]
    pub fn file(self) {}
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if let Some(mut finding) = self.finding.take() {
            finding.related = std::mem::take(&mut self.related).into();
            self.found.borrow_mut().findings.push(finding);
        }
    }
}
