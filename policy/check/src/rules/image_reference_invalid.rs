use crate::image;
use crate::naming::shortened;
use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "image-reference-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a text that no container runtime takes for an image",
    help: "write `registry/path:tag` in lower case, or `registry/path@sha256:` and 64 hexadecimal digits",
    standards: &[],
    docs: include_str!("image_reference_invalid.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for image in image::used(workload) {
        let text = shortened(image.text);
        let fault = match image.text {
            url if url.contains("://") => Some("an image has no scheme".to_owned()),
            blank if blank.contains(char::is_whitespace) => Some("it has a blank in it".to_owned()),
            _ => image.parts().fault(),
        };
        if let Some(fault) = fault {
            cx.report_in(
                workload,
                image.node,
                format!("{} uses `{text}`, which is no image: {fault}", image.user),
            )
            .file();
        }
    }
}
