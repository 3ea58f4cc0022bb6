//! What a repository deploys: its roots, each rendered to whole objects whose nodes stand in the sources they come from.

use plimsoll_yaml::{Span, Tree};

use crate::config::Config;

/// The place of a root among those of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootIndex(pub u32);

/// What an object was called before prefixes, suffixes, hashes and namespaces were put to its name. It is the same in
/// every environment, and so is what is known by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Its name.
    pub name: Box<str>,
    /// Its namespace.
    pub namespace: Box<str>,
}

/// One root, rendered.
#[derive(Debug)]
pub struct Root {
    /// The name of the Application or Flux object that deploys it; else its path.
    pub name: String,
    /// The folder that it is rendered from.
    pub folder: String,
    /// The object that deploys it, where it stands.
    pub declared_at: Option<Span>,
    /// The root whose objects declare it.
    pub parent: Option<RootIndex>,
    /// The cluster that it is deployed to, if that is said.
    pub cluster: Option<String>,
    /// The namespace that its objects are deployed into where they name none, if that is said.
    pub namespace: Option<String>,
    /// Something of it could not be rendered, so that it may deploy more than its objects.
    pub incomplete: bool,
    /// Its objects, a document each.
    pub tree: Tree,
    /// What each document's object was called first.
    pub given: Vec<Given>,
}

impl Root {
    /// What reports call it: its environment, and its name where that says more.
    pub fn shown(&self, config: &Config) -> String {
        match self.environment(config) {
            Some(environment) if !self.name.contains(environment) => {
                format!("{} ({environment})", self.name)
            }
            _ => self.name.clone(),
        }
    }

    /// The environment of the configuration that it belongs to.
    pub fn environment<'c>(&self, config: &'c Config) -> Option<&'c str> {
        let environments = config.environments.iter().rev();
        let own =
            |environment: &&crate::config::Environment| environment.is_of(&self.name, &self.folder);
        environments
            .into_iter()
            .find(own)
            .map(|found| found.name.as_str())
    }
}

/// A root, or a part of one, that could not be rendered.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The entry that fails.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Other places that explain it.
    pub related: Vec<(Span, String)>,
    /// The root.
    pub root: RootIndex,
}

/// All roots of a run.
#[derive(Debug, Default)]
pub struct Deployed {
    /// The roots, in the order of their names.
    pub roots: Vec<Root>,
    /// What could not be rendered.
    pub failures: Vec<Failure>,
}

impl Deployed {
    /// A root.
    pub fn root(&self, index: RootIndex) -> &Root {
        &self.roots[index.0 as usize]
    }
}
