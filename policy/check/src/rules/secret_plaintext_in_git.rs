use plimsoll_yaml::{Entry, Node};

use crate::rbac::some_of;
use crate::secret::{
    decode, is_path, is_placeholder, is_sops_encrypted, names_place, secret_line, shape,
};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "secret-plaintext-in-git",
    item: Item::Secrets,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a Secret is kept in the repository with its values",
    help: "keep an ExternalSecret, a SealedSecret or a SOPS file instead, and change the values: git keeps them",
    standards: &[],
    docs: include_str!("secret_plaintext_in_git.md"),
    check: Check::Resource(&[Kind::Secret], check),
};

fn check<'s>(cx: &Context<'_, 's>, secret: &Resource<'s>) {
    // The API server fills in the token of a ServiceAccount.
    let filled =
        secret.field("type").and_then(Node::text) == Some("kubernetes.io/service-account-token");
    if filled || is_sops_encrypted(secret) {
        return;
    }
    let entries = |field| secret.node.get(field).into_iter().flat_map(Node::entries);
    let encoded = entries("data").filter(|entry| is_clear(*entry, true));
    let found: Vec<Entry<'s>> = encoded
        .chain(entries("stringData").filter(|entry| is_clear(*entry, false)))
        .collect();
    if let Some(first) = found.first() {
        let keys: Vec<_> = found
            .iter()
            .map(|entry| format!("`{}`", entry.name()))
            .collect();
        cx.report(
            secret,
            *first,
            format!("{secret} holds its values in clear: {}", some_of(&keys)),
        )
        .file();
    }
}

/// Whether an entry has a value of its own that nobody should read. Base64 hides nothing.
fn is_clear(entry: Entry<'_>, encoded: bool) -> bool {
    let Some(text) = entry.value.text().filter(|text| !is_placeholder(text)) else {
        return false;
    };
    let bytes = if encoded { decode(text) } else { None };
    let decoded = bytes.map(String::from_utf8);
    let value = match &decoded {
        Some(Ok(value)) => value.as_str(),
        // No text at all: a keystore, a key in DER.
        Some(Err(_)) => return true,
        None => text,
    };
    shape(value).is_some() || !(is_placeholder(value) || is_public(entry.name(), value))
}

/// A certificate, a path, a switch, the name of a user or a place, or settings of which none is secret.
fn is_public(key: &str, value: &str) -> bool {
    let settings = [".properties", ".conf", ".config", ".cfg", ".ini"]
        .iter()
        .any(|end| key.ends_with(end));
    value.contains("-----BEGIN CERTIFICATE-----")
        || names_place(key)
        || is_path(value)
        || matches!(value.trim(), "true" | "false")
        || (settings && secret_line(value).is_none())
}
