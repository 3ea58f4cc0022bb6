//! What a kustomization takes in: files, other kustomizations, components.

use std::sync::{Arc, PoisonError};

use plimsoll_yaml::Span;

use super::accumulated::Accumulated;
use super::build::Kustomize;
use super::file::{self, File};
use super::load::Found;
use super::object::Object;
use super::objects::Index;
use super::scope::{Read, Target};
use crate::{At, Fault, FaultKind, Result, Value};

/// Objects that one root may have; hostile bases double them at each level.
const OBJECTS: usize = 50_000;

impl<'s> Kustomize<'_, 's> {
    /// Takes in what an entry of `resources` names: a file, or what another kustomization comes to.
    pub(crate) fn take_in(
        &self,
        target: &Target<'_, 's>,
        entry: &Value<'s>,
        acc: &mut Accumulated<'s>,
        known: &mut Index<'s>,
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
                limit(acc.objects.list.len() + objects.len()).at(by)?;
                acc.take(known, objects, by).at(by)?;
            }
            Found::Folder(folder) => {
                let base = self.base(target, &folder, by)?;
                limit(acc.objects.list.len() + base.objects.list.len()).at(by)?;
                acc.merge(known, &base, by).at(by)?;
            }
        }
        Ok(())
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
    pub(crate) fn component(
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
                    Fault::broken(format!("{path} is a file; a component is a folder"))
                        .help("name it under `resources:`, or name its folder")
                        .at(by),
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
}

/// Refuses more objects than a root may have, before they are copied.
fn limit(count: usize) -> Result<()> {
    if count <= OBJECTS {
        return Ok(());
    }
    let message = format!("this brings the objects of one root to more than {OBJECTS}");
    Err(Fault::new(FaultKind::Limit, message)
        .help("check the bases on their own: whole objects come more than once"))
}

/// Puts the entry by which a file was taken in to a fault in it.
pub(crate) fn within(fault: Box<Fault>, path: &str, by: Span) -> Box<Fault> {
    if fault.span.is_some_and(|span| span != by) {
        fault.related(by, format!("{path} is taken in here"))
    } else {
        fault.at(by)
    }
}
