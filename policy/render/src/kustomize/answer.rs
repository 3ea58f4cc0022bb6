//! What roots ask for, built.

use std::collections::BTreeSet;
use std::sync::Arc;

use plimsoll_yaml::{SourceId, Span};

use super::build::Kustomize;
use super::file::{self, File};
use super::finish::Finished;
use super::sort::Order;
use crate::{
    Build, Built, Content, Entry, Fault, Generate, Origin, Repository, Request, Result, Text,
    Value, join,
};

/// The place of what a deployer makes up: nowhere.
const NOWHERE: Span = Span {
    source: SourceId(u32::MAX),
    start: 0,
    end: 0,
};

impl<'s> Build<'s> for Kustomize<'_, 's> {
    fn build(&self, request: &Request<'s>) -> Built<'s> {
        match &request.generate {
            Generate::Objects(paths) => self.plain(&request.folder, paths),
            Generate::Resources(paths) => {
                let file = File::made(&request.folder, resources(paths), &request.extra);
                self.answer(&file, request.restrict)
            }
            Generate::Never => match self.own_file(request) {
                Ok(file) => self.answer(&file, request.restrict),
                Err(fault) => Built {
                    faults: vec![*placed(fault)],
                    used: file::find(self.repository, &request.folder)
                        .ok()
                        .flatten()
                        .into_iter()
                        .collect(),
                    ..Built::default()
                },
            },
        }
    }

    fn repository(&self) -> &Repository<'s> {
        self.repository
    }
}

impl<'s> Kustomize<'_, 's> {
    fn own_file(&self, request: &Request<'s>) -> Result<File<'s>> {
        match file::find(self.repository, &request.folder)? {
            Some(path) => File::read(self.repository, &path, &request.extra),
            None => Err(
                Fault::broken(format!("{} has no kustomization", request.folder))
                    .help("add a kustomization.yaml, or mend the path"),
            ),
        }
    }

    fn answer(&self, file: &File<'s>, restrict: bool) -> Built<'s> {
        let (result, used) = self.build(file, restrict, &Order::legacy());
        let used: Vec<String> = used.into_iter().collect();
        match result {
            Ok(Finished { objects, lacks }) => Built {
                objects,
                faults: lacks
                    .into_iter()
                    .map(|fault| *placed(Box::new(fault)))
                    .collect(),
                used,
            },
            Err(fault) => Built {
                faults: vec![*placed(fault)],
                used,
                ..Built::default()
            },
        }
    }

    /// The objects of files as they stand.
    fn plain(&self, folder: &str, paths: &[String]) -> Built<'s> {
        let mut built = Built::default();
        let mut used = BTreeSet::new();
        for path in paths {
            let path = join(folder, path);
            let source = self.repository.yaml(&path);
            let objects = source.and_then(|source| match source.tree.errors().first() {
                None => self.objects(source),
                Some(error) => Err(
                    Fault::broken(format!("{path} is no YAML: {}", error.message)).at(error.span),
                ),
            });
            match objects {
                Ok(objects) => built.objects.extend(objects.iter().cloned()),
                Err(fault) => built.faults.push(*fault),
            }
            used.insert(path);
        }
        built.used = used.into_iter().collect();
        built
    }
}

/// A fault without the places that are nowhere.
fn placed(mut fault: Box<Fault>) -> Box<Fault> {
    fault.span = fault.span.filter(|span| *span != NOWHERE);
    fault.related.retain(|(span, _)| *span != NOWHERE);
    fault
}

fn resources<'s>(paths: &[String]) -> Entry<'s> {
    let item = |path: &String| Value::string(path.clone(), Origin::at(NOWHERE));
    Entry {
        key: Text::Source("resources"),
        key_span: NOWHERE,
        value: Value {
            content: Content::List(Arc::new(paths.iter().map(item).collect())),
            origin: Origin::at(NOWHERE),
        },
    }
}

impl<'s> File<'s> {
    /// A kustomization that a deployer makes up for a folder.
    fn made(folder: &str, resources: Entry<'s>, extra: &[Entry<'s>]) -> Self {
        let mut file = Self {
            path: join(folder, "kustomization.yaml"),
            value: Value {
                content: Content::Map(Arc::new(vec![resources])),
                origin: Origin::at(NOWHERE),
            },
        };
        file.extend(extra);
        file
    }
}
