//! Values that are secrets by their shape alone, whatever they are called.

use super::text::is_placeholder;
use crate::search;

/// Prefix, length of what follows at least, and what it is. The formats are those that the issuers document:
/// AWS, <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html> (unique identifiers);
/// GitHub, <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>;
/// GitLab, <https://docs.gitlab.com/security/tokens/> (token prefixes);
/// Slack, <https://docs.slack.dev/authentication/tokens>;
/// Google, <https://cloud.google.com/docs/authentication/api-keys> (39 characters);
/// Stripe, <https://docs.stripe.com/keys>; npm, <https://docs.npmjs.com/about-access-tokens>;
/// Vault, <https://developer.hashicorp.com/vault/docs/concepts/tokens> (token prefixes).
const TOKENS: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("ghp_", 36, "a GitHub token"),
    ("gho_", 36, "a GitHub token"),
    ("ghu_", 36, "a GitHub token"),
    ("ghs_", 36, "a GitHub token"),
    ("ghr_", 36, "a GitHub token"),
    ("github_pat_", 70, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("xoxb-", 20, "a Slack token"),
    ("xoxp-", 20, "a Slack token"),
    ("xapp-", 20, "a Slack token"),
    ("AIza", 35, "a Google API key"),
    ("sk_live_", 20, "a Stripe key"),
    ("rk_live_", 20, "a Stripe key"),
    ("npm_", 36, "an npm token"),
    ("hvs.", 24, "a Vault token"),
];

/// Nothing below this length is a token: an AWS access key has four characters and sixteen.
const SHORTEST: usize = 20;

/// What a text holds: a private key, a token of a known service, a URL with a password.
pub fn shape(text: &str) -> Option<&'static str> {
    private_key(text)
        .or_else(|| words(text).find_map(token))
        .or_else(|| url_password(text))
}

/// PEM (RFC 7468): a header that names a private key, and something after it.
fn private_key(text: &str) -> Option<&'static str> {
    let (_, rest) = search::split_once(text, "-----BEGIN ", "-----".len())?;
    let (label, body) = rest.split_once("-----")?;
    let body = body.split("-----").next().unwrap_or_default().trim();
    let real = body.len() >= 64 && !is_placeholder(body);
    (label.ends_with("PRIVATE KEY") && real).then_some("a private key")
}

/// The words that are long enough to be a token. The last byte that one would need is looked at first: most texts have
/// short words, and of these few bytes are looked at.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let (bytes, mut start) = (text.as_bytes(), 0);
    std::iter::from_fn(move || {
        loop {
            let least = bytes.get(start..start + SHORTEST)?;
            if let Some(gap) = least.iter().rposition(|byte| !inside(byte)) {
                start += gap + 1;
                continue;
            }
            let length = bytes[start..]
                .iter()
                .take_while(|byte| inside(byte))
                .count();
            let word = &text[start..start + length];
            start += length;
            return Some(word);
        }
    })
}

fn token(word: &str) -> Option<&'static str> {
    let known = TOKENS.iter().find_map(|(prefix, least, what)| {
        // Nearly no word begins as a token does, and to compare one letter takes no call.
        let begins = word.as_bytes().first() == prefix.as_bytes().first();
        let body = begins.then(|| word.strip_prefix(prefix)).flatten()?;
        let keys = body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        // The identifiers of AWS have one length and no lower case.
        let aws = !what.contains("AWS")
            || (body.len() == *least && !body.contains(|c: char| c.is_ascii_lowercase()));
        (body.len() >= *least && keys && aws && is_random(body)).then_some(*what)
    });
    known.or_else(|| is_web_token(word).then_some("a JSON Web Token"))
}

/// RFC 7519: three parts, of which the first two are JSON objects in base64.
fn is_web_token(word: &str) -> bool {
    if !word.starts_with("eyJ") {
        return false;
    }
    let parts: Vec<_> = word.split('.').collect();
    parts.len() == 3
        && parts.iter().all(|part| part.len() >= 16)
        && parts[..2].iter().all(|part| part.starts_with("eyJ"))
}

/// Many different characters, and no word that says that it is an example.
fn is_random(body: &str) -> bool {
    let mut seen: Vec<u8> = body.bytes().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() >= 8 && !is_placeholder(body)
}

/// `scheme://user:password@host` (RFC 3986, section 3.2.1).
fn url_password(text: &str) -> Option<&'static str> {
    let mut rest = text;
    while let Some((_, after)) = search::split_once(rest, "://", 0) {
        let authority = search::until(after, |byte| {
            let mark = matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b',' | b';');
            mark || matches!(byte, b'\t'..=b'\r' | b' ')
        });
        // A character outside of ASCII may be white space, too.
        let authority = authority.split(char::is_whitespace).next();
        let userinfo = authority
            .and_then(|authority| authority.rsplit_once('@'))
            .and_then(|(userinfo, _)| userinfo.split_once(':'));
        if userinfo.is_some_and(|(_, password)| !is_placeholder(password)) {
            return Some("a URL with a password");
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::shape;

    /// Put together at run time, so that no scanner takes the test for a leak.
    fn made(prefix: &str, length: usize) -> String {
        let body = "A1B2C3D4E5F6G7H8J9K0".chars().cycle().take(length);
        prefix.chars().chain(body).collect()
    }

    #[test]
    fn words_are_those_between_other_bytes() {
        let long = ["a".repeat(20), "b".repeat(21), "c-._9".repeat(7)];
        let short = ["", "d", "eeeeeeeeeeeeeeeeeee", "ü"];
        for between in [" ", "\n", "::", "é", "=\""] {
            for at in 0..4 {
                let mut all: Vec<&str> = short.to_vec();
                all.splice(at..at, long.iter().map(String::as_str));
                let text = all.join(between);
                assert_eq!(super::words(&text).collect::<Vec<_>>(), long, "{text}");
            }
        }
    }

    #[test]
    fn knows_secrets_by_their_shape() {
        let key = format!(
            "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
            made("", 80)
        );
        let web = format!("{}.{}.{}", made("eyJ", 20), made("eyJ", 30), made("", 40));
        for (text, what) in [
            (key.as_str(), "a private key"),
            (web.as_str(), "a JSON Web Token"),
            (&made("AKIA", 16), "an AWS access key"),
            (&format!("token={}", made("ghp_", 36)), "a GitHub token"),
            (&made("xoxb-", 40), "a Slack token"),
            (&made("AIza", 35), "a Google API key"),
            (
                "postgres://api:hunter2@db:5432/app",
                "a URL with a password",
            ),
            (
                "see https://acme.io, redis://:hunter2@redis/0",
                "a URL with a password",
            ),
        ] {
            assert_eq!(shape(text), Some(what), "{text}");
        }
    }

    #[test]
    fn lets_the_others_go() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIA",
            "ghp_short",
            "postgres://api@db/app",
            "postgres://api:${PASSWORD}@db/app",
            "postgres://$(USER):$(PASSWORD)@db/app",
            "https://acme.io/a:b@c",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "eyJ.eyJ.x",
            "http://user:@host/",
        ] {
            assert_eq!(shape(text), None, "{text}");
        }
    }
}
