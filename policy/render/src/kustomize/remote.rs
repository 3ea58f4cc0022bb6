//! What lies in other places: how to tell, and where a copy of it would be.

/// Whether an entry of a kustomization names something elsewhere.
pub(crate) fn is_remote(path: &str) -> bool {
    let scheme = [
        "http://", "https://", "ssh://", "git::", "git@", "oci://", "file://", "s3::", "gcs::",
    ];
    let host = [
        "github.com/",
        "github.com:",
        "gitlab.com/",
        "bitbucket.org/",
        "gh:",
    ];
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
    begins(&scheme)
        || begins(&host)
        || path.contains("?ref=")
        || path.contains(".git/")
        || path.contains("//")
}

/// Host, path of the repository, path in it, version.
struct Address<'a> {
    host: &'a str,
    repository: &'a str,
    inside: &'a str,
    version: Option<&'a str>,
}

fn read(url: &str) -> Address<'_> {
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
    let version = query
        .split('&')
        .find_map(|part| part.strip_prefix("ref=").or(part.strip_prefix("version=")));
    let bare = url.strip_prefix("git::").unwrap_or(url);
    let bare = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    let bare = bare.rsplit_once('@').map_or(bare, |(_, rest)| rest);
    let (host, path) = bare.split_once(['/', ':']).unwrap_or((bare, ""));
    let marked = path.split_once("//").or_else(|| path.split_once(".git/"));
    let (repository, inside) = marked.unwrap_or_else(|| owner_and_name(path));
    Address {
        host,
        repository: repository.trim_end_matches(".git").trim_matches('/'),
        inside: inside.trim_matches('/'),
        version,
    }
}

/// A path without a mark is an owner's repository, and a path in it.
fn owner_and_name(path: &str) -> (&str, &str) {
    let second = path.match_indices('/').nth(1);
    second.map_or((path, ""), |(at, _)| (&path[..at], &path[at + 1..]))
}

/// Where a copy of an address may stand below a folder of copies, the most exact first.
pub(crate) fn places(copies: &str, url: &str) -> Vec<String> {
    let address = read(url);
    let base = format!("{copies}/{}/{}", address.host, address.repository);
    let inside = if address.inside.is_empty() {
        String::new()
    } else {
        format!("/{}", address.inside)
    };
    let versioned = address
        .version
        .map(|version| format!("{base}@{version}{inside}"));
    versioned
        .into_iter()
        .chain([format!("{base}{inside}")])
        .collect()
}

/// What to do about something elsewhere.
pub(crate) fn advice(url: &str) -> String {
    let place = places("DIR", url).into_iter().next().unwrap_or_default();
    format!("keep a copy in the repository, or at {place} and pass `--remotes DIR`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_stand_by_host_repository_and_version() {
        for (url, place) in [
            (
                "https://github.com/o/r//deploy/base?ref=v1.2",
                "c/github.com/o/r@v1.2/deploy/base",
            ),
            ("github.com/o/r/deploy?ref=v1", "c/github.com/o/r@v1/deploy"),
            ("git@github.com:o/r.git", "c/github.com/o/r"),
            (
                "https://raw.githubusercontent.com/o/r/v1/x.yaml",
                "c/raw.githubusercontent.com/o/r/v1/x.yaml",
            ),
        ] {
            assert!(is_remote(url), "{url}");
            assert_eq!(places("c", url)[0], place, "{url}");
        }
        assert!(!is_remote("../base"));
    }
}
