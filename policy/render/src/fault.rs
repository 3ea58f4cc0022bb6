//! What stops a root from being rendered, or from being rendered whole.

use plimsoll_yaml::Span;

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// It does not build: somebody has to mend it.
    Broken,
    /// It names something that is not there. That is no fault where what could not be had may hold it.
    Absent,
    /// It needs something from another repository, or a chart: nothing is fetched.
    Remote,
    /// It needs a plugin or a cluster, or decryption: nothing is run.
    Unsupported,
    /// It is larger, deeper or longer than what is rendered.
    Limit,
}

/// A fault with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// The entry that fails. `None` only until whoever called adds its own place.
    pub span: Option<Span>,
    /// What is wrong, naming names.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
    /// Other places that explain it.
    pub related: Vec<(Span, String)>,
}

/// The result of a step.
pub type Result<T> = std::result::Result<T, Box<Fault>>;

impl Fault {
    /// A fault of a kind, with its place still to be given.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            kind,
            span: None,
            message: message.into(),
            help: String::new(),
            related: Vec::new(),
        })
    }

    /// A fault that somebody has to mend.
    pub fn broken(message: impl Into<String>) -> Box<Self> {
        Self::new(FaultKind::Broken, message)
    }

    /// A fault of what names something that is not there.
    pub fn absent(message: impl Into<String>) -> Box<Self> {
        Self::new(FaultKind::Absent, message)
    }

    /// Gives it a place, if it has none yet.
    #[must_use]
    pub fn at(mut self: Box<Self>, span: Span) -> Box<Self> {
        self.span.get_or_insert(span);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help = help.into();
        self
    }

    /// Names another place that explains it.
    #[must_use]
    pub fn related(mut self: Box<Self>, span: Span, text: impl Into<String>) -> Box<Self> {
        self.related.push((span, text.into()));
        self
    }
}

/// Gives faults a place.
pub trait At {
    /// Gives a fault a place, if it has none yet.
    #[must_use]
    fn at(self, span: Span) -> Self;
}

impl<T> At for Result<T> {
    fn at(self, span: Span) -> Self {
        self.map_err(|fault| fault.at(span))
    }
}
