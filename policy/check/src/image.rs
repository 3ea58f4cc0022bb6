//! Image references, by the grammar of `github.com/distribution/reference`.

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
        self.digest.is_none() && self.tag.is_none_or(|tag| tag.is_empty() || tag == "latest")
    }
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
}
