//! Argo CD's Applications. Source: `reposerver/repository` of Argo CD.

use super::ground::{Ground, Place, file_of};
use super::plan::{Plan, text};
use super::scan::kustomization_in;
use super::{RootKind, argo_kustomize, directory};
use crate::{Fault, FaultKind, FileKind, Generate, Repository, Request, Result, Value, join};

/// What an Application asks for.
pub(super) fn application<'s>(object: &Value<'s>, ground: &Ground<'_, 's>) -> Plan<'s> {
    let mut plan = Plan::new(RootKind::Application, object);
    let Some(spec) = object.get("spec") else {
        return plan;
    };
    let destination = |key| text(spec, &["destination", key]).map(str::to_owned);
    let cluster = destination("name").or_else(|| destination("server"));
    // Both are the cluster that Argo CD runs in.
    let own = |cluster: &String| cluster == "https://kubernetes.default.svc";
    plan.cluster = match cluster {
        Some(cluster) if own(&cluster) => Some("in-cluster".to_owned()),
        cluster => cluster,
    };
    let namespace = spec.at(&["destination", "namespace"]);
    plan.namespace =
        namespace.and_then(|value| Some((value.text()?.to_owned(), value.origin.span)));
    let from = file_of(ground.repository, object.origin.span);
    let many = spec.get("sources").map(Value::items).unwrap_or_default();
    let one = spec.get("source").filter(|_| many.is_empty());
    for source in one.into_iter().chain(many) {
        if let Err(fault) = add(source, from, ground, &mut plan) {
            plan.faults.push(*fault.at(source.origin.span));
        }
    }
    plan
}

/// One of its sources.
fn add<'s>(
    source: &Value<'s>,
    from: &str,
    ground: &Ground<'_, 's>,
    plan: &mut Plan<'s>,
) -> Result<()> {
    let url = text(source, &["repoURL"]).unwrap_or_default();
    if let Some(chart) = text(source, &["chart"]) {
        let message = format!("chart {chart} of {url} is not rendered");
        return Err(Fault::new(FaultKind::Unsupported, message));
    }
    let Some(path) = source.get("path").filter(|path| path.text().is_some()) else {
        // With `ref` it holds values for another source, and nothing to deploy.
        return if source.get("ref").is_some() {
            Ok(())
        } else {
            Err(Fault::broken("it has neither `path` nor `chart`"))
        };
    };
    let (text, span) = (path.text().unwrap_or_default(), path.origin.span);
    if text.contains("{{") {
        let message = format!("the path `{text}` has a parameter in it that is not known here");
        return Err(Fault::new(FaultKind::Unsupported, message).at(span));
    }
    if !ground.is_own(url) {
        let message = format!("`{text}` of {url} is not rendered: that is another repository");
        let help = "nothing is fetched: check that repository itself, or keep a copy of its files in this one";
        return Err(Fault::new(FaultKind::Remote, message).help(help).at(span));
    }
    let Some(place) = ground.place(text, from) else {
        let message = format!("there is no folder `{text}` in this repository");
        return Err(Fault::broken(message).at(span));
    };
    if plan.folder.is_empty() {
        plan.folder.clone_from(&place.folder);
    }
    let source = overridden(source, &plan.name, &place.folder, ground.repository);
    let request = request(&source, &place, ground, plan)?;
    plan.requests.push(request);
    plan.asked_at.push(span);
    Ok(())
}

fn request<'s>(
    source: &Value<'s>,
    place: &Place,
    ground: &Ground<'_, 's>,
    plan: &mut Plan<'s>,
) -> Result<Request<'s>> {
    let folder = place.folder.as_str();
    let mut request = Request::kustomization(folder);
    match tool(source, folder, ground.repository) {
        Tool::Kustomize => {
            request.extra = argo_kustomize::extra(source, plan, folder, ground.repository);
        }
        Tool::Directory => {
            let files = directory::files(
                ground.repository,
                folder,
                source.get("directory"),
                &mut plan.faults,
            )?;
            request.generate = Generate::Objects(files);
        }
        Tool::Helm => {
            let message = format!("the chart in {folder} is not rendered");
            return Err(Fault::new(FaultKind::Unsupported, message));
        }
        Tool::Plugin => {
            let name = text(source, &["plugin", "name"]).unwrap_or("that is found by the files");
            let message =
                format!("`{folder}` is rendered by the plugin {name}, and plugins are not run");
            return Err(Fault::new(FaultKind::Unsupported, message));
        }
    }
    Ok(request)
}

enum Tool {
    Helm,
    Kustomize,
    Directory,
    Plugin,
}

/// What renders a folder: what is written, or what its files tell.
fn tool(source: &Value<'_>, folder: &str, repository: &Repository<'_>) -> Tool {
    let written = |key| source.get(key).is_some_and(Value::is_map);
    if written("plugin") {
        Tool::Plugin
    } else if written("kustomize") {
        Tool::Kustomize
    } else if written("helm") {
        Tool::Helm
    } else if written("directory") {
        Tool::Directory
    } else if kustomization_in(repository, folder).is_some() {
        Tool::Kustomize
    } else if repository.kind(&join(folder, "Chart.yaml")) == Some(FileKind::File) {
        Tool::Helm
    } else {
        Tool::Directory
    }
}

/// A source with what the files beside it change in it.
fn overridden<'s>(
    source: &Value<'s>,
    name: &str,
    folder: &str,
    repository: &Repository<'s>,
) -> Value<'s> {
    let mut source = source.clone();
    for file in [
        ".argocd-source.yaml".to_owned(),
        format!(".argocd-source-{name}.yaml"),
    ] {
        let path = join(folder, &file);
        if repository.kind(&path) != Some(FileKind::File) {
            continue;
        }
        let Ok(file) = repository.yaml(&path) else {
            continue;
        };
        if let Some(root) = file
            .tree
            .documents()
            .next()
            .and_then(|document| document.root)
        {
            merge(&mut source, crate::value(root));
        }
    }
    source
}

/// A JSON merge patch.
pub(super) fn merge<'s>(value: &mut Value<'s>, patch: Value<'s>) {
    if !(value.is_map() && patch.is_map()) {
        *value = patch;
        return;
    }
    for entry in patch.entries() {
        if entry.value.is_null() {
            value.remove(&entry.key);
        } else if let Some(own) = value.get_mut(&entry.key) {
            merge(own, entry.value.clone());
        } else {
            value.set(entry.key.clone(), entry.value.clone());
        }
    }
}
