//! The kustomization that Flux writes where a folder has none: all YAML below, and folders with a kustomization of their
//! own as one resource each. Sources: `kustomize_generator.go` and `sourceignore.go` of `fluxcd/pkg`.

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use plimsoll_yaml::Node;

use super::ground::{Place, is_link};
use super::scan::kustomization_in;
use crate::{Fault, FileKind, Repository, beginning, join};

/// What Flux leaves out of every repository.
const ALWAYS_IGNORED: &str = ".git/ .gitignore .gitmodules .gitattributes *.jpg *.jpeg *.gif *.png *.wmv *.flv *.tar.gz \
    *.zip .github/ .circleci/ .travis.yml .gitlab-ci.yml appveyor.yml .drone.yml cloudbuild.yaml \
    codeship-services.yml codeship-steps.yml **/.goreleaser.yml **/.sops.yaml **/.flux.yaml";

/// The resources of the kustomization, relative to the folder. Flux stops at a file that is no object; here the others go on.
pub(super) fn resources(
    repository: &Repository<'_>,
    place: &Place,
    faults: &mut Vec<Fault>,
) -> Vec<String> {
    let mut walk = Walk {
        repository,
        place,
        ignored: vec![always(), ignore_file(repository, &place.base, "")],
        found: Vec::new(),
        faults,
    };
    let inner = relative(&place.folder, &place.base);
    let mut above = String::new();
    for part in inner.split('/').filter(|part| !part.is_empty()) {
        above = join(&above, part);
        walk.ignored
            .push(ignore_file(repository, &place.base, &above));
    }
    walk.folder(&place.folder);
    walk.found
}

struct Walk<'a, 's> {
    repository: &'a Repository<'s>,
    place: &'a Place,
    /// What is left out, by what stands nearer later.
    ignored: Vec<Gitignore>,
    found: Vec<String>,
    faults: &'a mut Vec<Fault>,
}

impl Walk<'_, '_> {
    fn folder(&mut self, dir: &str) {
        let Ok(names) = self.repository.files().list(dir) else {
            return;
        };
        for (name, kind) in names {
            let path = join(dir, &name);
            let link = kind == FileKind::Folder && is_link(self.repository, dir, &name);
            if link || self.is_ignored(&path, kind) {
                continue;
            }
            match kind {
                FileKind::Folder if kustomization_in(self.repository, &path).is_some() => {
                    self.take(&path);
                }
                FileKind::Folder => {
                    let inner = relative(&path, &self.place.base).to_owned();
                    let own = ignore_file(self.repository, &self.place.base, &inner);
                    self.ignored.push(own);
                    self.folder(&path);
                    self.ignored.pop();
                }
                FileKind::File if is_yaml(&name) => {
                    if self.is_objects(&path) {
                        self.take(&path);
                    }
                }
                FileKind::File => {}
            }
        }
    }

    fn take(&mut self, path: &str) {
        let path = relative(path, &self.place.folder);
        self.found.push(path.to_owned());
    }

    fn is_ignored(&self, path: &str, kind: FileKind) -> bool {
        let path = relative(path, &self.place.base);
        let said = self.ignored.iter().rev().find_map(|patterns| {
            let said = patterns.matched(path, kind == FileKind::Folder);
            (!said.is_none()).then(|| said.is_ignore())
        });
        said == Some(true)
    }

    fn is_objects(&mut self, path: &str) -> bool {
        let source = match self.repository.yaml(path) {
            Ok(source) => source,
            Err(fault) => {
                self.faults.push(*fault);
                return false;
            }
        };
        let mut roots = source.tree.documents().filter_map(|document| document.root);
        let bad = roots.find(|root| !is_object(*root));
        let failed = !source.tree.errors().is_empty();
        if failed || bad.is_some() {
            let span = bad.map_or_else(|| beginning(source), Node::span);
            let message = format!("Flux takes in {path} here, and that holds no Kubernetes object");
            let help = format!(
                "write a kustomization in {} that names its resources, or leave the file out in a .sourceignore",
                if self.place.folder.is_empty() {
                    "the folder"
                } else {
                    &self.place.folder
                }
            );
            self.faults
                .push(*Fault::broken(message).at(span).help(help));
        }
        !failed && bad.is_none()
    }
}

/// The endings that Flux looks for, as they are.
fn is_yaml(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    matches!(ending, Some("yaml" | "yml"))
}

/// Whether kustomize takes a document for an object.
fn is_object(node: Node<'_>) -> bool {
    let text = |keys: &[&str]| node.at(keys).and_then(Node::text);
    let kind = text(&["kind"]).unwrap_or_default();
    !kind.is_empty() && (kind.ends_with("List") || text(&["metadata", "name"]).is_some())
}

fn always() -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for pattern in ALWAYS_IGNORED.split_whitespace() {
        // These are patterns.
        let _ = builder.add_line(None, pattern);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The `.sourceignore` of a folder of the repository.
fn ignore_file(repository: &Repository<'_>, base: &str, dir: &str) -> Gitignore {
    let path = join(&join(base, dir), ".sourceignore");
    if repository.kind(&path) != Some(FileKind::File) {
        return Gitignore::empty();
    }
    let bytes = repository.bytes(&path).unwrap_or_default();
    let mut builder = GitignoreBuilder::new(dir);
    for line in String::from_utf8_lossy(&bytes).lines() {
        // A line that is no pattern says nothing, to Flux too.
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// A path seen from a folder above it.
pub(super) fn relative<'p>(path: &'p str, dir: &str) -> &'p str {
    let rest = path.strip_prefix(dir).unwrap_or(path);
    rest.trim_start_matches('/')
}
