use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "pvc-annotation-missing",
    item: Item::Backups,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a volume claim lacks an annotation that the platform asks for",
    help: "add the annotation, such as the one that says how the volume is backed up",
    standards: &[],
    docs: include_str!("pvc_annotation_missing.md"),
    check: Check::Resource(&[Kind::StatefulSet, Kind::PersistentVolumeClaim], check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let templates = resource
        .field("spec.volumeClaimTemplates")
        .filter(|_| resource.kind == Kind::StatefulSet);
    let own = (resource.kind == Kind::PersistentVolumeClaim).then_some(resource.node);
    for claim in templates
        .into_iter()
        .flat_map(Node::items)
        .chain(own)
        .filter(|claim| claim.is_mapping())
    {
        let annotations = claim.at(&["metadata", "annotations"]);
        let has = |key: &&String| {
            annotations
                .and_then(|all| all.get(key))
                .is_some_and(|value| !value.is_empty())
        };
        let missing: Vec<_> = cx
            .facts()
            .volume_annotations
            .iter()
            .filter(|key| !has(key))
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            let name = claim
                .at(&["metadata", "name"])
                .and_then(Node::text)
                .unwrap_or_default();
            let message = format!(
                "claim `{name}` has no annotation `{}`",
                missing.join("`, `")
            );
            cx.report(
                resource,
                Place::missing(claim, "metadata.annotations"),
                message,
            )
            .file();
        }
    }
}
