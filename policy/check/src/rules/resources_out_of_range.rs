use crate::demand::{self, Side};
use crate::{Check, Container, Context, Item, Needs, Quantity, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "resources-out-of-range",
    item: Item::Resources,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a request or a limit is too small to run with, or larger than any node",
    help: "check the suffix: `m` is a thousandth, `Mi` is 1048576 bytes; the bounds are facts of the configuration",
    standards: &[],
    docs: include_str!("resources_out_of_range.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let facts = cx.facts();
    let least = Quantity::from_units(facts.min_memory_mebibytes.saturating_mul(1 << 20));
    let most = Quantity::from_units(facts.max_memory_gibibytes.saturating_mul(1 << 30));
    let cores = Quantity::from_units(facts.max_cpu_cores);
    for (side, verb) in [(Side::Requests, "asks for"), (Side::Limits, "may use")] {
        let written = |resource| {
            let node = demand::own(container, side, resource)?;
            Some((
                node,
                demand::amount(node).filter(|amount| amount.is_positive())?,
                node.text()?,
            ))
        };
        if let Some((node, amount, text)) = written("memory") {
            let bytes = if text.ends_with('m') {
                ", and `m` means thousandths of a byte"
            } else {
                ""
            };
            let fault = match amount {
                _ if amount < least => {
                    format!("less than {} MiB{bytes}", facts.min_memory_mebibytes)
                }
                _ if amount > most => format!("more than {} GiB", facts.max_memory_gibibytes),
                _ => continue,
            };
            cx.report_in(
                workload,
                node,
                format!("{container} {verb} {text} of memory: {fault}"),
            )
            .file();
        }
        if let Some((node, _, text)) = written("cpu").filter(|(_, amount, _)| *amount > cores) {
            let message = format!(
                "{container} {verb} {text} CPUs: more than {}",
                facts.max_cpu_cores
            );
            cx.report_in(workload, node, message)
                .help(format!(
                    "write `{text}m` if {text} thousandths of a CPU are meant"
                ))
                .file();
        }
    }
}
