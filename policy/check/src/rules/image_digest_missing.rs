use crate::image;
use crate::naming::shortened;
use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "image-digest-missing",
    item: Item::Security,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an image that is not pinned by its digest",
    help: "add the digest after the tag: `:1.4.2@sha256:…`; Renovate and Flux keep it up to date",
    standards: &[],
    docs: include_str!("image_digest_missing.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for image in image::used(workload).filter(|image| image.parts().digest.is_none()) {
        cx.report_in(
            workload,
            image.node,
            format!(
                "{} uses `{}` without its digest",
                image.user,
                shortened(image.text)
            ),
        )
        .file();
    }
}
