use plimsoll_yaml::{Entry, Node};

use crate::secret::{evidence, secret_line, shape};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity, within};

pub(super) static RULE: Rule = Rule {
    id: "secret-in-configmap",
    item: Item::Secrets,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a ConfigMap holds a secret",
    help: "move it to a Secret that comes from a store, read it from a file or a variable, and change it: git keeps it",
    standards: &[],
    docs: include_str!("secret_in_configmap.md"),
    check: Check::Resource(&[Kind::ConfigMap], check),
};

fn check<'s>(cx: &Context<'_, 's>, configmap: &Resource<'s>) {
    for entry in configmap
        .node
        .get("data")
        .into_iter()
        .flat_map(Node::entries)
    {
        let (key, Some(value)) = (entry.name(), entry.value.text()) else {
            continue;
        };
        let setting = is_settings(key).then(|| secret_line(value)).flatten();
        let many = value.trim().contains('\n');
        let what = if many {
            shape(value).map(str::to_owned)
        } else {
            evidence_of(key, value)
        };
        if let Some(what) = what {
            let line = value.lines().position(|line| shape(line).is_some());
            let line = line.filter(|_| many).map(|line| line + 1);
            cx.report(
                configmap,
                place(cx, entry, line),
                format!("`{key}` of {configmap} holds {what}"),
            )
            .file();
        } else if let Some((name, line)) = setting {
            let message =
                format!("`{key}` of {configmap} sets the secret `{name}`, in its line {line}");
            cx.report(configmap, place(cx, entry, Some(line)), message)
                .file();
        }
    }
}

/// The line where it stands, or the key of a value that is not written as it reads.
fn place<'s>(cx: &Context<'_, 's>, entry: Entry<'s>, line: Option<usize>) -> Place<'s> {
    let line = line.and_then(|line| within::line(cx.inventory.sources(), entry.value, line));
    line.map_or_else(|| entry.into(), |line| Place::part(entry.value, line, ""))
}

/// A key that is the name of a file says nothing about a single value.
fn evidence_of(key: &str, value: &str) -> Option<String> {
    let name = if file_type(key).is_some() { "" } else { key };
    evidence(name, value)
}

/// Files whose lines set one thing each; scripts and programs have lines that look the same and mean something else.
const SETTINGS: &[&str] = &[
    "properties",
    "env",
    "ini",
    "conf",
    "cnf",
    "cfg",
    "toml",
    "yaml",
    "yml",
    "json",
];
const OTHERS: &[&str] = &[
    "sh", "py", "js", "lua", "sql", "html", "tpl", "tmpl", "xml", "md", "txt", "rego", "vcl", "pl",
    "rb",
];

fn is_settings(key: &str) -> bool {
    file_type(key).is_none_or(|file| SETTINGS.contains(&file))
}

/// What follows the last point, where it is the ending of a file's name and not a part of a setting's.
fn file_type(key: &str) -> Option<&str> {
    let (_, last) = key.rsplit_once('.')?;
    (SETTINGS.contains(&last) || OTHERS.contains(&last)).then_some(last)
}
