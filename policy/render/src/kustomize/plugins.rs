//! Builtin transformers and generators that are configured by files or texts of their own. Everything else would be a
//! program to run, and nothing is run.

use plimsoll_yaml::Span;

use super::accumulated::Accumulated;
use super::build::Kustomize;
use super::fieldspec::FieldSpec;
use super::images::Image;
use super::metadata::configured;
use super::object::Object;
use super::objects::Index;
use super::patching::{self, PatchEntry};
use super::replacements::{self, Replacement};
use super::scope::Target;
use super::transform::{self, End, Namespace, Subjects};
use super::{generate, iam, read};
use crate::{At, Fault, FaultKind, Result, Text, Value};

/// Applies the transformers that a list names.
pub(crate) fn transformers<'s>(
    build: &Kustomize<'_, 's>,
    target: &Target<'_, 's>,
    key: &'static str,
    acc: &mut Accumulated<'s>,
) -> Result<()> {
    for (plugin, by) in configurations(build, target, key, acc)? {
        let done = transformer(build, target, &plugin, acc).at(by);
        match done {
            Err(fault) if fault.kind == FaultKind::Unsupported => acc.lack(*fault),
            done => done?,
        }
        if let Some(metadata) = &target.scope.metadata {
            let path = path_of(build, target, &plugin);
            metadata.mark_transformed(&mut acc.objects, &path, &configured_by(&plugin), by);
        }
        acc.objects.drop_deleted();
    }
    Ok(())
}

/// Makes what the generators of `generators` make.
pub(crate) fn generators<'s>(
    build: &Kustomize<'_, 's>,
    target: &Target<'_, 's>,
    acc: &mut Accumulated<'s>,
) -> Result<()> {
    for (plugin, by) in configurations(build, target, "generators", acc)? {
        let kind = match (is_builtin(&plugin), plugin.kind()) {
            (true, "ConfigMapGenerator") => generate::Kind::ConfigMap,
            (true, "SecretGenerator") => generate::Kind::Secret,
            (true, "IAMPolicyGenerator") => {
                acc.absorb(iam::service_account(&plugin.value).at(by)?)
                    .at(by)?;
                continue;
            }
            _ => {
                acc.lack(*unsupported(&plugin).at(by));
                continue;
            }
        };
        let mut arguments = plugin.value.clone();
        for field in ["name", "namespace"] {
            if let Some(value) = plugin.value.at(&["metadata", field]) {
                arguments.set(field, value.clone());
            }
        }
        let loader = build.loader(target);
        let mut object = generate::one(kind, &arguments, None, &loader).at(by)?;
        if let Some(metadata) = &target.scope.metadata {
            let path = path_of(build, target, &plugin);
            metadata.mark_made(&mut object, &path, &configured_by(&plugin), by);
        }
        acc.absorb(object).at(by)?;
    }
    Ok(())
}

/// What configures plugins: texts that stand in the list, files, and what kustomizations come to.
fn configurations<'s>(
    build: &Kustomize<'_, 's>,
    target: &Target<'_, 's>,
    key: &str,
    acc: &mut Accumulated<'s>,
) -> Result<Vec<(Object<'s>, Span)>> {
    let mut found = Vec::new();
    for entry in target.file.items(key) {
        let by = entry.origin.span;
        let text = entry.text().unwrap_or_default();
        let objects = if text.contains('\n') || text.contains(": ") {
            let documents = super::inline::documents(build.repository.sources(), entry)?;
            read::from_values(documents).at(by)?
        } else {
            let mut taken = Accumulated::default();
            build.take_in(target, entry, &mut taken, &mut Index::new())?;
            acc.lacks.append(&mut taken.lacks);
            taken.objects.list
        };
        found.extend(objects.into_iter().map(|object| (object, by)));
    }
    Ok(found)
}

fn is_builtin(plugin: &Object<'_>) -> bool {
    plugin.value.get("apiVersion").and_then(Value::text) == Some("builtin")
}

fn unsupported(plugin: &Object<'_>) -> Box<Fault> {
    let kind = plugin.kind();
    Fault::new(
        FaultKind::Unsupported,
        format!("the plugin {kind} is a program, and nothing is run"),
    )
    .help("check what it makes")
}

fn path_of(build: &Kustomize<'_, '_>, target: &Target<'_, '_>, plugin: &Object<'_>) -> String {
    let source = plugin.value.origin.span.source;
    let known = (source.0 as usize) < build.repository.sources().len();
    if known {
        build.repository.sources().path(source).to_owned()
    } else {
        target.file.path.clone()
    }
}

fn configured_by(plugin: &Object<'_>) -> String {
    let text = |keys: &[&str]| plugin.value.at(keys).and_then(Value::text);
    configured(
        text(&["apiVersion"]).unwrap_or_default(),
        plugin.kind(),
        text(&["metadata", "name"]),
        text(&["metadata", "namespace"]),
    )
}

/// The field specifications that a plugin brings.
fn specs(plugin: &Value<'_>) -> Result<Vec<FieldSpec>> {
    let items = plugin.get("fieldSpecs").map_or(&[][..], Value::items);
    items.iter().map(super::config::spec).collect()
}

fn transformer<'s>(
    build: &Kustomize<'_, 's>,
    target: &Target<'_, 's>,
    plugin: &Object<'s>,
    acc: &mut Accumulated<'s>,
) -> Result<()> {
    if !is_builtin(plugin) {
        return Err(unsupported(plugin));
    }
    let loader = build.loader(target);
    let schemas = target.scope.schemas();
    let config = &plugin.value;
    let objects = &mut acc.objects;
    match plugin.kind() {
        "NamespaceTransformer" => namespace(config, acc),
        "PrefixTransformer" => affix(config, "prefix", End::Front, acc),
        "SuffixTransformer" => affix(config, "suffix", End::Back, acc),
        "PrefixSuffixTransformer" => {
            affix(config, "prefix", End::Front, acc)?;
            affix(config, "suffix", End::Back, acc)
        }
        "LabelTransformer" => pairs(config, "labels", acc),
        "AnnotationsTransformer" => pairs(config, "annotations", acc),
        "ImageTagTransformer" => match config.get("imageTag") {
            Some(image) => Image::read(image)?.apply(objects, &specs(config)?),
            None => Ok(()),
        },
        "ReplicaCountTransformer" => match config.get("replica") {
            Some(replica) => transform::replicas(objects, &specs(config)?, replica),
            None => Ok(()),
        },
        "PatchTransformer" => PatchEntry::read(&loader, config)?.apply(acc, &schemas),
        "PatchJson6902Transformer" => {
            let mut entry = config.clone();
            if let Some(operations) = config.get("jsonOp") {
                entry.set("patch", operations.clone());
            }
            PatchEntry::read_json(&loader, &entry)?.apply(acc, &schemas)
        }
        "PatchStrategicMergeTransformer" => {
            let paths = config.get("paths").map_or(&[][..], Value::items);
            let texts = config.get("patches").into_iter();
            let mut all = paths.iter().chain(texts);
            all.try_for_each(|entry| patching::strategic_merge(&loader, acc, entry, &schemas))
        }
        "ReplacementTransformer" => {
            let entries = config.get("replacements").map_or(&[][..], Value::items);
            let all = entries
                .iter()
                .map(Replacement::read)
                .collect::<Result<Vec<_>>>()?;
            replacements::apply(objects, &all)
        }
        other => Err(
            Fault::broken(format!("kustomize has no builtin transformer `{other}`"))
                .help("mend its `kind`")
                .at(plugin.value.origin.span),
        ),
    }
}

fn text_at<'s>(config: &Value<'s>, keys: &[&str]) -> Option<(Text<'s>, Span)> {
    let value = config.at(keys)?;
    let text = value.shared_text().filter(|text| !text.is_empty())?;
    Some((text.clone(), value.origin.span))
}

fn namespace<'s>(config: &Value<'s>, acc: &mut Accumulated<'s>) -> Result<()> {
    let Some((name, by)) = text_at(config, &["metadata", "namespace"]) else {
        return Ok(());
    };
    let subjects = match config.get("setRoleBindingSubjects").and_then(Value::text) {
        Some("allServiceAccounts") => Subjects::ServiceAccounts,
        Some("none") => Subjects::Nothing,
        _ => Subjects::Default,
    };
    let transformer = Namespace {
        name,
        by,
        specs: &specs(config)?,
        subjects,
        unset_only: config.get("unsetOnly").and_then(Value::text) == Some("true"),
    };
    transformer.apply(&mut acc.objects)
}

fn affix<'s>(config: &Value<'s>, key: &str, end: End, acc: &mut Accumulated<'s>) -> Result<()> {
    match text_at(config, &[key]) {
        Some((text, by)) => transform::affix(&mut acc.objects, &specs(config)?, end, &text, by),
        None => Ok(()),
    }
}

fn pairs<'s>(config: &Value<'s>, key: &str, acc: &mut Accumulated<'s>) -> Result<()> {
    let Some(pairs) = config.get(key) else {
        return Ok(());
    };
    transform::pairs(
        &mut acc.objects,
        &specs(config)?,
        pairs.entries(),
        pairs.origin.span,
    )
}
