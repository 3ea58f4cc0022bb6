//! What is done to the objects of a root after they were built: variables, labels for all, the namespace they go into.

use super::RootKind;
use super::ground::Ground;
use super::plan::{Plan, Reference};
use super::substitute;
use crate::kustomize::object::Object;
use crate::{Fault, FaultKind, Value, value};

/// Does what is to be done.
pub(super) fn finish<'s>(objects: &mut [Object<'s>], plan: &Plan<'s>, faults: &mut Vec<Fault>) {
    put_variables(objects, plan, faults);
    for object in objects.iter_mut() {
        for (map, entries) in [
            ("labels", &plan.finish.labels),
            ("annotations", &plan.finish.annotations),
        ] {
            for entry in entries {
                put(object, map, entry);
            }
        }
        if plan.kind == RootKind::Application
            && let Some((namespace, span)) = &plan.namespace
            && object.namespace().is_empty()
            && !object.name().is_empty()
            && !is_of_cluster(object)
        {
            object.set_metadata("namespace", namespace.clone(), *span);
        }
    }
}

fn put<'s>(object: &mut Object<'s>, map: &'static str, entry: &crate::Entry<'s>) {
    let by = entry.value.origin.span;
    let metadata = object.value.map_at("metadata", by);
    if let Some(map) = metadata.and_then(|metadata| metadata.map_at(map, by)) {
        let text = entry.value.shared_text().cloned().unwrap_or_default();
        match map.get_mut(&entry.key) {
            Some(value) => value.replace_text(text, by),
            None => map.set(
                entry.key.clone(),
                Value::string(text, entry.value.origin.clone()),
            ),
        }
    }
}

/// Kinds of the cluster that came after kustomize's table, and those of others that are everywhere.
const OF_CLUSTER: &[&str] = &[
    "FlowSchema",
    "GatewayClass",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "SecurityContextConstraints",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "VolumeSnapshotClass",
    "VolumeSnapshotContent",
];

fn is_of_cluster(object: &Object<'_>) -> bool {
    let kind = object.kind();
    object.gvk().is_cluster_scoped() || kind.starts_with("Cluster") || OF_CLUSTER.contains(&kind)
}

fn put_variables<'s>(objects: &mut [Object<'s>], plan: &Plan<'s>, faults: &mut Vec<Fault>) {
    let mut variables = substitute::Variables::default();
    let mut closed = Vec::new();
    for reference in &plan.finish.substitute_from {
        if let Some(object) = &reference.found {
            read(object, reference, &mut variables, &mut closed);
        } else {
            variables.open();
            closed.push((reference, "is not in this repository"));
        }
    }
    for entry in &plan.finish.substitute {
        let text = entry.value.text().unwrap_or_default();
        variables.set(&entry.key, text, entry.value.origin.span);
    }
    if variables.is_empty() {
        return;
    }
    let unknown = substitute::objects(objects, &variables, faults);
    if let (Some((reference, _)), false) = (closed.first(), unknown.is_empty()) {
        let names = unknown.into_iter().collect::<Vec<_>>().join(", ");
        let message = format!("variables that are not known stay as they are written: {names}");
        let mut fault = Fault::new(FaultKind::Unsupported, message).at(reference.span);
        for (reference, why) in &closed {
            fault = fault.related(
                reference.span,
                format!("{} {} {why}", reference.kind, reference.name),
            );
        }
        faults.push(
            *fault.help(
                "give them defaults, as in `${NAME:=value}`, to have what they are in checked",
            ),
        );
    }
}

/// Looks for the objects that a plan's variables come from: as they are deployed by what deploys the root, the nearest
/// first, or as they stand in a file near to where it all begins.
pub(super) fn look_up<'s>(
    plan: &mut Plan<'s>,
    above: &[&[Object<'s>]],
    ground: &Ground<'_, 's>,
    near: &str,
) {
    let own = plan.own_namespace.as_str();
    for reference in &mut plan.finish.substitute_from {
        let same = |object: &&Object<'s>| {
            let namespace = object.namespace();
            object.kind() == reference.kind
                && object.name() == reference.name
                && (namespace == own || namespace.is_empty() || own.is_empty())
        };
        let deployed = above.iter().find_map(|objects| objects.iter().find(same));
        reference.found = deployed.map(|object| object.value.clone()).or_else(|| {
            let raw = ground.find(&reference.kind, own, &reference.name, near)?;
            Some(value(raw.node))
        });
    }
}

fn read<'r, 's>(
    object: &Value<'_>,
    reference: &'r Reference<'s>,
    variables: &mut substitute::Variables,
    closed: &mut Vec<(&'r Reference<'s>, &'static str)>,
) {
    let encrypted = object.get("sops").is_some();
    if encrypted {
        closed.push((reference, "is encrypted"));
    }
    let entries = |key| object.get(key).map(Value::entries).unwrap_or_default();
    let secret = reference.kind == "Secret";
    for entry in entries("data")
        .iter()
        .chain(entries("stringData").iter().filter(|_| secret))
    {
        let text = entry.value.text().unwrap_or_default();
        if encrypted {
            variables.set_secret(&entry.key);
        } else if secret && entries("data").iter().any(|data| std::ptr::eq(data, entry)) {
            let decoded = base64(text).and_then(|bytes| String::from_utf8(bytes).ok());
            variables.set(
                &entry.key,
                &decoded.unwrap_or_default(),
                entry.value.origin.span,
            );
        } else {
            variables.set(&entry.key, text, entry.value.origin.span);
        }
    }
}

/// The bytes that a text in base 64 stands for.
fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0u32);
    for c in text
        .bytes()
        .filter(|c| !c.is_ascii_whitespace() && *c != b'=')
    {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    Some(bytes)
}
