//! The generator that looks into the repository: folders, or parameters in files.

use super::generators::{Generators, Sets};
use super::{folders, span_of, template};
use crate::roots::ground::is_link;
use crate::roots::pattern;
use crate::roots::plan::{is_true, text};
use crate::{FaultKind, FileKind, Value, folder, join};

impl<'s> Generators<'_, '_, 's> {
    /// The sets of a `git` generator.
    pub(super) fn git(&mut self, of: &Value<'s>) -> Sets<'s> {
        let url = text(of, &["repoURL"]).unwrap_or_default();
        if !self.ground.is_own(url) {
            let message = format!(
                "what the generator finds in {url} is not known: that is another repository"
            );
            return self.unknown(of, &message, FaultKind::Remote);
        }
        let items = |key| of.get(key).map(Value::items).unwrap_or_default();
        if items("files").is_empty() {
            return self.directories(of, items("directories"));
        }
        self.files(of, items("files"))
    }

    fn directories(&mut self, of: &Value<'s>, items: &[Value<'s>]) -> Sets<'s> {
        let path = |item: &Value<'s>| text(item, &["path"]).unwrap_or_default().to_owned();
        let (without, with): (Vec<_>, Vec<_>) =
            items.iter().partition(|item| is_true(item, &["exclude"]));
        let mut found: Vec<(String, &Value<'s>)> = Vec::new();
        for item in with {
            for folder in folders(self.ground, self.from, &path(item)) {
                let left_out = without
                    .iter()
                    .any(|item| pattern::matches(&path(item), &folder, false));
                if !left_out
                    && !folder.is_empty()
                    && !found.iter().any(|(known, _)| *known == folder)
                {
                    found.push((folder, item));
                }
            }
        }
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        let sets = found.into_iter().map(|(folder, item)| {
            let mut values = Value::map(item.origin.clone());
            self.add_path(&mut values, &folder, None, of);
            self.set(values, of.get("values"))
        });
        sets.collect()
    }

    fn files(&mut self, of: &Value<'s>, items: &[Value<'s>]) -> Sets<'s> {
        let path = |item: &Value<'s>| text(item, &["path"]).unwrap_or_default().to_owned();
        let (without, with): (Vec<_>, Vec<_>) =
            items.iter().partition(|item| is_true(item, &["exclude"]));
        let mut found = Vec::new();
        for item in with {
            let (base, files) = self.matching(&path(item));
            found.extend(files.into_iter().map(|file| (file, base.clone())));
        }
        found.sort();
        found.dedup();
        found.retain(|(file, _)| {
            !without
                .iter()
                .any(|item| pattern::matches(&path(item), file, true))
        });
        let mut sets = Vec::new();
        for (file, base) in found {
            sets.extend(self.file(of, &base, &file));
        }
        sets
    }

    /// The files of the repository that a pattern matches; a `*` goes into folders, as it does in `git ls-files`.
    fn matching(&self, wanted: &str) -> (String, Vec<String>) {
        let fixed = wanted.split(['*', '?', '[']).next().unwrap_or_default();
        for base in self.ground.bases(self.from) {
            let mut found = Vec::new();
            self.walk(&base, folder(fixed), wanted, &mut found);
            if !found.is_empty() {
                return (base, found);
            }
        }
        (String::new(), Vec::new())
    }

    fn walk(&self, base: &str, dir: &str, wanted: &str, found: &mut Vec<String>) {
        let repository = self.ground.repository;
        let at = join(base, dir);
        let listed = repository.files().list(&at);
        for (name, kind) in listed.unwrap_or_default() {
            let path = join(dir, &name);
            match kind {
                FileKind::Folder if name != ".git" && !is_link(repository, &at, &name) => {
                    self.walk(base, &path, wanted, found);
                }
                FileKind::File if pattern::matches(wanted, &path, true) => found.push(path),
                FileKind::File | FileKind::Folder => {}
            }
        }
    }

    /// The sets that one file holds: one for a map, one for each map in a list.
    fn file(&mut self, of: &Value<'s>, base: &str, file: &str) -> Sets<'s> {
        let source = match self.ground.repository.yaml(&join(base, file)) {
            Ok(source) => source,
            Err(fault) => {
                self.faults.push(*fault.at(span_of(of)));
                return Vec::new();
            }
        };
        let Some(root) = source
            .tree
            .documents()
            .next()
            .and_then(|document| document.root)
        else {
            return Vec::new();
        };
        let value = crate::value(root);
        let maps = if value.is_list() {
            value.items()
        } else {
            std::slice::from_ref(&value)
        };
        let maps = maps.iter().filter(|map| map.is_map());
        let sets = maps.map(|map| {
            let mut values = self.shaped(map);
            let name = file.rsplit('/').next();
            self.add_path(&mut values, folder(file), name, of);
            self.set(values, of.get("values"))
        });
        sets.collect()
    }

    /// `path`, `path.basename` and the like.
    fn add_path(&self, values: &mut Value<'s>, path: &str, file: Option<&str>, of: &Value<'s>) {
        let origin = values.origin.clone();
        let string = |text: &str| Value::string(text.to_owned(), origin.clone());
        let base = path.rsplit('/').next().unwrap_or_default();
        let mut parts = vec![
            ("basename", string(base)),
            ("basenameNormalized", string(&template::normalize(base))),
        ];
        if let Some(file) = file {
            parts.push(("filename", string(file)));
            parts.push(("filenameNormalized", string(&template::normalize(file))));
        }
        let prefix = text(of, &["pathParamPrefix"]).filter(|prefix| !prefix.is_empty());
        if self.go {
            let mut map = Value::map(origin.clone());
            map.set("path", string(path));
            for (key, value) in parts {
                map.set(key, value);
            }
            map.set(
                "segments",
                Value::list(path.split('/').map(string).collect(), origin.clone()),
            );
            match prefix {
                Some(prefix) => {
                    let mut outer = Value::map(origin.clone());
                    outer.set("path", map);
                    values.set(prefix.to_owned(), outer);
                }
                None => values.set("path", map),
            }
            return;
        }
        let name = prefix.map_or("path".to_owned(), |prefix| format!("{prefix}.path"));
        for (key, value) in parts {
            values.set(format!("{name}.{key}"), value);
        }
        for (at, segment) in path.split('/').enumerate() {
            values.set(format!("{name}[{at}]"), string(segment));
        }
        values.set(name, string(path));
    }
}
