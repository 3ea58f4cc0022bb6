use crate::{Check, Context, Item, Kind, Needs, Place, Resolution, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "hpa-target-missing",
    item: Item::Autoscaling,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a HorizontalPodAutoscaler scales something that does not exist",
    help: "name the workload by its own `apiVersion`, `kind` and `name`, in the namespace of the autoscaler",
    standards: &[],
    docs: include_str!("hpa_target_missing.md"),
    check: Check::Resource(&[Kind::HorizontalPodAutoscaler], check),
};

fn check<'s>(cx: &Context<'_, 's>, hpa: &Resource<'s>) {
    let Some(scaler) = cx.inventory.scaling().scaler(hpa) else {
        return;
    };
    let resolution = scaler.resolve(cx.inventory, cx.config);
    let Some(target) = scaler.target else {
        return cx
            .report(
                hpa,
                Place::missing(hpa.node, "spec.scaleTargetRef"),
                format!("{hpa} does not say what it scales"),
            )
            .file();
    };
    let (kind, name) = (target.kind_name, target.name);
    match resolution {
        Resolution::Unnamed => cx
            .report(
                hpa,
                Place::missing(target.node, "name"),
                format!("{hpa} names no kind or no name to scale"),
            )
            .file(),
        Resolution::Missing => {
            let place = target.node.get("name").unwrap_or(target.node);
            cx.report(
                hpa,
                place,
                format!(
                    "{hpa} scales {kind} {name}, which is not in namespace `{}`",
                    scaler.namespace
                ),
            )
            .file();
        }
        Resolution::OtherGroup(group) => {
            let said = if target.group.is_empty() {
                "the core group"
            } else {
                target.group
            };
            let place = target
                .node
                .get("apiVersion")
                .map_or_else(|| Place::missing(target.node, "apiVersion"), Place::value);
            cx.report(
                hpa,
                place,
                format!("{hpa} looks for {kind} {name} in {said}, where no {kind} is"),
            )
            .help(format!(
                "write the `apiVersion` of the {kind}: its group is `{group}`"
            ))
            .file();
        }
        Resolution::Found(_) | Resolution::NotScalable | Resolution::Elsewhere => {}
    }
}
