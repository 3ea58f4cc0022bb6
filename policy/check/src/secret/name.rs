//! Names of settings that hold a secret.

/// Words that say so by themselves.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "apikey",
    "apitoken",
    "authtoken",
    "credential",
    "credentials",
    "secretkey",
    "privatekey",
    "accesskey",
    "requirepass",
    "dbpassword",
    "pgpassword",
    "htpasswd",
];

/// Words that make a `key` one.
const KEYS: &[&str] = &[
    "api",
    "secret",
    "private",
    "encryption",
    "encrypt",
    "signing",
    "master",
    "auth",
    "session",
    "cookie",
];

/// Words after which a name is about a secret and does not hold it: `SECRET_NAME`, `TOKEN_EXPIRY`, `PASSWORD_FILE`.
const ABOUT: &[&str] = &[
    "algorithm",
    "alg",
    "algo",
    "alias",
    "allowed",
    "attribute",
    "attributes",
    "audience",
    "backend",
    "bucket",
    "bytes",
    "chars",
    "claim",
    "class",
    "config",
    "configmap",
    "cost",
    "count",
    "days",
    "dir",
    "directory",
    "disabled",
    "driver",
    "duration",
    "enable",
    "enabled",
    "encoding",
    "endpoint",
    "engine",
    "env",
    "expiration",
    "expire",
    "expires",
    "expiry",
    "field",
    "file",
    "filename",
    "format",
    "group",
    "hash",
    "hashed",
    "header",
    "host",
    "hours",
    "id",
    "ids",
    "interval",
    "issuer",
    "keyname",
    "kind",
    "label",
    "length",
    "lifetime",
    "limit",
    "limits",
    "location",
    "manager",
    "max",
    "maxage",
    "method",
    "min",
    "minutes",
    "mode",
    "mount",
    "name",
    "names",
    "namespace",
    "param",
    "parameter",
    "path",
    "pattern",
    "paths",
    "policy",
    "port",
    "prefix",
    "property",
    "provider",
    "reference",
    "refresh",
    "regex",
    "ref",
    "refs",
    "region",
    "required",
    "reset",
    "review",
    "role",
    "rotation",
    "rounds",
    "scheme",
    "seconds",
    "selector",
    "server",
    "service",
    "size",
    "source",
    "store",
    "strategy",
    "suffix",
    "template",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "usage",
    "user",
    "username",
    "validation",
    "validity",
    "version",
    "volume",
];

/// Words before which it is a choice, not a value: `disable_password`, `allow-empty-password`.
const CHOICE: &[&str] = &[
    "allow",
    "automount",
    "change",
    "disable",
    "enable",
    "existing",
    "external",
    "forgot",
    "generate",
    "hide",
    "ignore",
    "is",
    "max",
    "min",
    "no",
    "num",
    "random",
    "require",
    "required",
    "show",
    "skip",
    "supports",
    "use",
    "with",
    "without",
];

/// Last words of names whose values are no secret: where something is, and who logs in to it.
const PLACES: &[&str] = &[
    "bucket",
    "crt",
    "database",
    "dbname",
    "email",
    "endpoint",
    "host",
    "hostname",
    "insecure",
    "name",
    "namespace",
    "oci",
    "path",
    "port",
    "project",
    "region",
    "server",
    "type",
    "url",
    "user",
    "username",
    "version",
];

/// Whether an entry of a Secret of this name is no secret by itself: `username`, `POSTGRES_HOST`, `keyStorePath`, `ca.crt`.
pub fn names_place(name: &str) -> bool {
    words(name)
        .last()
        .is_some_and(|word| PLACES.contains(&word.as_str()))
}

/// Whether a name has the beginning of a word that promises a secret, in any case: asked of every line of every
/// configuration file.
fn may_name_secret(name: &str) -> bool {
    name.as_bytes().windows(3).any(|three| {
        let lower = [three[0] | 0x20, three[1] | 0x20, three[2] | 0x20];
        matches!(&lower, b"pas" | b"pwd" | b"sec" | b"tok" | b"key" | b"cre")
    })
}

/// Whether a setting of this name holds a secret: `DB_PASSWORD`, `apiKey`, `spring.datasource.password`, `jwt-secret`.
pub fn names_secret(name: &str) -> bool {
    // Most names say nothing of the kind, and are not taken apart.
    if !may_name_secret(name) {
        return false;
    }
    let words = words(name);
    let said = (0..words.len()).rev().find(|at| is_secret(&words, *at));
    said.is_some_and(|at| {
        let is = |list: &[&str], words: &[String]| {
            words.iter().any(|word| list.contains(&word.as_str()))
        };
        // `passwordKey` says under which key of a Secret the password stands.
        let names_key = words[at] != "secret" && words[at + 1..] == ["key"];
        !names_key
            && !is(ABOUT, &words[at + 1..])
            && !is(CHOICE, &words[..at])
            && !is(&["public"], &words)
    })
}

fn is_secret(words: &[String], at: usize) -> bool {
    let word = words[at].as_str();
    let before = at.checked_sub(1).map(|at| words[at].as_str());
    SECRET.contains(&word) || (word == "key" && before.is_some_and(|before| KEYS.contains(&before)))
        // A pass is a password only where it stands last: `DB_PASS`, not `PASS_THROUGH`.
        || (word == "pass" && at + 1 == words.len() && at > 0)
}

/// The words of a name in lower case: at `_`, `-`, `.`, spaces, and where capitals begin (`apiKey`, `DBPassword`).
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map_or('_', |at| chars[at]);
        let next_is_lower = chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let begins = c.is_ascii_uppercase() && (!before.is_ascii_uppercase() || next_is_lower);
        if !c.is_ascii_alphanumeric() || begins {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    #[test]
    fn tells_what_holds_a_secret_from_what_is_about_one() {
        let secret = [
            "DB_PASSWORD",
            "password",
            "apiKey",
            "API_KEY",
            "spring.datasource.password",
            "jwt-secret",
            "SECRET_BLAH",
            "AWS_SECRET_ACCESS_KEY",
            "SMTP_PASS",
            "DJANGO_SECRET_KEY",
            "clientSecret",
            "GITHUB_TOKEN",
            "DBPassword",
            "MYSQL_ROOT_PASSWORD",
            "redis-password",
            "COOKIE_SECRET",
        ];
        for name in secret {
            assert!(super::names_secret(name), "{name}");
        }
        let about = [
            "SECRET_NAME",
            "PASSWORD_FILE",
            "TOKEN_PATH",
            "TOKEN_EXPIRY",
            "server-tokens",
            "MAX_TOKENS",
            "PUBLIC_KEY",
            "AWS_ACCESS_KEY_ID",
            "PASS_THROUGH",
            "bypass",
            "compass",
            "ALLOW_EMPTY_PASSWORD",
            "secretName",
            "KEY",
            "monkey",
            "SORT_KEY",
            "passwordResetUrl",
            "TOKEN_URL",
            "SECRETS_DIR",
            "tokenReviewTimeout",
            "pass",
            "password_encryption_algorithm",
            "existingSecretRef",
            "existingSecret",
            "existingSecretPasswordKey",
            "admin.passwordKey",
            "PUBLIC_API_KEY",
        ];
        for name in about {
            assert!(!super::names_secret(name), "{name}");
        }
    }
}
