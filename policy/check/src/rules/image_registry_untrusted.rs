use crate::image;
use crate::naming::shortened;
use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "image-registry-untrusted",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an image comes from a registry that is not allowed",
    help: "use the image from an allowed registry, or add the registry to the fact `allowedRegistries`",
    standards: &[],
    docs: include_str!("image_registry_untrusted.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let allowed = &cx.facts().allowed_registries;
    if allowed.is_empty() {
        return;
    }
    for image in image::used(workload) {
        let source = image.parts().canonical();
        if !allowed.iter().any(|prefix| lies_under(&source, prefix)) {
            let message = format!(
                "{} uses `{}`, which is none of the allowed registries'",
                image.user,
                shortened(&source)
            );
            cx.report_in(workload, image.node, message).file();
        }
    }
}

/// `ghcr.io/acme/api` lies under `ghcr.io` and `ghcr.io/acme`, and not under `ghcr.io/ac`.
fn lies_under(source: &str, prefix: &str) -> bool {
    let rest = source.strip_prefix(prefix.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
