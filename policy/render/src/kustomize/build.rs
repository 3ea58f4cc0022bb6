//! Building a kustomization: what it takes in, what it makes, and what it changes, in kustomize's order.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_yaml::{Source, Span};

use super::accumulated::Accumulated;
use super::config::Config;
use super::file::{self, File};
use super::load::{Found, Loader, is_below};
use super::metadata::Metadata;
use super::object::Object;
use super::{crds, generate, plugins, read, steps};
use crate::patch::schema::Schemas;
use crate::{At, Fault, FaultKind, Origin, Repository, Result, Value};

/// Kustomizations inside each other: people have five.
const DEPTH: usize = 64;

/// Objects that one root may have; hostile bases double them at each level.
const OBJECTS: usize = 50_000;

/// How kustomizations are built.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A folder with copies of what lies in other repositories.
    pub copies: Option<String>,
}

/// Builds kustomizations of one repository. What several of them take in is built once.
pub struct Kustomize<'a, 's> {
    pub(crate) repository: &'a Repository<'s>,
    pub(crate) options: Options,
    bases: Mutex<HashMap<(String, bool), Arc<Accumulated<'s>>>>,
    files: Mutex<HashMap<String, Arc<Vec<Object<'s>>>>>,
}

/// The kustomizations that led to the one that is built, the nearest first.
#[derive(Clone, Copy)]
pub(crate) struct Chain<'c> {
    folder: &'c str,
    before: Option<&'c Chain<'c>>,
}

/// The files that a build has read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Read(Arc<Mutex<BTreeSet<String>>>);

impl Read {
    pub(crate) fn note(&self, path: &str) {
        let mut paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !paths.contains(path) {
            paths.insert(path.to_owned());
        }
    }

    fn note_all(&self, paths: &BTreeSet<String>) {
        let mut own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        own.extend(paths.iter().cloned());
    }

    pub(crate) fn paths(&self) -> BTreeSet<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// What holds for a whole build.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// What it has read; a base has a list of its own, which is kept with it.
    pub(crate) read: Read,
    /// Files have to lie in or below the folder of their kustomization.
    pub(crate) restrict: bool,
    /// What `buildMetadata` asks for; what is built then depends on the root.
    pub(crate) metadata: Option<Metadata>,
    /// What strategic merges go by, where that is not the API itself; what is built then depends on the root, too.
    pub(crate) openapi: Option<Arc<Schemas>>,
}

impl Scope {
    /// What strategic merges go by.
    pub(crate) fn schemas(&self) -> Arc<Schemas> {
        self.openapi
            .clone()
            .unwrap_or_else(|| Arc::new(Schemas::builtin()))
    }
}

/// One kustomization being built.
pub(crate) struct Target<'t, 's> {
    pub(crate) file: &'t File<'s>,
    pub(crate) chain: Chain<'t>,
    pub(crate) scope: &'t Scope,
}

impl<'a, 's> Kustomize<'a, 's> {
    /// Over a repository.
    pub fn new(repository: &'a Repository<'s>, options: Options) -> Self {
        Self {
            repository,
            options,
            bases: Mutex::default(),
            files: Mutex::default(),
        }
    }

    /// What a kustomization, and all that it takes in, comes to, before what is done once in the end.
    pub(crate) fn root(
        &self,
        file: &File<'s>,
        restrict: bool,
        read: &Read,
    ) -> Result<Accumulated<'s>> {
        let scope = Scope {
            read: read.clone(),
            restrict,
            metadata: Metadata::read(file)?,
            openapi: self.openapi(file, restrict, read)?,
        };
        let chain = Chain {
            folder: file.folder(),
            before: None,
        };
        let target = Target {
            file,
            chain,
            scope: &scope,
        };
        read.note(&file.path);
        self.run(&target, Accumulated::default())
    }

    fn run(&self, target: &Target<'_, 's>, start: Accumulated<'s>) -> Result<Accumulated<'s>> {
        let file = target.file;
        let mut acc = start;
        acc.folders.insert(file.folder().to_owned());
        for entry in file.items("resources") {
            self.take_in(target, entry, &mut acc)?;
        }
        self.configure(target, &mut acc)?;
        self.generate(target, &mut acc)?;
        for entry in file.items("components") {
            acc = self.component(target, entry, acc)?;
        }
        steps::transform(self, target, &mut acc)?;
        plugins::transformers(self, target, "transformers", &mut acc)?;
        plugins::transformers(self, target, "validators", &mut acc)?;
        acc.add_variables(file)?;
        Ok(acc)
    }

    pub(crate) fn loader<'t>(&'t self, target: &'t Target<'_, 's>) -> Loader<'t, 's> {
        self.loader_of(target.file, target.scope.restrict, &target.scope.read)
    }

    fn loader_of<'t>(
        &'t self,
        file: &'t File<'s>,
        restrict: bool,
        read: &'t Read,
    ) -> Loader<'t, 's> {
        Loader {
            read,
            repository: self.repository,
            folder: file.folder(),
            restrict,
            copies: self.options.copies.as_deref(),
        }
    }

    /// The types that `openapi` names.
    fn openapi(
        &self,
        file: &File<'s>,
        restrict: bool,
        read: &Read,
    ) -> Result<Option<Arc<Schemas>>> {
        let Some(openapi) = file
            .value
            .get("openapi")
            .filter(|openapi| !openapi.is_null())
        else {
            return Ok(None);
        };
        if let Some(version) = openapi
            .get("version")
            .filter(|version| version.text() != Some("v1.21.2"))
        {
            let message = format!(
                "kustomize has no API description of version {}",
                version.text().unwrap_or_default()
            );
            return Err(Fault::broken(message)
                .help("write `v1.21.2`, or name a file with `path`")
                .at(version.origin.span));
        }
        let Some(path) = openapi.get("path") else {
            return Ok(None);
        };
        let by = path.origin.span;
        let source = self
            .loader_of(file, restrict, read)
            .yaml(path.text().unwrap_or_default(), by)?;
        let root = source.tree.documents().find_map(|document| document.root);
        let root = root.map_or_else(|| Value::map(Origin::at(by)), crate::value);
        Ok(Some(Arc::new(Schemas::read(&root).at(by)?)))
    }

    /// Takes in what an entry of `resources` names: a file, or what another kustomization comes to.
    pub(crate) fn take_in(
        &self,
        target: &Target<'_, 's>,
        entry: &Value<'s>,
        acc: &mut Accumulated<'s>,
    ) -> Result<()> {
        let by = entry.origin.span;
        let path = entry.text().unwrap_or_default();
        let led = match self.loader(target).target(path, by) {
            Err(fault) if fault.kind == FaultKind::Remote => {
                acc.lack(*fault);
                return Ok(());
            }
            led => led?,
        };
        match led {
            Found::File(path) => {
                let source = self.yaml(&path, &target.scope.read).at(by)?;
                let objects = self
                    .objects(source)
                    .map_err(|fault| within(fault, &path, by))?;
                let mut objects: Vec<Object<'s>> = objects.to_vec();
                if let Some(metadata) = &target.scope.metadata {
                    metadata.mark_file(&mut objects, &path, by);
                }
                acc.take(objects, by).at(by)?;
            }
            Found::Folder(folder) => {
                let base = self.base(target, &folder, by)?;
                acc.merge(&base, by).at(by)?;
            }
        }
        if acc.objects.list.len() > OBJECTS {
            let message = format!("this brings the objects of one root to more than {OBJECTS}");
            return Err(Fault::new(FaultKind::Limit, message).at(by));
        }
        Ok(())
    }

    pub(crate) fn yaml(&self, path: &str, read: &Read) -> Result<&'s Source> {
        read.note(path);
        let source = self.repository.yaml(path)?;
        match source.tree.errors().first() {
            None => Ok(source),
            Some(error) => {
                Err(Fault::broken(format!("{path} is no YAML: {}", error.message)).at(error.span))
            }
        }
    }

    /// The objects of a file, read once.
    pub(crate) fn objects(&self, source: &'s Source) -> Result<Arc<Vec<Object<'s>>>> {
        let path = &*source.path;
        let known = self
            .files
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
            .cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let objects = Arc::new(read::objects(source)?);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(path.to_owned(), Arc::clone(&objects));
        Ok(objects)
    }

    /// The kustomization of a folder that an entry names.
    fn sub(&self, target: &Target<'_, 's>, folder: &str, by: Span) -> Result<File<'s>> {
        target.chain.check(folder).at(by)?;
        let Some(path) = file::find(self.repository, folder).at(by)? else {
            return Err(
                Fault::broken(format!("the folder {folder} has no kustomization"))
                    .help("add a kustomization.yaml there, or name the files in it")
                    .at(by),
            );
        };
        target.scope.read.note(&path);
        File::read(self.repository, &path, &[]).map_err(|fault| within(fault, &path, by))
    }

    fn base(
        &self,
        target: &Target<'_, 's>,
        folder: &str,
        by: Span,
    ) -> Result<Arc<Accumulated<'s>>> {
        let key = (folder.to_owned(), target.scope.restrict);
        let shared = target.scope.metadata.is_none() && target.scope.openapi.is_none();
        let known = || {
            self.bases
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&key)
                .cloned()
        };
        if let Some(known) = shared.then(known).flatten() {
            for folder in &known.folders {
                target.chain.check(folder).at(by)?;
            }
            target.scope.read.note_all(&known.files);
            return Ok(known);
        }
        let file = self.sub(target, folder, by)?;
        if file.is_component() {
            return Err(Fault::broken(format!("{} is a Component", file.path))
                .help("name it under `components:`")
                .at(by));
        }
        let mut scope = target.scope.clone();
        scope.read = Read::default();
        if scope.openapi.is_none() {
            scope.openapi = self.openapi(&file, scope.restrict, &scope.read)?;
        }
        let inner = Target {
            file: &file,
            chain: target.chain.then(file.folder()),
            scope: &scope,
        };
        let result = self.run(&inner, Accumulated::default());
        let files = scope.read.paths();
        // What a base read that failed was read all the same.
        target.scope.read.note_all(&files);
        let mut built = result?;
        built.files.extend(files);
        built.files.insert(file.path.clone());
        let built = Arc::new(built);
        if shared {
            let mut bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
            bases.insert(key, Arc::clone(&built));
        }
        Ok(built)
    }

    /// A component works on what its kustomization has gathered.
    fn component(
        &self,
        target: &Target<'_, 's>,
        entry: &Value<'s>,
        mut acc: Accumulated<'s>,
    ) -> Result<Accumulated<'s>> {
        let by = entry.origin.span;
        let path = entry.text().unwrap_or_default();
        let folder = match self.loader(target).target(path, by) {
            Ok(Found::Folder(folder)) => folder,
            Ok(Found::File(path)) => {
                return Err(
                    Fault::broken(format!("{path} is a file; a component is a folder")).at(by),
                );
            }
            Err(fault) if fault.kind == FaultKind::Remote => {
                acc.lack(*fault);
                return Ok(acc);
            }
            Err(fault) => return Err(fault),
        };
        let file = self.sub(target, &folder, by)?;
        if !file.is_component() {
            return Err(Fault::broken(format!("{} is no Component", file.path))
                .help("name it under `resources:`, or write `kind: Component` in it")
                .at(by));
        }
        let before = acc.objects.list.len();
        let inner = Target {
            file: &file,
            chain: target.chain.then(file.folder()),
            scope: target.scope,
        };
        let mut acc = self.run(&inner, acc)?;
        for object in acc.objects.list.iter_mut().skip(before) {
            object.history.taken_in_by.push(by);
        }
        Ok(acc)
    }

    fn configure(&self, target: &Target<'_, 's>, acc: &mut Accumulated<'s>) -> Result<()> {
        let loader = self.loader(target);
        let builtin = Config::builtin();
        if acc.config.is_empty() {
            acc.config = builtin;
        } else if !acc.has_builtin {
            Arc::make_mut(&mut acc.config).merge(&builtin)?;
        }
        acc.has_builtin = true;
        for entry in target.file.items("configurations") {
            let by = entry.origin.span;
            let source = loader.yaml(entry.text().unwrap_or_default(), by)?;
            for root in source.tree.documents().filter_map(|document| document.root) {
                let own = Config::read(&crate::value(root))?;
                Arc::make_mut(&mut acc.config).merge(&own).at(by)?;
            }
        }
        for entry in target.file.items("crds") {
            let by = entry.origin.span;
            let source = loader.yaml(entry.text().unwrap_or_default(), by)?;
            for root in source.tree.documents().filter_map(|document| document.root) {
                let own = crds::read(&crate::value(root))?;
                Arc::make_mut(&mut acc.config).merge(&own).at(by)?;
            }
        }
        Ok(())
    }

    fn generate(&self, target: &Target<'_, 's>, acc: &mut Accumulated<'s>) -> Result<()> {
        let made = generate::all(target.file, &self.loader(target))?;
        for mut object in made {
            let by = object.value.origin.span;
            if let Some(metadata) = &target.scope.metadata {
                metadata.mark_generated(&mut object, &target.file.path, by);
            }
            acc.absorb(object).at(by)?;
        }
        for key in ["helmCharts", "helmChartInflationGenerator"] {
            for chart in target.file.items(key) {
                acc.lack(helm(chart));
            }
        }
        plugins::generators(self, target, acc)
    }
}

/// A chart that a kustomization inflates.
fn helm(chart: &Value<'_>) -> Fault {
    let text = |key| chart.get(key).and_then(Value::text);
    let name = text("name")
        .or_else(|| text("chartName"))
        .unwrap_or("without a name");
    let place = text("repo")
        .or_else(|| text("chartRepo"))
        .map(|repo| format!(" of {repo}"));
    let message = format!(
        "the chart {name}{} is not rendered",
        place.unwrap_or_default()
    );
    *Fault::new(FaultKind::Unsupported, message).at(chart.origin.span)
}

/// Puts the entry by which a file was taken in to a fault in it.
pub(crate) fn within(fault: Box<Fault>, path: &str, by: Span) -> Box<Fault> {
    if fault.span.is_some_and(|span| span != by) {
        fault.related(by, format!("{path} is taken in here"))
    } else {
        fault.at(by)
    }
}

impl<'c> Chain<'c> {
    pub(crate) fn then(&'c self, folder: &'c str) -> Chain<'c> {
        Chain {
            folder,
            before: Some(self),
        }
    }

    fn all(&self) -> impl Iterator<Item = &'c str> {
        let first = Some(*self);
        std::iter::successors(first, |link| link.before.copied()).map(|link| link.folder)
    }

    /// A kustomization that takes in itself, or a folder that it lies in, would never end.
    fn check(&self, folder: &str) -> Result<()> {
        if let Some(visited) = self.all().find(|visited| is_below(visited, folder)) {
            let message = if visited == folder {
                format!("{} takes in itself", shown(folder))
            } else {
                format!(
                    "{} holds {}, which takes it in",
                    shown(folder),
                    shown(visited)
                )
            };
            return Err(Fault::broken(message)
                .help("a base has to lie beside what takes it in, or below it"));
        }
        if self.all().count() > DEPTH {
            let message = format!("more than {DEPTH} kustomizations inside each other");
            return Err(Fault::new(FaultKind::Limit, message));
        }
        Ok(())
    }
}

fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}
