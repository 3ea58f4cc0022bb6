//! Hosts that texts name, and whether they are Services of the cluster.
//!
//! What counts is high precision: `*.svc` names, single names in URLs whose scheme goes over the network, and `name:port`.
//! Names of two parts (`db.shop`) look like public domains and count only if the second is a namespace of the repository.

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
    while let Some((before, after)) = rest.split_once("://") {
        let scheme = before
            .rsplit(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        let authority = after
            .split(['/', '?', '#', ' ', '"', '\'', '\n', ')', '>', '`', '\\'])
            .next()
            .unwrap_or_default();
        let hosts = authority.rsplit('@').next().unwrap_or_default();
        if SCHEMES.contains(&scheme) && !authority.contains(['$', '{', '%', '<']) {
            found.extend(
                hosts
                    .split(',')
                    .filter_map(|host| read(host.split(':').next().unwrap_or_default())),
            );
        }
        rest = after;
    }
    // Looked for in one piece: most texts have none.
    if service_suffix(text).is_some() {
        let words = text.split(|c: char| {
            !(c.is_ascii_alphanumeric()
                || matches!(c, '.' | '-' | '$' | '{' | '}' | '_' | '*' | '<' | '>' | '%'))
        });
        let named = words.filter(|word| service_suffix(word).is_some());
        found.extend(named.filter_map(read).filter(|host| host.certain));
    }
    let alone = text
        .split_once(':')
        .filter(|(_, port)| port.len() > 1 && port.parse::<u16>().is_ok());
    found.extend(alone.and_then(|(host, _)| read(host)));
    found.sort_unstable_by_key(|host| (host.name, host.namespace, !host.certain));
    found.dedup_by_key(|host| (host.name, host.namespace));
    found
}

/// Reads `api`, `api.shop`, `api.shop.svc`, `api-0.api.shop.svc.cluster.local`.
fn read(host: &str) -> Option<ServiceHost<'_>> {
    let host = host.strip_suffix('.').unwrap_or(host);
    let (inner, certain) = match service_suffix(host) {
        Some(at) if matches!(host.as_bytes().get(at + 4), None | Some(b'.')) => (&host[..at], true),
        _ => (host, false),
    };
    let letters =
        |label: &str| label.starts_with(|c: char| c.is_ascii_lowercase()) && label.len() < 64;
    let valid = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if !inner.split('.').all(valid) || host == "localhost" {
        return None;
    }
    let mut labels = inner.rsplit('.');
    let (last, before, more) = (labels.next()?, labels.next(), labels.next().is_some());
    let (name, namespace) = match before {
        None if !certain => (last, None),
        Some(name) if certain || !more => (name, Some(last)),
        _ => return None,
    };
    letters(name).then_some(ServiceHost {
        name,
        namespace,
        certain,
    })
}

/// Where a text says `.svc` first. Four bytes are compared as one number, which is why this is not `find`.
fn service_suffix(text: &str) -> Option<usize> {
    text.as_bytes().windows(4).position(|four| four == b".svc")
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
