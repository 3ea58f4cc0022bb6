//! The transformers of one kustomization, in kustomize's order.

use plimsoll_yaml::Span;

use super::accumulated::Accumulated;
use super::build::Kustomize;
use super::config::{Config, add};
use super::fieldspec::FieldSpec;
use super::file::File;
use super::images::Image;
use super::metadata::configured;
use super::patching::{self, PatchEntry};
use super::replacements::Replacement;
use super::scope::Target;
use super::transform::{self, End, Namespace, Subjects};
use crate::{At, Result, Text, Value};

/// Applies them all.
pub(crate) fn transform<'s>(
    build: &Kustomize<'_, 's>,
    target: &Target<'_, 's>,
    acc: &mut Accumulated<'s>,
) -> Result<()> {
    let file = target.file;
    let done = |acc: &mut Accumulated<'s>, kind: &str, span: Span| {
        if let Some(metadata) = &target.scope.metadata {
            let configured = configured("builtin", kind, None, None);
            metadata.mark_transformed(&mut acc.objects, &file.path, &configured, span);
        }
        acc.objects.drop_deleted();
    };
    let loader = build.loader(target);
    let schemas = target.scope.schemas();
    for entry in file.items("patchesStrategicMerge") {
        patching::strategic_merge(&loader, acc, entry, &schemas)?;
        done(acc, "PatchStrategicMergeTransformer", entry.origin.span);
    }
    for entry in file.items("patches") {
        PatchEntry::read(&loader, entry)?.apply(acc, &schemas)?;
        done(acc, "PatchTransformer", entry.origin.span);
    }
    if let Some(name) = text(file, "namespace") {
        let span = file
            .value
            .get("namespace")
            .map_or(file.value.origin.span, |value| value.origin.span);
        let config = acc.config.clone();
        let namespace = Namespace {
            name,
            by: span,
            specs: &config.namespace,
            subjects: Subjects::Default,
            unset_only: false,
        };
        namespace.apply(&mut acc.objects)?;
        done(acc, "NamespaceTransformer", span);
    }
    affixes(file, acc, &done)?;
    labels(file, acc, &done)?;
    for entry in file.items("patchesJson6902") {
        PatchEntry::read_json(&loader, entry)?.apply(acc, &schemas)?;
        done(acc, "PatchJson6902Transformer", entry.origin.span);
    }
    let config = acc.config.clone();
    for entry in file.items("replicas") {
        let replaced = transform::replicas(&mut acc.objects, &config.replicas, entry);
        acc.forgive(replaced)?;
        done(acc, "ReplicaCountTransformer", entry.origin.span);
    }
    for entry in file.items("images") {
        Image::read(entry)?
            .apply(&mut acc.objects, &config.images)
            .at(entry.origin.span)?;
        done(acc, "ImageTagTransformer", entry.origin.span);
    }
    replacements(&loader, file, acc)?;
    if !file.items("replacements").is_empty() {
        done(acc, "ReplacementTransformer", file.span("replacements"));
    }
    Ok(())
}

/// A field that is one text, to keep.
fn text<'s>(file: &File<'s>, key: &str) -> Option<Text<'s>> {
    let text = file.value.get(key).and_then(Value::shared_text);
    text.filter(|text| !text.is_empty()).cloned()
}

type Done<'d, 's> = dyn Fn(&mut Accumulated<'s>, &str, Span) + 'd;

fn affixes<'s>(file: &File<'s>, acc: &mut Accumulated<'s>, done: &Done<'_, 's>) -> Result<()> {
    let config = acc.config.clone();
    let ends = [
        (
            "namePrefix",
            &config.prefix,
            End::Front,
            "PrefixTransformer",
        ),
        ("nameSuffix", &config.suffix, End::Back, "SuffixTransformer"),
    ];
    for (key, specs, end, kind) in ends {
        if let Some(affix) = text(file, key) {
            let span = file
                .value
                .get(key)
                .map_or(file.value.origin.span, |value| value.origin.span);
            transform::affix(&mut acc.objects, specs, end, &affix, span).at(span)?;
            done(acc, kind, span);
        }
    }
    Ok(())
}

fn labels<'s>(file: &File<'s>, acc: &mut Accumulated<'s>, done: &Done<'_, 's>) -> Result<()> {
    let config = acc.config.clone();
    for entry in file.items("labels") {
        let specs = label_specs(entry, &config)?;
        let pairs = entry.get("pairs").map_or(&[][..], Value::entries);
        transform::pairs(&mut acc.objects, &specs, pairs, entry.origin.span)?;
        done(acc, "LabelTransformer", entry.origin.span);
    }
    let common = [
        ("commonLabels", &config.labels, "LabelTransformer"),
        (
            "commonAnnotations",
            &config.annotations,
            "AnnotationsTransformer",
        ),
    ];
    for (key, specs, kind) in common {
        if let Some(entry) = file
            .value
            .entry(key)
            .filter(|entry| !entry.value.entries().is_empty())
        {
            transform::pairs(
                &mut acc.objects,
                specs,
                entry.value.entries(),
                entry.key_span,
            )?;
            done(acc, kind, entry.key_span);
        }
    }
    Ok(())
}

/// Where the labels of an entry of `labels` go.
fn label_specs(entry: &Value<'_>, config: &Config) -> Result<Vec<FieldSpec>> {
    let flag = |key| entry.get(key).and_then(Value::text) == Some("true");
    let fields = entry.get("fields").map_or(&[][..], Value::items);
    let mut specs = fields
        .iter()
        .map(super::config::spec)
        .collect::<Result<Vec<_>>>()?;
    add(&mut specs, &config.every_label)?;
    if flag("includeSelectors") {
        add(&mut specs, &config.labels)?;
        return Ok(specs);
    }
    if flag("includeTemplates") {
        add(&mut specs, &config.template_labels)?;
    }
    let metadata = FieldSpec {
        group: String::new(),
        version: String::new(),
        kind: String::new(),
        path: "metadata/labels".to_owned(),
        create: true,
    };
    add(&mut specs, &[metadata])?;
    Ok(specs)
}

fn replacements<'s>(
    loader: &super::load::Loader<'_, 's>,
    file: &File<'s>,
    acc: &mut Accumulated<'s>,
) -> Result<()> {
    let mut all = Vec::new();
    for entry in file.items("replacements") {
        let by = entry.origin.span;
        match entry.get("path").and_then(Value::text) {
            None => all.push(Replacement::read(entry)?),
            Some(path) => {
                let source = loader.yaml(path, by)?;
                for root in source.tree.documents().filter_map(|document| document.root) {
                    let value = crate::value(root);
                    let entries = if value.is_list() {
                        value.items().to_vec()
                    } else {
                        vec![value]
                    };
                    for entry in &entries {
                        all.push(Replacement::read(entry).at(by)?);
                    }
                }
            }
        }
    }
    let applied = super::replacements::apply(&mut acc.objects, &all);
    acc.forgive(applied.at(file.span("replacements")))
}
