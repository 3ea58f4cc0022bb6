//! The ground that roots stand on: the files of the run, where the repository begins, and which repository it is.

use std::collections::BTreeSet;

use plimsoll_yaml::{Node, Source, Span, Use};

use super::look::{self, Named, Seen};
use crate::{FileKind, Repository, folder, join};

/// An object as it stands in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw<'s> {
    /// The file.
    pub(super) path: &'s str,
    /// The object.
    pub(super) node: Node<'s>,
    /// It deploys something.
    pub(super) sync: bool,
}

impl<'s> Raw<'s> {
    fn text(self, keys: &[&str]) -> &'s str {
        self.node.at(keys).and_then(Node::text).unwrap_or_default()
    }

    pub(super) fn kind(self) -> &'s str {
        self.text(&["kind"])
    }

    pub(super) fn name(self) -> &'s str {
        self.text(&["metadata", "name"])
    }

    pub(super) fn namespace(self) -> &'s str {
        self.text(&["metadata", "namespace"])
    }
}

/// A folder of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Where the repository begins.
    pub(super) base: String,
    /// The folder, from where the program runs.
    pub(super) folder: String,
}

/// What is known of the repository before anything is rendered.
pub(super) struct Ground<'r, 's> {
    /// The files.
    pub(super) repository: &'r Repository<'s>,
    /// The sources of the run as it began, sorted by path.
    pub(super) sources: Vec<&'s Source>,
    /// Every object of those.
    pub(super) raw: Vec<Raw<'s>>,
    /// The folder that has the repository's own `.git`.
    root: Option<String>,
    /// The folder that all files of the run lie in.
    common: String,
    /// It is one repository, which begins there or above, and not a folder of several.
    one: bool,
    remotes: BTreeSet<String>,
    proven: BTreeSet<String>,
}

impl<'r, 's> Ground<'r, 's> {
    /// Looks around. `remotes` are URLs by which this repository is known, beside those that its `.git` tells.
    pub(super) fn new(repository: &'r Repository<'s>, remotes: &[String]) -> Self {
        let sources = repository.sources().iter();
        let mut sources: Vec<&'s Source> = sources
            .filter(|source| source.used() != Use::Configuration)
            .collect();
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        let common = common(&sources);
        let root = upward(&common).find(|dir| repository.kind(&join(dir, ".git")).is_some());
        let mut known: BTreeSet<String> = remotes.iter().map(|url| canonical(url)).collect();
        if let Some(root) = &root {
            known.extend(
                git_remotes(repository, root)
                    .iter()
                    .map(|url| canonical(url)),
            );
        }
        let Seen { raw, named, synced } = look::look(&sources);
        let mut ground = Self {
            repository,
            sources,
            raw,
            root,
            common,
            one: false,
            remotes: known,
            proven: BTreeSet::new(),
        };
        ground.proven = ground.prove(&named);
        ground.one = ground.is_one(&named, &synced);
        ground
    }

    /// Whether most of the paths that objects name lead somewhere from the top, and not from a folder of their own.
    fn is_one(&self, named: &[Named<'s>], synced: &[(&'s str, &'s str)]) -> bool {
        let mut bases = Vec::new();
        let mut see = |path: &'s str, from: &'s str| {
            let named = !path.trim_matches(['.', '/']).is_empty();
            bases.extend(named.then(|| self.place(path, from)).flatten());
        };
        for named in named {
            see(named.path, named.from);
        }
        for (path, from) in synced {
            see(path, from);
        }
        let is_top = |place: &&Place| self.tops().any(|top| top == place.base);
        let top = bases.iter().filter(is_top).count();
        top * 2 > bases.len()
    }

    /// Repositories of which something deploys a folder that is here. Only asked where no remote says it better.
    fn prove(&self, named: &[Named<'s>]) -> BTreeSet<String> {
        let named: Vec<_> = named
            .iter()
            .map(|named| (canonical(named.url), named.from, named.path))
            .collect();
        if named.iter().any(|(url, ..)| self.is_remote(url)) {
            return BTreeSet::new();
        }
        let here = named.into_iter().filter(|(_, from, path)| {
            let path = path.split("{{").next().unwrap_or_default();
            let path = path.trim_matches(['/', '.']);
            !path.is_empty() && self.place(path, from).is_some()
        });
        here.map(|(url, ..)| url).collect()
    }

    fn is_remote(&self, canonical: &str) -> bool {
        // A fork's Applications often still name the repository that it was forked from.
        let name = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
        self.remotes
            .iter()
            .any(|remote| remote == canonical || name(remote) == name(canonical))
    }

    /// Whether anybody knows a URL of this repository.
    pub(super) fn has_remotes(&self) -> bool {
        !self.remotes.is_empty()
    }

    /// Whether a URL is this repository's.
    pub(super) fn is_own(&self, url: &str) -> bool {
        let url = canonical(url);
        self.is_remote(&url) || self.proven.contains(&url)
    }

    /// Finds a folder of the repository. The run may have begun above or below where the repository does, or hold several
    /// repositories: `from`, the file that names the folder, tells which.
    pub(super) fn place(&self, path: &str, from: &str) -> Option<Place> {
        let path = join("", path.trim_start_matches('/'));
        if path.starts_with("..") {
            return None;
        }
        self.bases(from).find_map(|base| {
            let folder = self.seen_from_here(join(&base, &path));
            let here = self.repository.kind(&folder) == Some(FileKind::Folder);
            here.then_some(Place { base, folder })
        })
    }

    /// A folder by the name that the sources in it have: a path that leads up from here and down again leads nowhere else.
    fn seen_from_here(&self, folder: String) -> String {
        if !folder.starts_with("..") {
            return folder;
        }
        let files = self.repository.files();
        let (here, real) = (files.real("."), files.real(&folder));
        let inner = here.zip(real).and_then(|(here, real)| {
            let rest = real.strip_prefix(&here)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_matches('/').to_owned())
        });
        inner.unwrap_or(folder)
    }

    /// Where the repository may begin, the likeliest first.
    pub(super) fn bases<'a>(&'a self, from: &'a str) -> impl Iterator<Item = String> + 'a {
        let mut below: Vec<String> = upward(folder(from))
            .take_while(|dir| *dir != self.common && !self.one)
            .collect();
        below.reverse();
        self.tops().chain(below)
    }

    /// Where it may begin if it is one repository.
    fn tops(&self) -> impl Iterator<Item = String> + '_ {
        let above = upward(&self.common).take_while(|dir| !dir.starts_with("..") && dir != "/");
        self.root.clone().into_iter().chain(above)
    }

    /// The object of a kind and name in a file, the nearest to `from` first. A namespace that is not written matches any.
    pub(super) fn find(
        &self,
        kind: &str,
        namespace: &str,
        name: &str,
        from: &str,
    ) -> Option<Raw<'s>> {
        let matches = |raw: &&Raw<'s>| {
            let own = raw.namespace();
            raw.kind() == kind
                && raw.name() == name
                && (own == namespace || own.is_empty() || namespace.is_empty())
        };
        let found = self.raw.iter().filter(matches);
        found
            .rev()
            .max_by_key(|raw| (raw.namespace() == namespace, shared(raw.path, from)))
            .copied()
    }
}

/// A folder and all above it, as far as anybody keeps a repository.
fn upward(dir: &str) -> impl Iterator<Item = String> + use<> {
    let above = |dir: &String| (dir != "/").then(|| join(dir, ".."));
    std::iter::successors(Some(dir.to_owned()), above).take(24)
}

/// The folder that all sources lie in.
fn common(sources: &[&Source]) -> String {
    let (Some(first), Some(last)) = (sources.first(), sources.last()) else {
        return String::new();
    };
    // They are sorted: what the first and the last share, all do.
    let (a, b) = (folder(&first.path), folder(&last.path));
    let same = a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b);
    let parts: Vec<&str> = same.map(|(part, _)| part).collect();
    match parts.as_slice() {
        [""] if a.starts_with('/') => "/".to_owned(),
        parts => parts.join("/"),
    }
}

/// How many folders two paths share.
fn shared(a: &str, b: &str) -> usize {
    let pairs = a.split('/').zip(b.split('/'));
    pairs.take_while(|(a, b)| a == b).count()
}

/// The URLs of a clone's remotes.
fn git_remotes(repository: &Repository<'_>, root: &str) -> Vec<String> {
    let read = |path: &str| {
        let bytes = repository.files().read(path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let mut git = join(root, ".git");
    if repository.kind(&git) == Some(FileKind::File) {
        // A worktree: its `.git` names a folder, which names the one that all worktrees share.
        let pointer = read(&git);
        let own = pointer.trim().strip_prefix("gitdir:").unwrap_or_default();
        let own = join(root, own.trim());
        git = join(&own, read(&join(&own, "commondir")).trim());
    }
    let config = read(&join(&git, "config"));
    let urls = config.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "url").then(|| value.trim().to_owned())
    });
    urls.collect()
}

/// A repository's URL without what does not tell it from others: `git@host:a/b.git` is `https://host/a/b`.
pub(super) fn canonical(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
    let plain = rest.trim_end_matches('/').trim_end_matches(".git");
    plain.replace(':', "/").to_ascii_lowercase()
}

/// The file that a place is in.
pub(super) fn file_of<'s>(repository: &Repository<'s>, span: Span) -> &'s str {
    repository.sources().path(span.source)
}

/// Whether a folder is a link. Nobody who takes in whole trees follows those, and they may lead in circles.
pub(super) fn is_link(repository: &Repository<'_>, dir: &str, name: &str) -> bool {
    let files = repository.files();
    let parent = files.real(if dir.is_empty() { "." } else { dir });
    let real = files.real(&join(dir, name));
    parent
        .zip(real)
        .is_some_and(|(parent, real)| join(&parent, name) != real)
}
