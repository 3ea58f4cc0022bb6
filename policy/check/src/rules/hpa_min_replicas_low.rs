use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "hpa-min-replicas-low",
    item: Item::Autoscaling,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a HorizontalPodAutoscaler may leave too few pods",
    help: "set `minReplicas` to what a lost node and a rollout leave running: two at least",
    standards: &[],
    docs: include_str!("hpa_min_replicas_low.md"),
    check: Check::Resource(&[Kind::HorizontalPodAutoscaler], check),
};

fn check<'s>(cx: &Context<'_, 's>, hpa: &Resource<'s>) {
    let Some(spec) = hpa.spec() else { return };
    let wanted = cx.facts().hpa_min_replicas;
    let declared = spec.get("minReplicas").filter(|node| !node.is_null());
    match declared {
        None if wanted > 1 => {
            let place = Place::missing(spec, "minReplicas");
            cx.report(hpa, place, format!("{hpa} names no minReplicas, so one pod may be all there is; {wanted} are asked for")).file();
        }
        // Zero is scale-to-zero, which is `hpa-scale-to-zero`'s to judge.
        Some(node) if node.int().is_some_and(|min| min != 0 && min < wanted) => {
            cx.report(
                hpa,
                node,
                format!(
                    "{hpa} goes down to {}; {wanted} are asked for",
                    pods(node.int().unwrap_or_default())
                ),
            )
            .file();
        }
        _ => {}
    }
}

fn pods(count: i64) -> String {
    if count == 1 {
        "1 pod".into()
    } else {
        format!("{count} pods")
    }
}
