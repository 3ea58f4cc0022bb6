use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "secret-no-refresh",
    item: Item::Secrets,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a Secret is fetched once, or so seldom that a rotation is not followed",
    help: "set `spec.refreshInterval: 1h` with `refreshPolicy: Periodic`",
    standards: &[],
    docs: include_str!("secret_no_refresh.md"),
    check: Check::Resource(&[Kind::ExternalSecret], check),
};

fn check<'s>(cx: &Context<'_, 's>, secret: &Resource<'s>) {
    let Some(spec) = secret.spec().filter(|spec| !is_generated(*spec)) else {
        return;
    };
    let policy = spec.get("refreshPolicy");
    match policy.and_then(|node| Some((node, node.text()?))) {
        Some((node, text @ ("CreatedOnce" | "OnChange"))) => {
            cx.report(
                secret,
                node,
                format!("{secret} does not follow its store: its policy is {text}"),
            )
            .file();
        }
        _ => check_interval(cx, secret, spec),
    }
}

fn check_interval<'s>(cx: &Context<'_, 's>, secret: &Resource<'s>, spec: Node<'s>) {
    let Some(interval) = spec.get("refreshInterval") else {
        return;
    };
    let most = cx.facts().secret_refresh_hours;
    match interval.text().and_then(|text| Some((text, hours(text)?))) {
        Some((text, 0.0)) => {
            cx.report(
                secret,
                interval,
                format!("{secret} is fetched once: its refresh interval is {text}"),
            )
            .file();
        }
        Some((text, hours)) if hours > f64::from(i32::try_from(most).unwrap_or(i32::MAX)) => {
            let message = format!("{secret} is fetched every {text} only, more than {most} hours");
            cx.report(secret, interval, message).file();
        }
        _ => {}
    }
}

/// Values that a generator makes: a refresh would make others.
fn is_generated(spec: Node<'_>) -> bool {
    let sources = spec.get("dataFrom").into_iter().flat_map(Node::items);
    let mut generators = sources.filter_map(|source| source.get("sourceRef")?.get("generatorRef"));
    spec.get("secretStoreRef").is_none() && generators.next().is_some()
}

/// A duration of Go (`1h30m`, `0`) in hours; `None` for text that is none.
fn hours(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut hours = 0.0;
    while !rest.is_empty() && rest != "0" {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let units = [
            ("ms", 3_600_000.0),
            ("us", 3.6e9),
            ("ns", 3.6e12),
            ("h", 1.0),
            ("m", 60.0),
            ("s", 3600.0),
        ];
        let (unit, parts) = units
            .into_iter()
            .find(|(unit, _)| rest[digits..].starts_with(unit))?;
        hours += number / parts;
        rest = &rest[digits + unit.len()..];
    }
    (!text.is_empty()).then_some(hours)
}
