//! What a kustomization has gathered so far.

use std::collections::BTreeSet;
use std::sync::Arc;

use plimsoll_yaml::Span;

use super::config::Config;
use super::file::File;
use super::object::Object;
use super::objects::{Index, Objects};
use super::variables::{Variable, Variables};
use crate::{Fault, FaultKind, Result};

/// Objects, and the rules that hold for them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accumulated<'s> {
    pub(crate) objects: Objects<'s>,
    pub(crate) config: Arc<Config>,
    /// The configuration has kustomize's own lists in it.
    pub(crate) has_builtin: bool,
    pub(crate) variables: Variables<'s>,
    /// What could not be had: something elsewhere, a chart, a plugin. What is missing is not wrong then.
    pub(crate) lacks: Vec<Fault>,
    /// The folders whose kustomizations are in it.
    pub(crate) folders: BTreeSet<String>,
    /// The files that were read for it, once it is built.
    pub(crate) files: BTreeSet<String>,
}

impl<'s> Accumulated<'s> {
    /// Remembers that something could not be had.
    pub(crate) fn lack(&mut self, fault: Fault) {
        self.lacks.push(fault);
    }

    /// What names something that is not there is only wrong if all is there.
    pub(crate) fn forgive(&self, result: Result<()>) -> Result<()> {
        match result {
            Err(fault) if fault.kind == FaultKind::Absent && !self.lacks.is_empty() => Ok(()),
            result => result,
        }
    }

    /// Takes in objects of a file.
    pub(crate) fn take(
        &mut self,
        known: &mut Index<'s>,
        mut objects: Vec<Object<'s>>,
        by: Span,
    ) -> Result<()> {
        for object in &mut objects {
            object.history.taken_in_by.push(by);
        }
        self.objects.append_to(known, objects)
    }

    /// Takes in what another kustomization comes to.
    pub(crate) fn merge(&mut self, known: &mut Index<'s>, other: &Self, by: Span) -> Result<()> {
        self.take(known, other.objects.list.clone(), by)?;
        if self.config.is_empty() {
            self.config = Arc::clone(&other.config);
            self.has_builtin = other.has_builtin;
        } else if !Arc::ptr_eq(&self.config, &other.config) && *self.config != *other.config {
            let mut config = Config::clone(&self.config);
            config.merge(&other.config)?;
            self.has_builtin |= other.has_builtin;
            self.config = Arc::new(config);
        }
        self.variables.merge(other.variables.list.clone())?;
        self.lacks.extend(other.lacks.iter().cloned());
        self.folders.extend(other.folders.iter().cloned());
        Ok(())
    }

    /// Takes in what a generator made.
    pub(crate) fn absorb(&mut self, object: Object<'s>) -> Result<()> {
        // What it would be merged into may be in what could not be had.
        let alone = object.clone();
        let absorbed = self.objects.absorb(object);
        match self.forgive(absorbed) {
            Ok(()) => {
                let id = alone.id();
                if self.objects.called(&id).is_empty() {
                    self.objects.list.push(alone);
                }
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }

    pub(crate) fn add_variables(&mut self, file: &File<'s>) -> Result<()> {
        let own = file
            .items("vars")
            .iter()
            .map(Variable::read)
            .collect::<Result<Vec<_>>>()?;
        self.variables.define(own, &mut self.objects)
    }
}
