//! What a root asks to have built, and what it gets: the seam between finding roots and building kustomizations.

use crate::kustomize::object::Object;
use crate::{Entry, Fault, Repository};

/// What is built in the place of a kustomization file.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Generate {
    /// Nothing: the folder's own kustomization is built, and it is a fault if there is none.
    #[default]
    Never,
    /// A kustomization whose `resources` are these, as Flux writes one where there is none. Relative to the folder, in order.
    Resources(Vec<String>),
    /// The objects of these files, as they stand: a folder of plain files, as Argo CD reads one. Nothing of kustomize
    /// happens to them, `extra` is empty, and objects of the same name are no fault. Relative to the folder, in order.
    Objects(Vec<String>),
}

/// What one root asks to have built.
#[derive(Clone, Debug, PartialEq)]
pub struct Request<'s> {
    /// The folder, as the path of a source: relative to where the program runs.
    pub folder: String,
    /// Entries that whoever deploys it adds to the kustomization, with their places in the object that asks. Lists are
    /// added to its own, maps are merged over them, anything else takes the place of what is there; an image takes the
    /// place of one of the same `name`. Paths are relative to the folder.
    pub extra: Vec<Entry<'s>>,
    /// What is built in the place of a kustomization file.
    pub generate: Generate,
    /// Files have to lie in or below the folder of the kustomization that names them. (kustomize and Argo CD; not Flux.)
    pub restrict: bool,
}

impl Request<'_> {
    /// The kustomization in a folder, as `kustomize build` builds it.
    pub fn kustomization(folder: impl Into<String>) -> Self {
        Self {
            folder: folder.into(),
            extra: Vec::new(),
            generate: Generate::Never,
            restrict: true,
        }
    }
}

/// What came of a request.
#[derive(Clone, Debug, Default)]
pub struct Built<'s> {
    /// The objects, in the order in which they are applied.
    pub objects: Vec<Object<'s>>,
    /// What went wrong, or could not be had. Where no place is given, whoever asks adds its own.
    pub faults: Vec<Fault>,
    /// Every file that was read, as resource, patch or data, the kustomizations among them; sorted.
    pub used: Vec<String>,
}

/// Builds what roots ask for. The same request has the same result whenever and on whatever thread it is made.
pub trait Build<'s>: Sync {
    /// Builds one root.
    fn build(&self, request: &Request<'s>) -> Built<'s>;

    /// The files that are built from.
    fn repository(&self) -> &Repository<'s>;
}
