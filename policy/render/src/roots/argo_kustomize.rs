//! What an Application adds to a kustomization: `source.kustomize`. Source: `util/kustomize` of Argo CD.

use plimsoll_yaml::Span;

use super::plan::{Plan, entry, is_true, text};
use crate::{Entry, FileKind, Origin, Repository, Value, join};

/// The entries that are added.
pub(super) fn extra<'s>(
    source: &Value<'s>,
    plan: &Plan<'s>,
    folder: &str,
    repository: &Repository<'s>,
) -> Vec<Entry<'s>> {
    let Some(options) = source.get("kustomize").filter(|options| options.is_map()) else {
        return Vec::new();
    };
    let environment = Environment { source, plan };
    let mut extra = Vec::new();
    for option in options
        .entries()
        .iter()
        .filter(|option| !option.value.is_null())
    {
        match &*option.key {
            "namePrefix" => extra.push(entry("namePrefix", option)),
            "nameSuffix" => extra.push(entry("nameSuffix", option)),
            "namespace" => extra.push(entry("namespace", option)),
            "patches" => extra.push(entry("patches", option)),
            "replicas" => extra.push(entry("replicas", option)),
            "components" => {
                let missing_ok = is_true(options, &["ignoreMissingComponents"]);
                extra.push(components(option, missing_ok, folder, repository));
            }
            "images" => extra.push(images(option)),
            "commonLabels" => extra.push(labels(option, options, &environment)),
            "commonAnnotations" => {
                let mut annotations = entry("commonAnnotations", option);
                if is_true(options, &["commonAnnotationsEnvsubst"]) {
                    environment.put_into(&mut annotations.value);
                }
                extra.push(annotations);
            }
            _ => {}
        }
    }
    extra
}

fn components<'s>(
    option: &Entry<'s>,
    missing_ok: bool,
    folder: &str,
    repository: &Repository<'s>,
) -> Entry<'s> {
    let mut components = entry("components", option);
    if missing_ok && let Some(items) = components.value.items_mut() {
        items.retain(|item| {
            let path = item.text().map(|path| join(folder, path));
            path.is_some_and(|path| repository.kind(&path) == Some(FileKind::Folder))
        });
    }
    components
}

/// `name=new:tag`, `name=new@sha256:…`, `name:tag`, as maps.
fn images<'s>(option: &Entry<'s>) -> Entry<'s> {
    let mut images = entry("images", option);
    for image in images.value.items_mut().into_iter().flatten() {
        if let Some(map) = image.text().map(|text| image_map(text, image.origin.span)) {
            *image = map;
        }
    }
    images
}

fn image_map<'s>(text: &str, span: Span) -> Value<'s> {
    let mut map = Value::map(Origin::at(span));
    let mut set = |key: &'static str, text: &str| {
        if !text.is_empty() {
            map.set(key, Value::string(text.to_owned(), Origin::at(span)));
        }
    };
    let (name, image) = text.split_once('=').unwrap_or(("", text));
    let (image, digest) = image.split_once('@').unwrap_or((image, ""));
    let tagged = image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
    let (new, tag) = tagged.unwrap_or((image, ""));
    if name.is_empty() {
        set("name", new);
    } else {
        set("name", name);
        set("newName", new);
    }
    set("newTag", tag);
    set("digest", digest);
    map
}

/// With `labelWithoutSelector` an entry of `labels`, else `commonLabels`.
fn labels<'s>(
    option: &Entry<'s>,
    options: &Value<'s>,
    environment: &Environment<'_, 's>,
) -> Entry<'s> {
    let mut pairs = option.value.clone();
    environment.put_into(&mut pairs);
    let mut common = entry("commonLabels", option);
    if !is_true(options, &["labelWithoutSelector"]) {
        common.value = pairs;
        return common;
    }
    let origin = option.value.origin.clone();
    let mut label = Value::map(origin.clone());
    label.set("pairs", pairs);
    if let Some(templates) = options.get("labelIncludeTemplates") {
        label.set("includeTemplates", templates.clone());
    }
    Entry {
        key: "labels".into(),
        key_span: option.key_span,
        value: Value::list(vec![label], origin),
    }
}

/// What Argo CD tells the build of the Application.
struct Environment<'a, 's> {
    source: &'a Value<'s>,
    plan: &'a Plan<'s>,
}

impl Environment<'_, '_> {
    fn put_into(&self, map: &mut Value<'_>) {
        for entry in map.entries_mut().into_iter().flatten() {
            let value = &mut entry.value;
            if let Some(text) = value
                .text()
                .filter(|text| text.contains('$'))
                .map(|text| self.expand(text))
            {
                *value = Value::string(text, value.origin.clone());
            }
        }
    }

    fn expand(&self, text: &str) -> String {
        let source = |key| self::text(self.source, &[key]).unwrap_or_default();
        let namespace = self
            .plan
            .namespace
            .as_ref()
            .map_or("", |(namespace, _)| namespace);
        let variables = [
            // Longer names first: `$ARGOCD_APP_NAME` begins `$ARGOCD_APP_NAMESPACE`.
            (
                "ARGOCD_APP_SOURCE_TARGET_REVISION",
                source("targetRevision"),
            ),
            ("ARGOCD_APP_SOURCE_REPO_URL", source("repoURL")),
            ("ARGOCD_APP_SOURCE_PATH", source("path")),
            ("ARGOCD_APP_NAMESPACE", namespace),
            ("ARGOCD_APP_NAME", &self.plan.name),
        ];
        variables
            .iter()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("${{{name}}}"), value)
                    .replace(&format!("${name}"), value)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_yaml::SourceId;

    #[test]
    fn images_are_read_as_kustomize_edit_reads_them() {
        let span = Span {
            source: SourceId(0),
            start: 0,
            end: 0,
        };
        for (text, fields) in [
            ("a=b/c:1", "name=a newName=b/c newTag=1"),
            ("a:1", "name=a newTag=1"),
            ("h:5000/a", "name=h:5000/a"),
            ("a=b@sha256:12", "name=a newName=b digest=sha256:12"),
            (
                "h:5000/a=h:5000/b:v1",
                "name=h:5000/a newName=h:5000/b newTag=v1",
            ),
        ] {
            let map = image_map(text, span);
            let pairs = map
                .entries()
                .iter()
                .map(|entry| format!("{}={}", entry.key, entry.value.text().unwrap()));
            assert_eq!(pairs.collect::<Vec<_>>().join(" "), fields, "{text}");
        }
    }
}
