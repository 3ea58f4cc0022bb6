//! Hosts that texts name, and whether they are Services of the cluster.
//!
//! What counts is high precision: `*.svc` names, single names in URLs whose scheme goes over the network, and `name:port`.
//! Names of two parts (`db.shop`) look like public domains and count only if the second is a namespace of the repository.

use crate::search;

/// A Service that a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServiceHost<'s> {
    /// The Service.
    pub(crate) name: &'s str,
    /// Its namespace, where the text says it.
    pub(crate) namespace: Option<&'s str>,
    /// The text says `.svc`, so it is nothing but a Service.
    pub(crate) certain: bool,
}

/// Schemes whose host may be a Service. Others name buckets, images, files.
const SCHEMES: &[&str] = &[
    "amqp",
    "amqps",
    "clickhouse",
    "grpc",
    "http",
    "https",
    "kafka",
    "ldap",
    "ldaps",
    "mariadb",
    "memcached",
    "mongodb",
    "mqtt",
    "mysql",
    "nats",
    "otlp",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
    "smtp",
    "tcp",
    "ws",
    "wss",
];

/// The Services that a text names in URLs, as `*.svc` names, or, where it is nothing else, as `host:port`.
pub(crate) fn services(text: &str) -> Vec<ServiceHost<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = search::split_once(rest, "://", 0) {
        let letters = before.bytes().rev().take_while(u8::is_ascii_alphanumeric);
        let scheme = &before[before.len() - letters.count()..];
        let authority = search::until(after, |byte| {
            matches!(
                byte,
                b'/' | b'?' | b'#' | b' ' | b'"' | b'\'' | b'\n' | b')' | b'>' | b'`' | b'\\'
            )
        });
        let is_filled_in = |byte| matches!(byte, b'$' | b'{' | b'%' | b'<');
        if is_network(scheme) && !authority.bytes().any(is_filled_in) {
            let hosts = match memchr::memrchr(b'@', authority.as_bytes()) {
                Some(at) => &authority[at + 1..],
                None => authority,
            };
            let hosts = hosts.split(',');
            found.extend(hosts.filter_map(|host| read(search::until(host, |byte| byte == b':'))));
        }
        rest = after;
    }
    named(text, &mut found);
    let alone = memchr::memchr(b':', text.as_bytes())
        .map(|at| (&text[..at], &text[at + 1..]))
        .filter(|(_, port)| port.len() > 1 && port.parse::<u16>().is_ok());
    found.extend(alone.and_then(|(host, _)| read(host)));
    found.sort_unstable_by_key(|host| (host.name, host.namespace, !host.certain));
    found.dedup_by_key(|host| (host.name, host.namespace));
    found
}

fn is_network(scheme: &str) -> bool {
    let first = scheme.as_bytes().first();
    let same = |known: &&&str| known.as_bytes().first() == first;
    SCHEMES.iter().filter(same).any(|known| *known == scheme)
}

/// The words of a text that say `.svc`.
fn named<'t>(text: &'t str, found: &mut Vec<ServiceHost<'t>>) {
    let inside = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'.' | b'-' | b'$' | b'{' | b'}' | b'_' | b'*' | b'<' | b'>' | b'%'
            )
    };
    let mut rest = text;
    while let Some(at) = service_suffix(rest) {
        let before = rest.as_bytes()[..at]
            .iter()
            .rev()
            .take_while(|byte| inside(byte));
        let start = at - before.count();
        let length = rest.as_bytes()[at..].iter().take_while(|byte| inside(byte));
        let end = at + length.count();
        found.extend(read(&rest[start..end]).filter(|host| host.certain));
        rest = &rest[end..];
    }
}

/// Reads `api`, `api.shop`, `api.shop.svc`, `api-0.api.shop.svc.cluster.local`.
fn read(host: &str) -> Option<ServiceHost<'_>> {
    let host = host.strip_suffix('.').unwrap_or(host);
    let (inner, certain) = match service_suffix(host) {
        Some(at) if matches!(host.as_bytes().get(at + 4), None | Some(b'.')) => (&host[..at], true),
        _ => (host, false),
    };
    if !are_labels(inner) || host == "localhost" {
        return None;
    }
    let (name, namespace) = match last_label(inner) {
        (None, last) => (!certain).then_some((last, None))?,
        (Some(before), last) => match last_label(before) {
            (Some(_), _) if !certain => return None,
            (_, name) => (name, Some(last)),
        },
    };
    let letters = name.as_bytes()[0].is_ascii_lowercase() && name.len() < 64;
    letters.then_some(ServiceHost {
        name,
        namespace,
        certain,
    })
}

/// Labels with points between them, none of them empty.
fn are_labels(text: &str) -> bool {
    let mut last = b'.';
    text.bytes().all(|byte| {
        let fits = match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => true,
            b'.' => last != b'.',
            _ => false,
        };
        last = byte;
        fits
    }) && last != b'.'
}

/// The last label, and what stands before its point.
fn last_label(name: &str) -> (Option<&str>, &str) {
    match memchr::memrchr(b'.', name.as_bytes()) {
        Some(at) => (Some(&name[..at]), &name[at + 1..]),
        None => (None, name),
    }
}

/// Where a text says `.svc` first.
fn service_suffix(text: &str) -> Option<usize> {
    search::find(text, ".svc", 0)
}

#[cfg(test)]
mod tests {
    use super::services;

    fn read(text: &str) -> Vec<(&str, Option<&str>)> {
        services(text)
            .into_iter()
            .map(|host| (host.name, host.namespace))
            .collect()
    }

    #[test]
    fn hosts_of_urls_and_names() {
        assert_eq!(read("redis://:secret@redis:6379/0"), [("redis", None)]);
        assert_eq!(
            read("jdbc:postgresql://db.shop:5432/x"),
            [("db", Some("shop"))]
        );
        assert_eq!(
            read("http://api.shop.svc.cluster.local/x and worker.shop.svc"),
            [("api", Some("shop")), ("worker", Some("shop"))]
        );
        assert_eq!(read("db-0.db.shop.svc:5432"), [("db", Some("shop"))]);
        assert_eq!(read("kafka:9092"), [("kafka", None)]);
    }

    #[test]
    fn what_is_no_service() {
        for text in [
            "s3://bucket/x",
            "http://localhost:80",
            "http://127.0.0.1",
            "https://www.example.com",
            "http://$HOST/",
            "12:30",
            "nginx",
            "http://${ns}.svc",
            "a.svcs.b",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }
}
