//! `images`: other names, tags and digests for images.

use regex::Regex;

use super::fieldspec::{Create, FieldSpec};
use super::objects::Objects;
use crate::{Content, Fault, FaultKind, Result, Value};

/// One entry of `images`.
pub(crate) struct Image<'a, 's> {
    entry: &'a Value<'s>,
    name: &'a str,
    /// The name is a pattern to kustomize; nearly none is more than a name.
    pattern: Option<Regex>,
}

impl<'a, 's> Image<'a, 's> {
    /// Reads an entry.
    pub(crate) fn read(entry: &'a Value<'s>) -> Result<Self> {
        let name = entry.get("name").and_then(Value::text).unwrap_or_default();
        let plain =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | ':' | '@' | '.');
        let pattern = if name.chars().all(plain) {
            None
        } else {
            let text = format!("^{name}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$");
            let built = regex::RegexBuilder::new(&text).size_limit(1 << 20).build();
            Some(built.map_err(|error| {
                Fault::new(
                    FaultKind::Broken,
                    format!("`{name}` is no pattern: {error}"),
                )
                .at(entry.origin.span)
            })?)
        };
        Ok(Self {
            entry,
            name,
            pattern,
        })
    }

    /// Changes the images of all objects: in every list of containers, and where specifications lead.
    pub(crate) fn apply(&self, objects: &mut Objects<'s>, specs: &[FieldSpec]) -> Result<()> {
        let by = self.entry.origin.span;
        for object in &mut objects.list {
            if object.kind() == "CustomResourceDefinition" {
                continue;
            }
            if self.concerns(&object.value) {
                self.walk(&mut object.value);
            }
            for spec in specs {
                spec.visit(object, Create::Nothing, by, &mut |value| {
                    self.change(value);
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// Whether an image below is meant, so that nothing is copied for objects without one.
    fn concerns(&self, value: &Value<'s>) -> bool {
        match &value.content {
            Content::Scalar(_) => false,
            Content::List(items) => items.iter().any(|item| self.concerns(item)),
            Content::Map(entries) => entries.iter().any(|entry| {
                let containers = matches!(&*entry.key, "containers" | "initContainers");
                self.concerns(&entry.value)
                    || (containers && entry.value.items().iter().any(|item| self.is_meant(item)))
            }),
        }
    }

    fn is_meant(&self, container: &Value<'s>) -> bool {
        let image = container.get("image").and_then(Value::text);
        image.is_some_and(|image| self.matches(image))
    }

    fn walk(&self, value: &mut Value<'s>) {
        if let Some(items) = value.items_mut() {
            for item in items {
                self.walk(item);
            }
        }
        for entry in value.entries_mut().into_iter().flatten() {
            self.walk(&mut entry.value);
            if !matches!(&*entry.key, "containers" | "initContainers") {
                continue;
            }
            for item in entry.value.items_mut().into_iter().flatten() {
                if let Some(image) = item.get_mut("image") {
                    self.change(image);
                }
            }
        }
    }

    fn matches(&self, image: &str) -> bool {
        if let Some(pattern) = &self.pattern {
            return pattern.is_match(image);
        }
        let Some(rest) = strip(image, self.name) else {
            return false;
        };
        let (tag, digest) = rest.split_once("@sha256:").unwrap_or((rest, ""));
        let good = |text: &str| {
            let part =
                |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '{' | '}' | '-');
            text.chars().all(part)
        };
        (tag.is_empty() || tag.strip_prefix(':').is_some_and(good)) && good(digest)
    }

    fn change(&self, value: &mut Value<'s>) {
        let Some(image) = value.text().filter(|image| self.matches(image)) else {
            return;
        };
        let field = |key| {
            self.entry
                .get(key)
                .filter(|value| value.text().is_some_and(|text| !text.is_empty()))
        };
        let (name, tag, digest) = split(image);
        let text = |value: Option<&Value<'s>>| value.and_then(Value::text).map(str::to_owned);
        let new_name = text(field("newName")).unwrap_or_else(|| name.to_owned());
        let (tag, digest) = match (text(field("newTag")), text(field("digest"))) {
            (Some(tag), Some(digest)) => (tag, digest),
            (Some(tag), None) => (tag, String::new()),
            (None, Some(digest)) => (String::new(), digest),
            (None, None) => match text(field("tagSuffix")) {
                Some(suffix) => (format!("{tag}{suffix}"), String::new()),
                None => (tag.to_owned(), digest.to_owned()),
            },
        };
        let mut whole = new_name;
        for (mark, part) in [(':', tag), ('@', digest)] {
            if !part.is_empty() {
                whole.push(mark);
                whole.push_str(&part);
            }
        }
        // What decides is what stands last: the digest, the tag, or else the name.
        let by = ["digest", "newTag", "tagSuffix", "newName"]
            .into_iter()
            .find_map(field);
        let by = by.map_or(self.entry.origin.span, |by| by.origin.span);
        if *whole != *image {
            value.replace_text(whole, by);
        }
    }
}

/// What follows a name in which `.`, as in a pattern, stands for any character.
fn strip<'t>(image: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = image.char_indices();
    for wanted in name.chars() {
        let (_, found) = rest.next()?;
        if wanted != '.' && wanted != found {
            return None;
        }
    }
    let at = rest.next().map_or(image.len(), |(at, _)| at);
    Some(&image[at..])
}

/// Name, tag and digest of an image. A `:` before the first `/` is that of a registry's port.
fn split(image: &str) -> (&str, &str, &str) {
    let from = image.find('/').filter(|at| *at > 0).unwrap_or(0);
    let search = &image[from..];
    let digest_at = search.find('@').map(|at| at + from);
    let tag_at = search.find(':').map(|at| at + from);
    match (tag_at, digest_at) {
        (Some(tag), Some(digest)) if tag < digest => {
            (&image[..tag], &image[tag + 1..digest], &image[digest + 1..])
        }
        (_, Some(digest)) => (&image[..digest], "", &image[digest + 1..]),
        (Some(tag), None) => (&image[..tag], &image[tag + 1..], ""),
        (None, None) => (image, "", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_split_behind_the_port() {
        assert_eq!(
            split("host:5000/a/b:1@sha256:x"),
            ("host:5000/a/b", "1", "sha256:x")
        );
        assert_eq!(split("nginx@sha256:x"), ("nginx", "", "sha256:x"));
        assert_eq!(split("nginx:1"), ("nginx", "1", ""));
        assert_eq!(split("host:5000/a"), ("host:5000/a", "", ""));
    }
}
