//! Flux's Kustomizations. Source: `kustomize-controller` and `kustomize_generator.go` of `fluxcd/pkg`.

use plimsoll_yaml::Node;

use super::RootKind;
use super::generated;
use super::ground::{Ground, Place, file_of};
use super::plan::{Plan, Reference, entry, is_true, text};
use super::scan::kustomization_in;
use crate::{Entry, Fault, FaultKind, FileKind, Generate, Request, Result, Value, join};

/// What a Kustomization asks for.
pub(super) fn kustomization<'s>(object: &Value<'s>, ground: &Ground<'_, 's>) -> Plan<'s> {
    let mut plan = Plan::new(RootKind::FluxKustomization, object);
    let Some(spec) = object.get("spec") else {
        return plan;
    };
    plan.cluster = cluster(spec);
    finish(spec, &mut plan);
    match place(object, spec, ground) {
        Ok(place) => request(spec, ground, &place, &mut plan),
        Err(fault) => plan.faults.push(*fault),
    }
    plan
}

/// Another cluster than the one that it is in.
pub(super) fn cluster(spec: &Value<'_>) -> Option<String> {
    let kube_config = spec.get("kubeConfig")?;
    let name = text(kube_config, &["secretRef", "name"]);
    name.or_else(|| text(kube_config, &["configMapRef", "name"]))
        .map(str::to_owned)
}

/// The folder that it builds.
fn place<'s>(object: &Value<'s>, spec: &Value<'s>, ground: &Ground<'_, 's>) -> Result<Place> {
    let path = text(spec, &["path"]).unwrap_or("./");
    let span = spec
        .get("path")
        .map_or(spec.origin.span, |path| path.origin.span);
    if path.contains("${") {
        let message = format!("the path `{path}` has a variable in it that is not known here");
        return Err(Fault::new(FaultKind::Unsupported, message).at(span));
    }
    let from = file_of(ground.repository, object.origin.span);
    let source = Source::of(object, spec);
    let found = match source.kind {
        "GitRepository" if is_own(&source, path, from, ground) => ground.place(path, from),
        "ExternalArtifact" => {
            return artifact(&source, path, from, ground).map_or_else(|| source.remote(), Ok);
        }
        _ => return source.remote(),
    };
    found.ok_or_else(|| {
        if let Some(branch) = other_branch(&source, from, ground) {
            let message =
                format!("it is built from the branch `{branch}`, and here is no folder `{path}`");
            let help = "check that branch by itself";
            return Fault::new(FaultKind::Remote, message).help(help).at(span);
        }
        Fault::broken(format!("there is no folder `{path}` in this repository")).at(span)
    })
}

/// What `sourceRef` names.
struct Source<'a, 's> {
    kind: &'a str,
    name: &'a str,
    namespace: &'a str,
    at: &'a Value<'s>,
}

impl<'a, 's> Source<'a, 's> {
    fn of(object: &'a Value<'s>, spec: &'a Value<'s>) -> Self {
        let own = text(object, &["metadata", "namespace"]).unwrap_or_default();
        Self {
            kind: text(spec, &["sourceRef", "kind"]).unwrap_or_default(),
            name: text(spec, &["sourceRef", "name"]).unwrap_or_default(),
            namespace: text(spec, &["sourceRef", "namespace"]).unwrap_or(own),
            at: spec.get("sourceRef").unwrap_or(spec),
        }
    }

    fn remote<T>(&self) -> Result<T> {
        let Self { kind, name, .. } = self;
        let message = format!("it is built from {kind} {name}, which is not this repository");
        let help = "nothing is fetched: check that repository itself, or keep a copy of its files in this one";
        let fault = Fault::new(FaultKind::Remote, message);
        Err(fault.help(help).at(self.at.origin.span))
    }
}

/// The branch that a `GitRepository` follows, if it is unlikely to be the one that is checked out.
fn other_branch<'s>(
    source: &Source<'_, '_>,
    from: &str,
    ground: &Ground<'_, 's>,
) -> Option<&'s str> {
    let git = ground.find("GitRepository", source.namespace, source.name, from)?;
    let branch = git.node.at(&["spec", "ref", "branch"])?.text()?;
    (!matches!(branch, "main" | "master" | "")).then_some(branch)
}

/// Whether a `GitRepository` is this repository. One whose URL is nowhere to be seen is what `flux bootstrap` made, or
/// an operator: it is this one if it holds what it should.
fn is_own(source: &Source<'_, '_>, path: &str, from: &str, ground: &Ground<'_, '_>) -> bool {
    let git = ground.find("GitRepository", source.namespace, source.name, from);
    let url = git.and_then(|git| git.node.at(&["spec", "url"])?.text());
    let here = || {
        let inner = !path.trim_matches(['.', '/']).is_empty();
        inner && ground.place(path, from).is_some()
    };
    match url {
        Some(url) if ground.is_own(url) => true,
        Some(url) if url.contains("${") || source.name == "flux-system" => here(),
        Some(_) => !ground.has_remotes() && here(),
        None => source.name == "flux-system" || here(),
    }
}

/// The folder that an `ArtifactGenerator` copies to a path of an artifact.
fn artifact(
    source: &Source<'_, '_>,
    path: &str,
    from: &str,
    ground: &Ground<'_, '_>,
) -> Option<Place> {
    let path = join("", path.trim_start_matches('/'));
    let generators = ground
        .raw
        .iter()
        .filter(|raw| raw.kind() == "ArtifactGenerator");
    let mut generators: Vec<_> = generators.collect();
    // The one of the same cluster's folder first.
    generators.sort_by_key(|raw| crate::folder(raw.path) != crate::folder(from));
    generators.into_iter().find_map(|raw| {
        let artifacts = raw.node.at(&["spec", "artifacts"])?;
        let name =
            |artifact: &Node<'_>| artifact.get("name").and_then(Node::text) == Some(source.name);
        let mut copies = artifacts.items().find(name)?.get("copy")?.items();
        copies.find_map(|copy| {
            let text = |key| copy.get(key).and_then(Node::text);
            let (from_folder, to) = (copied(text("from")?)?, copied(text("to")?)?);
            let inner = if to.is_empty() {
                path.as_str()
            } else {
                path.strip_prefix(to)?
            };
            ground.place(&join(from_folder, inner.trim_start_matches('/')), from)
        })
    })
}

/// `@alias/a/b/**` is the folder `a/b`.
fn copied(pattern: &str) -> Option<&str> {
    let path = pattern.strip_prefix('@')?.split_once('/')?.1;
    Some(path.trim_end_matches("**").trim_matches('/'))
}

fn request<'s>(spec: &Value<'s>, ground: &Ground<'_, 's>, place: &Place, plan: &mut Plan<'s>) {
    let repository = ground.repository;
    plan.folder.clone_from(&place.folder);
    let generate = if kustomization_in(repository, &place.folder).is_some() {
        Generate::Never
    } else {
        Generate::Resources(generated::resources(repository, place, &mut plan.faults))
    };
    plan.requests.push(Request {
        folder: place.folder.clone(),
        extra: extra(spec, ground, &place.folder),
        generate,
        restrict: false,
    });
    let path = spec.get("path").unwrap_or(spec);
    plan.asked_at.push(path.origin.span);
    for key in ["patchesStrategicMerge", "patchesJson6902"] {
        if let Some(old) = spec.entry(key).filter(|old| !old.value.items().is_empty()) {
            let message = format!("`{key}` of a Flux Kustomization is not applied");
            let fault = Fault::new(FaultKind::Unsupported, message);
            plan.faults.push(
                *fault
                    .help("write them as `patches`, which every version of Flux has")
                    .at(old.key_span),
            );
        }
    }
}

/// What it adds to the kustomization.
fn extra<'s>(spec: &Value<'s>, ground: &Ground<'_, 's>, folder: &str) -> Vec<Entry<'s>> {
    let fields = [
        ("targetNamespace", "namespace"),
        ("namePrefix", "namePrefix"),
        ("nameSuffix", "nameSuffix"),
        ("patches", "patches"),
        ("images", "images"),
        ("components", "components"),
    ];
    let mut extra = Vec::new();
    for (from, to) in fields {
        let Some(field) = spec.entry(from).filter(|field| !field.value.is_null()) else {
            continue;
        };
        let mut added = entry(to, field);
        if to == "components"
            && is_true(spec, &["ignoreMissingComponents"])
            && let Some(items) = added.value.items_mut()
        {
            let here = |item: &Value<'_>| {
                let path = item.text().map(|path| join(folder, path));
                path.is_some_and(|path| ground.repository.kind(&path) == Some(FileKind::Folder))
            };
            items.retain(here);
        }
        extra.push(added);
    }
    extra
}

/// What is done after the build.
fn finish<'s>(spec: &Value<'s>, plan: &mut Plan<'s>) {
    let entries = |keys| {
        spec.at(keys)
            .map(|map: &Value<'s>| map.entries().to_vec())
            .unwrap_or_default()
    };
    plan.finish.labels = entries(&["commonMetadata", "labels"]);
    plan.finish.annotations = entries(&["commonMetadata", "annotations"]);
    plan.finish.substitute = entries(&["postBuild", "substitute"]);
    let from = spec.at(&["postBuild", "substituteFrom"]);
    let from = from.into_iter().flat_map(Value::items);
    plan.finish.substitute_from = from
        .map(|item| Reference {
            kind: text(item, &["kind"]).unwrap_or_default().to_owned(),
            name: text(item, &["name"]).unwrap_or_default().to_owned(),
            optional: is_true(item, &["optional"]),
            span: item.origin.span,
            found: None,
        })
        .collect();
}
