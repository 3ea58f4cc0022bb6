//! A folder's kustomization, read.

use plimsoll_yaml::{ErrorKind, Span, SyntaxError};

use super::schema::{self, KUSTOMIZATION};
use crate::repository::beginning;
use crate::{Entry, Fault, FileKind, Repository, Result, Text, Value, folder, join};

/// The names that a kustomization may have.
pub const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// One kustomization.
#[derive(Clone, Debug)]
pub struct File<'s> {
    /// Its path; where a deployer made it up, the path that it would have.
    pub path: String,
    /// What it says.
    pub value: Value<'s>,
}

/// The path of a folder's kustomization; `None` if it has none.
pub fn find(repository: &Repository<'_>, folder: &str) -> Result<Option<String>> {
    let paths = NAMES.iter().map(|name| join(folder, name));
    let mut found = paths.filter(|path| repository.kind(path) == Some(FileKind::File));
    let first = found.next();
    if let Some(second) = found.next() {
        let first = first.unwrap_or_default();
        let message = format!("{folder} has two kustomizations: {first} and {second}");
        return Err(Fault::broken(message).help("keep one of the two"));
    }
    Ok(first)
}

impl<'s> File<'s> {
    /// Reads the kustomization at a path, and adds what a deployer adds.
    pub fn read(repository: &Repository<'s>, path: &str, extra: &[Entry<'s>]) -> Result<Self> {
        let source = repository.yaml(path)?;
        // Of a key that stands twice kustomize takes the last; that it does is a finding of its own.
        let fatal = |error: &&SyntaxError| error.kind != ErrorKind::DuplicateKey;
        if let Some(error) = source.tree.errors().iter().find(fatal) {
            return Err(
                Fault::broken(format!("{path} is no YAML: {}", error.message)).at(error.span),
            );
        }
        let here = beginning(source);
        // Kustomize reads the first document, and nothing behind it.
        let first = source.tree.documents().next();
        let Some(root) = first.and_then(|document| document.root) else {
            return Err(Fault::broken(format!("{path} is empty"))
                .help("write `resources:` with what it deploys, or remove it")
                .at(here));
        };
        let mut value = crate::value(root);
        keep_last(&mut value);
        schema::check(&mut value, KUSTOMIZATION, "kustomization")?;
        let mut file = Self {
            path: path.to_owned(),
            value,
        };
        file.check_header()?;
        file.rename();
        if file.is_empty() {
            return Err(
                Fault::broken(format!("{path} is empty: it says nothing to deploy"))
                    .help("write `resources:` with what it deploys, or remove it")
                    .at(here),
            );
        }
        file.extend(extra);
        Ok(file)
    }

    /// The folder that its paths start from.
    pub fn folder(&self) -> &str {
        folder(&self.path)
    }

    /// A Component: it works on what the kustomization that names it has gathered.
    pub fn is_component(&self) -> bool {
        self.text("kind") == Some("Component")
    }

    /// A field that is one text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value
            .get(key)
            .and_then(Value::text)
            .filter(|text| !text.is_empty())
    }

    /// The items of a field that is a list.
    pub fn items(&self, key: &str) -> &[Value<'s>] {
        self.value.get(key).map_or(&[], Value::items)
    }

    /// The place of a field.
    pub fn span(&self, key: &str) -> Span {
        self.value
            .entry(key)
            .map_or(self.value.origin.span, |entry| entry.key_span)
    }

    fn check_header(&self) -> Result<()> {
        let kind = self.text("kind").unwrap_or("Kustomization");
        let wanted = match kind {
            "Kustomization" => "kustomize.config.k8s.io/v1beta1",
            "Component" => "kustomize.config.k8s.io/v1alpha1",
            _ => {
                return Err(Fault::broken(format!(
                    "a kustomization's kind is Kustomization or Component, not {kind}"
                ))
                .help("give the file another name, or write `kind: Kustomization`")
                .at(self.span("kind")));
            }
        };
        // Files of the first years say `v1beta1` without the group, or nothing.
        let version = self.text("apiVersion").unwrap_or(wanted);
        if version != wanted && !(kind == "Kustomization" && version == "v1beta1") {
            return Err(Fault::broken(format!(
                "the apiVersion of a {kind} is {wanted}, not {version}"
            ))
            .help(format!("write `apiVersion: {wanted}`"))
            .at(self.span("apiVersion")));
        }
        Ok(())
    }

    /// Moves what stands under names of the first years to today's.
    fn rename(&mut self) {
        for (old, new) in [("bases", "resources"), ("imageTags", "images")] {
            let entry = self.value.remove(old);
            if let Some(entry) = entry.filter(|entry| !entry.value.items().is_empty()) {
                self.append(Entry {
                    key: Text::Source(new),
                    ..entry
                });
            }
        }
    }

    /// Whether nothing is written in it. To kustomize an empty list is something.
    fn is_empty(&self) -> bool {
        let blank = |value: &Value<'_>| value.is_null() || value.text() == Some("");
        let header = |key: &str| matches!(key, "apiVersion" | "kind");
        let mut entries = self.value.entries().iter();
        entries.all(|entry| header(&entry.key) || blank(&entry.value))
    }

    /// Adds what a deployer adds: lists grow, maps merge, everything else is replaced.
    pub(crate) fn extend(&mut self, extra: &[Entry<'s>]) {
        for entry in extra {
            self.append(entry.clone());
        }
    }

    fn append(&mut self, entry: Entry<'s>) {
        let Some(old) = self.value.get_mut(&entry.key).filter(|old| !old.is_null()) else {
            self.value.remove(&entry.key);
            if let Some(entries) = self.value.entries_mut() {
                entries.push(entry);
            }
            return;
        };
        let images = &*entry.key == "images";
        if let (true, Some(items)) = (entry.value.is_list(), old.items_mut()) {
            // An image takes the place of one of the same name, as `kustomize edit` and Flux have it.
            let name = |item: &Value<'s>| item.get("name").and_then(Value::text).map(str::to_owned);
            let added: Vec<_> = entry.value.items().iter().filter_map(name).collect();
            items.retain(|item| !images || !name(item).is_some_and(|name| added.contains(&name)));
            items.extend(entry.value.items().iter().cloned());
        } else if entry.value.is_map() && old.is_map() {
            for inner in entry.value.entries() {
                old.set(inner.key.clone(), inner.value.clone());
            }
        } else {
            *old = entry.value;
        }
    }
}

/// Of the entries of one name the last.
fn keep_last(value: &mut Value<'_>) {
    if let Some(items) = value.items_mut() {
        items.iter_mut().for_each(keep_last);
    }
    let Some(entries) = value.entries_mut() else {
        return;
    };
    let mut seen = std::collections::HashSet::new();
    entries.reverse();
    entries.retain(|entry| seen.insert(entry.key.clone()));
    entries.reverse();
    for entry in entries {
        keep_last(&mut entry.value);
    }
}
