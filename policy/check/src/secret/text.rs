//! Values that are no secrets, whatever their name: references, placeholders, paths, switches.

/// Beginnings of references that something resolves at run time: Bank-Vaults and vals, 1Password, Azure, AWS, GCP, SOPS.
const REFERENCES: &[&str] = &[
    "vault:",
    "ref+",
    "op://",
    "secretref:",
    "@Microsoft.KeyVault",
    "arn:aws:",
    "awssm:",
    "gcpsm:",
    "sm://",
    "ENC[",
    "env:",
    "file:",
    "projects/",
    "secret:",
    "$",
    "%",
];

/// Parts of words that somebody writes where a value has to be put.
const STAND_INS: &[&str] = &[
    "replace",
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "your-",
    "your_",
    "todo",
    "fixme",
    "example",
    "dummy",
    "redacted",
    "insert-",
    "insert_",
    "set-me",
    "set_me",
    "setme",
    "fill-",
    "fill_",
    "xxxx",
    "****",
    "...",
];

/// Words that a setting with a secret-like name may have for a value.
const SWITCHES: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "none",
    "null",
    "nil",
    "default",
    "enabled",
    "disabled",
    "required",
    "optional",
    "basic",
    "bearer",
    "jwt",
    "oauth2",
    "oidc",
    "header",
    "cookie",
    "query",
    "env",
    "file",
    "vault",
    "kubernetes",
    "auto",
    "random",
    "undefined",
    "empty",
    "n/a",
];

/// Endings of the names of files.
const FILES: &[&str] = &[
    ".pem",
    ".key",
    ".crt",
    ".json",
    ".txt",
    ".yaml",
    ".yml",
    ".conf",
    ".properties",
    ".jks",
    ".p12",
    ".env",
    ".toml",
];

/// Stands for a value that comes from elsewhere, or is none: `${PASSWORD}`, `<path:kv/app#key>`, `$(OTHER)`, `REPLACE_ME`.
pub fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let bracketed = [
        ("<", ">"),
        ("{{", "}}"),
        ("${", "}"),
        ("$(", ")"),
        ("[[", "]]"),
        ("@@", "@@"),
        ("__", "__"),
    ];
    let within = |(open, close): (&str, &str)| {
        let rest = value.split_once(open).map(|(_, rest)| rest);
        rest.is_some_and(|rest| rest.contains(close))
    };
    value.is_empty()
        || bracketed.into_iter().any(within)
        || REFERENCES.iter().any(|prefix| value.starts_with(prefix))
        || STAND_INS.iter().any(|part| lower.contains(part))
        || is_one_character(value)
}

/// May well be a secret under a name that says so: no placeholder, path, number, switch, sentence or name of an object.
pub fn is_literal(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let is_path = value.starts_with(['/', '.', '~'])
        || value.contains(":\\")
        || FILES.iter().any(|end| lower.ends_with(end));
    let is_number = value
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit())
        && value
            .trim_end_matches(|c: char| "smhdkMGib".contains(c))
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    !(is_placeholder(value)
        || is_path
        || is_number
        || value.contains("://")
        || value.contains(char::is_whitespace)
        || SWITCHES.contains(&lower.as_str())
        || names_object(value))
}

/// `api-db-credentials`: the name of a Secret rather than what is in it.
fn names_object(value: &str) -> bool {
    let dns = value
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-./".contains(&byte));
    let last = value.rsplit(['-', '/']).next().unwrap_or_default();
    let words = [
        "secret",
        "secrets",
        "credential",
        "credentials",
        "creds",
        "token",
        "tokens",
        "password",
        "key",
        "keys",
        "tls",
        "auth",
        "cert",
    ];
    dns && value.contains('-') && words.contains(&last)
}

fn is_one_character(value: &str) -> bool {
    let first = value.chars().next();
    value.chars().all(|c| Some(c) == first)
}

#[cfg(test)]
mod tests {
    use super::is_literal;

    #[test]
    fn tells_values_from_stand_ins() {
        for value in [
            "hunter2",
            "postgres",
            "Tr0ub4dor&3",
            "c2VjcmV0c2VjcmV0",
            "secretsquirrels",
            "12ab34cd",
        ] {
            assert!(is_literal(value), "{value}");
        }
        let none = [
            "",
            "${DB_PASSWORD}",
            "$(DB_PASSWORD)",
            "$DB_PASSWORD",
            "<path:kv/data/app#password>",
            "REPLACE_ME",
            "changeme",
            "/run/secrets/db",
            "./token",
            "true",
            "3600",
            "24h",
            "1.5",
            "https://login.acme.io/token",
            "api-db-credentials",
            "{{ .Values.password }}",
            "vault:secret/data/db#password",
            "token.json",
            "xxxxxxxx",
            "********",
            "none",
            "a sentence about passwords",
            "AKIAIOSFODNN7EXAMPLE",
            "ENC[AES256_GCM,data:x]",
        ];
        for value in none {
            assert!(!is_literal(value), "{value}");
        }
    }
}
