//! Building a kustomization: what it takes in, what it makes, and what it changes, in kustomize's order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_yaml::Source;

use super::accumulated::Accumulated;
use super::config::Config;
use super::file::File;
use super::load::Loader;
use super::metadata::Metadata;
use super::object::Object;
use super::scope::{Chain, Read, Scope, Target};
use super::{crds, generate, plugins, read, steps};
use crate::patch::schema::Schemas;
use crate::{At, Fault, FaultKind, Origin, Repository, Result, Value};

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
    pub(crate) bases: Mutex<HashMap<(String, bool), Arc<Accumulated<'s>>>>,
    files: Mutex<HashMap<String, Arc<Vec<Object<'s>>>>>,
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
        read.note(&file.path);
        let scope = Scope {
            read: read.clone(),
            restrict,
            metadata: Metadata::read(file),
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
        self.run(&target, Accumulated::default())
    }

    pub(super) fn run(
        &self,
        target: &Target<'_, 's>,
        start: Accumulated<'s>,
    ) -> Result<Accumulated<'s>> {
        let file = target.file;
        let mut acc = start;
        acc.folders.insert(file.folder().to_owned());
        let mut known = acc.objects.index();
        for entry in file.items("resources") {
            self.take_in(target, entry, &mut acc, &mut known)?;
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
    pub(super) fn openapi(
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
