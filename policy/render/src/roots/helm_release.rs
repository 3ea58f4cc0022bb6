//! Flux's `HelmRelease`s: which chart, from where. Charts are not rendered yet, so each is one fault that names its chart.

use super::ground::{Ground, file_of};
use super::plan::{Plan, text};
use super::{RootKind, flux};
use crate::{Fault, FaultKind, Value};

/// What a `HelmRelease` asks for.
pub(super) fn plan<'s>(object: &Value<'s>, ground: &Ground<'_, 's>) -> Plan<'s> {
    let mut plan = Plan::new(RootKind::HelmRelease, object);
    let Some(spec) = object.get("spec") else {
        return plan;
    };
    plan.cluster = flux::cluster(spec);
    let namespace = ["targetNamespace"].iter().find_map(|key| spec.get(key));
    let namespace = namespace.or_else(|| object.at(&["metadata", "namespace"]));
    plan.namespace =
        namespace.and_then(|value| Some((value.text()?.to_owned(), value.origin.span)));
    let chart = text(spec, &["chart", "spec", "chart"]);
    let reference = spec
        .at(&["chart", "spec", "sourceRef"])
        .or_else(|| spec.get("chartRef"));
    let source = |key| {
        reference
            .and_then(|reference| text(reference, &[key]))
            .unwrap_or_default()
    };
    let span = spec
        .at(&["chart", "spec", "chart"])
        .or(reference)
        .map_or(spec.origin.span, |value| value.origin.span);
    let (kind, name) = (source("kind"), source("name"));
    if kind == "GitRepository"
        && let Some(path) = chart
    {
        let from = file_of(ground.repository, object.origin.span);
        if let Some(place) = ground.place(path, from) {
            plan.folder = place.folder;
        }
    }
    let message = match (chart, plan.folder.as_str()) {
        (Some(_), folder) if !folder.is_empty() => format!("the chart in {folder} is not rendered"),
        (Some(chart), _) => format!("chart {chart} of {kind} {name} is not rendered"),
        (None, _) if reference.is_some() => format!("the chart of {kind} {name} is not rendered"),
        (None, _) => "it names no chart here, so what it deploys is not known".to_owned(),
    };
    plan.faults
        .push(*Fault::new(FaultKind::Unsupported, message).at(span));
    plan
}
