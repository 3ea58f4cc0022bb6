//! What is a secret: names that promise one, values that are none, and values that cannot be anything else.
//!
//! Precision comes first: a rule that calls `TOKEN_EXPIRY: 3600` a secret is switched off on its first day.

mod base64;
mod name;
mod shape;
mod text;
mod usage;

use plimsoll_yaml::Node;

use crate::Resource;

pub use base64::decode;
pub use name::{names_place, names_secret};
pub use shape::shape;
pub use text::{is_literal, is_path, is_placeholder};
pub use usage::mentions;

/// Why a value is taken for a secret, in words that follow "holds": never the value itself.
pub fn evidence(name: &str, value: &str) -> Option<String> {
    shape(value).map(str::to_owned).or_else(|| {
        let single = !value.trim().contains('\n');
        (single && names_secret(name) && is_literal(value)).then(|| "a secret in clear".to_owned())
    })
}

/// The first line of a configuration file that sets something secret: its key and its number, from 1.
pub fn secret_line(text: &str) -> Option<(&str, usize)> {
    let mut lines = text.lines().enumerate();
    lines.find_map(|(number, line)| {
        let line = line.trim();
        if line.starts_with(['#', ';', '/', '-', '!']) {
            return None;
        }
        let at = line.find(['=', ':'])?;
        let key = line[..at].trim().trim_matches(['"', '\'']);
        let value = line[at + 1..]
            .trim()
            .trim_end_matches(',')
            .trim_matches(['"', '\'']);
        let word = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
        // Code and templates have calls, fields and brackets where a setting has a word.
        let code = value.contains(['(', ')', '{', '}', '[', ']', ';', '\\']);
        let sets = !key.is_empty() && key.bytes().all(word) && !code;
        (sets && names_secret(key) && is_literal(value)).then_some((key, number + 1))
    })
}

/// Whether an object is encrypted with SOPS, which leaves a key of that name beside its fields.
pub fn is_sops_encrypted(resource: &Resource<'_>) -> bool {
    resource.node.get("sops").is_some_and(Node::is_mapping)
}

/// The name of the Secret that an object has a controller make: an `ExternalSecret`, a `SealedSecret` or one of Vault's.
pub fn produced<'s>(resource: &Resource<'s>) -> Option<&'s str> {
    let paths = [
        "spec.target.name",
        "spec.destination.name",
        "spec.template.metadata.name",
    ];
    let named = paths.iter().find_map(|path| resource.field(path)?.text());
    named
        .filter(|name| !name.is_empty())
        .or(Some(resource.name))
        .filter(|name| !name.is_empty())
}
