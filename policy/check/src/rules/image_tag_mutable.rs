use crate::image;
use crate::naming::shortened;
use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "image-tag-mutable",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an image without a tag, or with one that moves",
    help: "name a version (`:1.4.2`), or pin the image by its digest (`@sha256:…`)",
    standards: &[],
    docs: include_str!("image_tag_mutable.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for image in image::used(workload) {
        let parts = image.parts();
        if !parts.is_floating() || parts.fault().is_some() {
            continue;
        }
        let fault = match parts.tag {
            None => format!(
                "`{}` without a tag, which means `latest`",
                shortened(image.text)
            ),
            Some(tag) => format!(
                "`{}`, and `{tag}` is another image tomorrow",
                shortened(image.text)
            ),
        };
        cx.report_in(workload, image.node, format!("{} uses {fault}", image.user))
            .file();
    }
}
