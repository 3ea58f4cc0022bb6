use plimsoll_yaml::Scalar;

use crate::naming::{ANNOTATIONS_SIZE, annotation_maps, shortened};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "annotation-value-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "annotations that the API server refuses: no strings, or more than 256 KiB",
    help: "write the value in quotes; keep what is large in a ConfigMap",
    standards: &[],
    docs: include_str!("annotation_value_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for map in annotation_maps(resource) {
        for entry in map.value.entries() {
            if !matches!(entry.value.scalar(), Some(Scalar::Str(_) | Scalar::Null)) {
                let (key, kind) = (shortened(entry.name()), entry.value.kind().name());
                cx.report(
                    resource,
                    entry.value,
                    format!("the value of annotation `{key}` is {kind}, not a string"),
                )
                .file();
            }
        }
        let size: usize = map
            .value
            .entries()
            .map(|entry| entry.name().len() + entry.value.text().map_or(0, str::len))
            .sum();
        if size > ANNOTATIONS_SIZE {
            cx.report(
                resource,
                map,
                format!("the annotations of {resource} have {size} bytes, {ANNOTATIONS_SIZE} are allowed"),
            )
            .file();
        }
    }
}
