//! A repository in memory, and a builder that knows `resources` and `namespace` and nothing else of kustomize.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use plimsoll_yaml::{Limits, Source, SourceId, Sources, Tree};

use crate::kustomize::object::Object;
use crate::roots::{Deployed, Root, discover, scan};
use crate::{Build, Built, Fault, FileKind, Files, Generate, Repository, Request, join, value};

/// Files in memory.
pub(super) struct Memory(pub(super) BTreeMap<String, String>);

impl Files for Memory {
    fn kind(&self, path: &str) -> Option<FileKind> {
        if self.0.contains_key(path) {
            return Some(FileKind::File);
        }
        let inside = format!("{path}/");
        let folder = path == "." || self.0.keys().any(|file| file.starts_with(&inside));
        folder.then_some(FileKind::Folder)
    }

    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        let text = self.0.get(path);
        let text = text.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))?;
        Ok(text.clone().into_bytes())
    }

    fn list(&self, folder: &str) -> std::io::Result<Vec<(String, FileKind)>> {
        let mut names = BTreeMap::new();
        let inside = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        for rest in self.0.keys().filter_map(|path| path.strip_prefix(&inside)) {
            match rest.split_once('/') {
                Some((name, _)) => names.insert(name.to_owned(), FileKind::Folder),
                None => names.insert(rest.to_owned(), FileKind::File),
            };
        }
        Ok(names.into_iter().collect())
    }

    fn real(&self, path: &str) -> Option<String> {
        Some(format!("/repository/{path}"))
    }
}

/// The sources that a run over files begins with.
pub(super) fn sources(files: &Memory) -> Sources {
    let yaml = files.0.iter().filter(|(path, _)| {
        let ending = path.rsplit('.').next().unwrap_or_default();
        ending.starts_with('y') || scan::is_kustomization(path)
    });
    let sources = yaml.enumerate().map(|(at, (path, text))| {
        let tree = Tree::parse(SourceId(at as u32), text.clone(), &Limits::default());
        Source::new(path.as_str(), tree)
    });
    Sources::new(sources.collect())
}

/// The builder.
pub(super) struct Fake<'r, 's> {
    pub(super) repository: &'r Repository<'s>,
    pub(super) requests: Mutex<Vec<String>>,
}

impl<'s> Fake<'_, 's> {
    fn file(&self, path: &str, built: &mut Built<'s>) {
        match self.repository.yaml(path) {
            Ok(source) => {
                built.used.push(path.to_owned());
                let roots = source.tree.documents().filter_map(|document| document.root);
                built
                    .objects
                    .extend(roots.map(|root| Object::new(value(root))));
            }
            Err(fault) => built.faults.push(*fault),
        }
    }

    fn folder(&self, dir: &str, built: &mut Built<'s>) {
        let Some(path) = scan::kustomization_in(self.repository, dir) else {
            built
                .faults
                .push(*Fault::broken(format!("no kustomization in {dir}")));
            return;
        };
        built.used.push(path.clone());
        let source = self.repository.yaml(&path).unwrap();
        let root = value(source.tree.documents().next().unwrap().root.unwrap());
        let paths = root
            .get("resources")
            .into_iter()
            .flat_map(crate::Value::items);
        let paths: Vec<String> = paths.map(|path| join(dir, path.text().unwrap())).collect();
        self.all(&paths, built);
    }

    fn all(&self, paths: &[String], built: &mut Built<'s>) {
        for path in paths {
            match self.repository.kind(path) {
                Some(FileKind::Folder) => self.folder(path, built),
                _ => self.file(path, built),
            }
        }
    }
}

impl<'s> Build<'s> for Fake<'_, 's> {
    fn build(&self, request: &Request<'s>) -> Built<'s> {
        let extra = request.extra.iter().map(|entry| format!(" {}", entry.key));
        let mut line = format!("{}:{}", request.folder, extra.collect::<String>());
        let mut built = Built::default();
        match &request.generate {
            Generate::Never => self.folder(&request.folder, &mut built),
            Generate::Resources(paths) | Generate::Objects(paths) => {
                line.push_str(&format!(" {}", paths.join(" ")));
                let paths: Vec<String> = paths
                    .iter()
                    .map(|path| join(&request.folder, path))
                    .collect();
                self.all(&paths, &mut built);
            }
        }
        for entry in request
            .extra
            .iter()
            .filter(|entry| &*entry.key == "namespace")
        {
            for object in &mut built.objects {
                let text = entry.value.text().unwrap().to_owned();
                object.set_metadata("namespace", text, entry.value.origin.span);
            }
        }
        self.requests
            .lock()
            .unwrap()
            .push(line.trim_end().to_owned());
        built.used.sort();
        built.used.dedup();
        built
    }

    fn repository(&self) -> &Repository<'s> {
        self.repository
    }
}

/// What a run is looked at for.
pub(super) struct Seen {
    /// A line for each root: kind, name, folder, parent, objects.
    pub(super) roots: String,
    /// What was built, sorted.
    pub(super) requests: Vec<String>,
    /// Faults, each after the name of its root.
    pub(super) faults: Vec<String>,
    pub(super) used: BTreeSet<String>,
    pub(super) partial: BTreeSet<String>,
}

/// Runs over files that are written behind their paths: `== a/b.yaml`, then its text.
pub(super) fn run(text: &str) -> Seen {
    run_with(text, |_| {})
}

pub(super) fn run_with(text: &str, look: impl FnOnce(&Deployed<'_>)) -> Seen {
    let mut files = BTreeMap::new();
    for part in text.split("== ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap();
        files.insert(path.to_owned(), text.to_owned());
    }
    let memory = Memory(files);
    let sources = sources(&memory);
    let repository = Repository::new(&sources, &memory);
    let fake = Fake {
        repository: &repository,
        requests: Mutex::default(),
    };
    let deployed = discover(&fake, &["https://example.com/own.git".to_owned()]);
    look(&deployed);
    let mut requests = fake.requests.into_inner().unwrap();
    requests.sort();
    let lines = deployed
        .roots
        .iter()
        .map(|root| line(root, &deployed.roots));
    Seen {
        roots: lines.collect(),
        requests,
        faults: deployed
            .roots
            .iter()
            .flat_map(|root| {
                root.faults
                    .iter()
                    .map(move |fault| format!("{}: {:?}: {}", root.name, fault.kind, fault.message))
            })
            .collect(),
        used: deployed.used,
        partial: deployed.partial,
    }
}

fn line(root: &Root<'_>, roots: &[Root<'_>]) -> String {
    let objects = root.objects.iter().map(|object| {
        let namespace = object.namespace();
        let slash = if namespace.is_empty() { "" } else { "/" };
        format!(" {namespace}{slash}{}", object.name())
    });
    let parent = root
        .parent
        .map_or(String::new(), |parent| format!(" < {}", roots[parent].name));
    let objects: String = objects.collect();
    format!(
        "{:?} {} [{}]{parent}:{objects}\n",
        root.kind, root.name, root.folder
    )
}
