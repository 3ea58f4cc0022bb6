//! Image references, by the grammar of `github.com/distribution/reference`.

use plimsoll_yaml::Node;

use crate::naming::{has_placeholder, shortened};
use crate::{Container, Workload};

/// An image reference in its parts. Any text can be split; [`ImageRef::parse`] does not judge it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageRef<'s> {
    /// `ghcr.io`, `localhost:5000`; `None` means Docker Hub.
    pub registry: Option<&'s str>,
    /// `library/postgres`, as written.
    pub repository: &'s str,
    /// After the last `:` that is not a registry's port.
    pub tag: Option<&'s str>,
    /// `sha256:…`.
    pub digest: Option<&'s str>,
}

impl<'s> ImageRef<'s> {
    /// Splits a reference. The first part is a registry if it has a dot or a port, or is `localhost`.
    pub fn parse(text: &'s str) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let last_slash = rest.rfind('/').map_or(0, |at| at + 1);
        let (path, tag) = match rest[last_slash..].rfind(':') {
            Some(at) => (&rest[..last_slash + at], Some(&rest[last_slash + at + 1..])),
            None => (rest, None),
        };
        let (registry, repository) = match path.split_once('/') {
            Some((first, repository)) if first.contains(['.', ':']) || first == "localhost" => {
                (Some(first), repository)
            }
            _ => (None, path),
        };
        Self {
            registry,
            repository,
            tag,
            digest,
        }
    }

    /// The registry that is asked: Docker Hub when none is named.
    pub fn registry_or_default(&self) -> &'s str {
        self.registry.unwrap_or("docker.io")
    }

    /// The repository's last part: `postgres` of `ghcr.io/team/postgres:15`.
    pub fn base_name(&self) -> &'s str {
        self.repository
            .rsplit('/')
            .next()
            .unwrap_or(self.repository)
    }

    /// Whether what it names can change under it: no digest, and no tag or a tag that moves by custom.
    pub fn is_floating(&self) -> bool {
        self.digest.is_none() && self.tag.is_none_or(moves)
    }

    /// Registry and repository with what Docker Hub leaves out: `docker.io/library/nginx` for `nginx`.
    pub fn canonical(&self) -> String {
        let registry = match self.registry_or_default() {
            "index.docker.io" | "registry-1.docker.io" => "docker.io",
            other => other,
        };
        let official = registry == "docker.io" && !self.repository.contains('/');
        format!(
            "{registry}/{}{}",
            if official { "library/" } else { "" },
            self.repository
        )
    }

    /// Why no container runtime accepts it; `None` if it is a reference.
    pub fn fault(&self) -> Option<String> {
        if let Some(registry) = self.registry.filter(|registry| !is_host(registry)) {
            return Some(format!("`{}` is no registry", shortened(registry)));
        }
        if self.repository.is_empty() {
            return Some("it names no repository".into());
        }
        if self.repository.contains(|c: char| c.is_ascii_uppercase()) {
            return Some("a repository has no upper-case letters".into());
        }
        if let Some(part) = self.repository.split('/').find(|part| !is_path_part(part)) {
            return Some(format!(
                "`{}` is no part of a repository's name",
                shortened(part)
            ));
        }
        if self.tag == Some("") {
            return Some("nothing stands after its `:`".into());
        }
        if let Some(tag) = self.tag.filter(|tag| !is_tag(tag)) {
            return Some(format!("`{}` is no tag", shortened(tag)));
        }
        let digest = self.digest.filter(|digest| !is_digest(digest))?;
        Some(format!("`{}` is no digest", shortened(digest)))
    }
}

/// Tags that somebody moves from one image to the next, by custom.
const MOVING_TAGS: &[&str] = &[
    "", "latest", "stable", "main", "master", "trunk", "head", "develop", "dev", "edge", "nightly",
    "canary", "rolling",
];

fn moves(tag: &str) -> bool {
    // `stable-alpine` moves as `stable` does; with a number in it (`main-4f2c1`) it names one build.
    let variant = |base: &&str| {
        tag.strip_prefix(*base)
            .is_some_and(|rest| rest.starts_with('-'))
    };
    MOVING_TAGS.contains(&tag)
        || (["latest", "stable"].iter().any(variant) && !tag.contains(|c: char| c.is_ascii_digit()))
}

fn is_host(text: &str) -> bool {
    if let Some((address, port)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let number = port.strip_prefix(':').is_none_or(is_number);
        return address.contains(':')
            && address.bytes().all(|c| c.is_ascii_hexdigit() || c == b':')
            && number;
    }
    let (host, port) = text
        .split_once(':')
        .map_or((text, None), |(host, port)| (host, Some(port)));
    let is_name = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
    };
    host.split('.').all(is_name) && port.is_none_or(is_number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`.
fn is_path_part(part: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separator =
        |text: &str| matches!(text, "" | "." | "_" | "__") || text.bytes().all(|c| c == b'-');
    part.starts_with(word) && part.ends_with(word) && part.split(word).all(separator)
}

/// `[\w][\w.-]{0,127}`.
fn is_tag(tag: &str) -> bool {
    let word = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    (1..=128).contains(&tag.len())
        && word(tag.as_bytes()[0])
        && tag.bytes().all(|c| word(c) || matches!(c, b'.' | b'-'))
}

/// An algorithm and as many hexadecimal digits as it gives; at least 32 for one that is not known.
fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else {
        return false;
    };
    let length = match algorithm {
        "sha256" => hex.len() == 64,
        "sha384" => hex.len() == 96,
        "sha512" => hex.len() == 128,
        _ => algorithm.starts_with(|c: char| c.is_ascii_alphabetic()) && hex.len() >= 32,
    };
    length && hex.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
}

/// An image that a pod runs or mounts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UsedImage<'s> {
    /// Who uses it.
    pub(crate) user: User<'s>,
    /// The reference.
    pub(crate) node: Node<'s>,
    /// As written.
    pub(crate) text: &'s str,
}

/// Who uses an image.
#[derive(Clone, Copy, Debug)]
pub(crate) enum User<'s> {
    /// A container runs it.
    Container(Container<'s>),
    /// A volume of this name mounts it.
    Volume(&'s str),
}

/// ``container `api` ``, ``volume `model` ``: the way messages name them.
impl std::fmt::Display for User<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Container(container) => container.fmt(f),
            Self::Volume(name) => write!(f, "volume `{name}`"),
        }
    }
}

impl<'s> UsedImage<'s> {
    /// Its parts.
    pub(crate) fn parts(&self) -> ImageRef<'s> {
        ImageRef::parse(self.text)
    }
}

/// The images of a pod: of its containers and of its volumes. Blank ones are left out, since a trigger of an OpenShift
/// `DeploymentConfig` fills them in; so are those in which a tool has yet to put something.
pub(crate) fn used<'s>(workload: &Workload<'s>) -> impl Iterator<Item = UsedImage<'s>> {
    let containers = workload
        .containers
        .iter()
        .filter_map(|container| Some((User::Container(*container), container.image()?)));
    let volumes = workload.volumes().filter_map(|volume| {
        let name = volume.get("name").and_then(Node::text).unwrap_or_default();
        Some((User::Volume(name), volume.at(&["image", "reference"])?))
    });
    containers
        .chain(volumes)
        .filter_map(|(user, node)| {
            Some(UsedImage {
                user,
                node,
                text: node.text()?,
            })
        })
        .filter(|image| !image.text.trim().is_empty() && !has_placeholder(image.text))
}

#[cfg(test)]
mod tests {
    use super::ImageRef;

    #[test]
    fn a_port_is_not_a_tag() {
        let image = ImageRef::parse("reg:5000/app");
        assert_eq!(
            (image.registry, image.repository, image.tag),
            (Some("reg:5000"), "app", None)
        );
        assert!(image.is_floating());
        let image = ImageRef::parse("reg:5000/team/app:1.2");
        assert_eq!(
            (image.registry, image.repository, image.tag),
            (Some("reg:5000"), "team/app", Some("1.2"))
        );
    }

    #[test]
    fn a_digest_pins_whatever_the_tag() {
        let image = ImageRef::parse("ghcr.io/a/b:latest@sha256:0123");
        assert_eq!(
            (image.tag, image.digest),
            (Some("latest"), Some("sha256:0123"))
        );
        assert!(!image.is_floating());
    }

    #[test]
    fn docker_hub_is_the_default() {
        for (text, repository) in [
            ("nginx", "nginx"),
            ("library/nginx:1", "library/nginx"),
            ("bitnami/redis", "bitnami/redis"),
        ] {
            let image = ImageRef::parse(text);
            assert_eq!(
                (image.registry_or_default(), image.repository),
                ("docker.io", repository),
                "{text}"
            );
        }
        assert_eq!(
            ImageRef::parse("localhost/app:1").registry,
            Some("localhost")
        );
        assert_eq!(ImageRef::parse("").repository, "");
    }

    #[test]
    fn what_no_runtime_accepts_has_a_fault() {
        let digest = "0".repeat(64);
        for text in [
            "nginx",
            "a/b__c/d.e--f:1_2.3-4",
            "reg:5000/app",
            "[fd00::1]:5000/app:1",
            "localhost/app",
            &format!("ghcr.io/a/b:1@sha256:{digest}"),
        ] {
            assert_eq!(ImageRef::parse(text).fault(), None, "{text}");
        }
        for text in [
            "Nginx",
            "nginx:",
            "nginx:-1",
            "ng inx",
            "nginx :1",
            "a//b",
            "/a",
            "a_-b",
            "a___b",
            "reg:port/app",
            "https://ghcr.io/a/b",
            "nginx@sha256:0123",
            "nginx@latest",
            "ghcr.io/",
        ] {
            assert!(ImageRef::parse(text).fault().is_some(), "{text}");
        }
    }

    #[test]
    fn tags_that_move_by_custom_float() {
        for text in ["a", "a:latest", "a:stable-alpine", "a:main", "a:"] {
            assert!(ImageRef::parse(text).is_floating(), "{text}");
        }
        for text in ["a:1", "a:main-4f2c1", "a:latest-20240101", "a:stable1"] {
            assert!(!ImageRef::parse(text).is_floating(), "{text}");
        }
    }
}
