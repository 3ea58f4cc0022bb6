//! What the API server accepts as names, labels and annotations: `k8s.io/apimachinery/pkg/util/validation`,
//! `pkg/api/validation/path` and `pkg/api/validation/objectmeta.go`.

use std::borrow::Cow;

use plimsoll_yaml::{Entry, Node};

use crate::{Kind, Resource, search};

/// How many bytes all annotations of an object may have together, keys and values.
pub(crate) const ANNOTATIONS_SIZE: usize = 256 * 1024;

/// The kinds that run pods, whether or not a pod template can be read from the object.
pub(crate) const WORKLOADS: &[Kind] = &[
    Kind::Pod,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ReplicaSet,
    Kind::ReplicationController,
    Kind::Job,
    Kind::CronJob,
    Kind::Rollout,
    Kind::KnativeService,
    Kind::DeploymentConfig,
];

/// A form of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `[a-z0-9]([-a-z0-9]*[a-z0-9])?`, at most 63: RFC 1123.
    Label,
    /// `[a-z]([-a-z0-9]*[a-z0-9])?`, at most 63: RFC 1035.
    Label1035,
    /// Labels with dots between them, at most so many characters.
    Subdomain(usize),
    /// Anything that can be one segment of a URL's path.
    PathSegment,
    /// Nothing that could be said here.
    Any,
}

impl Form {
    /// The form that the API server asks of a kind's names.
    pub(crate) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Namespace | Kind::StatefulSet => Self::Label,
            Kind::Service => Self::Label1035,
            Kind::Role | Kind::ClusterRole | Kind::RoleBinding | Kind::ClusterRoleBinding => {
                Self::PathSegment
            }
            // The names of its Jobs add eleven characters, and a Job's name is a label of its pods.
            Kind::CronJob => Self::Subdomain(52),
            Kind::Job => Self::Subdomain(63),
            Kind::CertificateSigningRequest
            | Kind::ClusterTrustBundle
            | Kind::IPAddress
            | Kind::ComponentStatus
            | Kind::List
            | Kind::Other => Self::Any,
            _ => Self::Subdomain(253),
        }
    }

    /// Why it is no such name; `None` if it is one.
    pub(crate) fn fault(self, name: &str) -> Option<String> {
        let (limit, accepted) = match self {
            Self::Any => return None,
            Self::PathSegment => return path_segment_fault(name),
            Self::Label => (63, is_label(name)),
            Self::Label1035 => (
                63,
                is_label(name) && name.starts_with(|c: char| c.is_ascii_lowercase()),
            ),
            Self::Subdomain(limit) => (limit, is_subdomain(name)),
        };
        if name.len() > limit {
            return Some(format!(
                "has {} characters, {limit} are allowed",
                name.len()
            ));
        }
        (!accepted).then(|| self.explain(name))
    }

    /// What of a name that is none makes it none.
    fn explain(self, name: &str) -> String {
        let dots = matches!(self, Self::Subdomain(_));
        let allowed = |c: char| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || (dots && c == '.')
        };
        match name.chars().find(|c| !allowed(*c)) {
            Some(c) if c.is_ascii_uppercase() => "may not have upper-case letters".into(),
            Some(c) => format!("may not contain `{c}`"),
            None if self == Self::Label1035 && name.starts_with(|c: char| c.is_ascii_digit()) => {
                "must begin with a letter".into()
            }
            None if dots => {
                "must have a lower-case letter or digit at both ends and beside every dot".into()
            }
            None => "must have a lower-case letter or digit at both ends".into(),
        }
    }
}

fn path_segment_fault(name: &str) -> Option<String> {
    match name {
        "." | ".." => Some("may not be `.` or `..`".into()),
        _ => name
            .chars()
            .find(|c| matches!(c, '/' | '%'))
            .map(|c| format!("may not contain `{c}`")),
    }
}

/// What `generateName` is held against: the API server takes a trailing dash for a letter to come.
pub(crate) fn generated(prefix: &str) -> String {
    match prefix.strip_suffix('-') {
        Some(rest) if !rest.is_empty() => format!("{rest}a"),
        _ => prefix.to_owned(),
    }
}

/// A DNS label of any length.
fn is_label(text: &str) -> bool {
    let alphanumeric = |c: &u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && bytes.iter().all(|c| alphanumeric(c) || *c == b'-')
}

/// DNS labels with points between them.
fn is_subdomain(text: &str) -> bool {
    let mut last = b'.';
    let all = text.bytes().all(|byte| {
        let fits = match byte {
            b'a'..=b'z' | b'0'..=b'9' => true,
            b'-' => last != b'.',
            b'.' => last != b'.' && last != b'-',
            _ => false,
        };
        last = byte;
        fits
    });
    all && last != b'.' && last != b'-'
}

/// Letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
fn is_word(text: &str) -> bool {
    let alphanumeric = |c: &u8| c.is_ascii_alphanumeric();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && bytes
            .iter()
            .all(|c| alphanumeric(c) || matches!(c, b'-' | b'_' | b'.'))
}

/// Why a text is no key of a label or an annotation: an optional DNS subdomain, `/`, and a word of at most 63 characters.
pub(crate) fn key_fault(key: &str) -> Option<String> {
    let (prefix, name) = match search::split_once(key, "/", 0) {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if search::find(name, "/", 0).is_some() {
        return Some("has more than one `/`".into());
    }
    if let Some(prefix) = prefix {
        if prefix.is_empty() {
            return Some("has nothing before its `/`".into());
        }
        if prefix.len() > 253 || !is_subdomain(prefix) {
            return Some(format!(
                "has the prefix `{}`, which is no DNS subdomain",
                shortened(prefix)
            ));
        }
    }
    match name {
        "" => Some("has no name".into()),
        _ if name.len() > 63 => Some(format!(
            "has a name of {} characters, 63 are allowed",
            name.len()
        )),
        _ if !is_word(name) => Some(word_fault(name)),
        _ => None,
    }
}

/// Why a text is no value of a label; the empty one is.
pub(crate) fn value_fault(value: &str) -> Option<String> {
    if value.len() > 63 {
        return Some(format!("has {} characters, 63 are allowed", value.len()));
    }
    (!value.is_empty() && !is_word(value)).then(|| word_fault(value))
}

/// What of a text that is no word makes it none.
fn word_fault(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    match text.chars().find(|c| !allowed(*c)) {
        Some(c) => format!("may not contain `{c}`"),
        None => "must begin and end with a letter or digit".into(),
    }
}

/// A text in which a tool has yet to put something: `${NAME}` (Flux, envsubst), `{{ … }}`, `<path:…>` (Argo CD Vault).
pub(crate) fn has_placeholder(text: &str) -> bool {
    (search::find(text, "{", 0).is_some() && (text.contains("${") || text.contains("{{")))
        || text.starts_with("<path:")
}

/// A text short enough for a message.
pub(crate) fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= 40 || text.chars().count() <= 40 {
        return text.into();
    }
    let head: String = text.chars().take(37).collect();
    (head + "...").into()
}

/// The paths, in an object, of maps that the API server holds to the syntax of labels.
const LABEL_MAPS: [&str; 3] = [
    "spec.selector.matchLabels",
    "spec.podSelector.matchLabels",
    "spec.jobTemplate.metadata.labels",
];

/// Every entry that is a label, or asks for one: of the object, of its pods, of its selectors.
pub(crate) fn label_entries<'s>(
    resource: &Resource<'s>,
) -> impl Iterator<Item = Entry<'s>> + use<'s> {
    let template = resource.kind.pod_template().filter(|path| *path != ".");
    let of_template = template.and_then(|path| resource.field(path)).into_iter();
    let in_template = of_template.flat_map(|template| {
        [
            template.at(&["metadata", "labels"]),
            template.at(&["spec", "nodeSelector"]),
        ]
    });
    let known = resource.kind != Kind::Other;
    let maps = LABEL_MAPS.map(|path| known.then(|| resource.field(path)).flatten());
    let plain = match resource.kind {
        Kind::Service | Kind::ReplicationController => resource.field("spec.selector"),
        Kind::Pod => resource.field("spec.nodeSelector"),
        _ => None,
    };
    let claims = match resource.kind {
        Kind::StatefulSet => resource.field("spec.volumeClaimTemplates"),
        _ => None,
    };
    let in_claims = claims
        .into_iter()
        .flat_map(Node::items)
        .map(|claim| claim.at(&["metadata", "labels"]));
    std::iter::once(resource.field("metadata.labels"))
        .chain(in_template)
        .chain(maps)
        .chain([plain])
        .chain(in_claims)
        .flatten()
        .flat_map(Node::entries)
}

/// Every annotation: of the object, of its pods.
pub(crate) fn annotation_maps<'s>(
    resource: &Resource<'s>,
) -> impl Iterator<Item = Entry<'s>> + use<'s> {
    let template = resource.kind.pod_template().filter(|path| *path != ".");
    let of_template = template.and_then(|path| resource.field(path));
    [Some(resource.node), of_template]
        .into_iter()
        .flatten()
        .filter_map(|node| node.get("metadata")?.entry("annotations"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_held_to_the_form_of_their_kind() {
        let accepted = [
            (Kind::ConfigMap, "kube-root-ca.crt"),
            (Kind::ClusterRole, "system:kube-scheduler"),
            (Kind::Role, "Admin_Role"),
            (Kind::Namespace, "1st"),
            (Kind::Deployment, "a.b-c.3"),
            (Kind::CertificateSigningRequest, "node:1/csr"),
        ];
        for (kind, name) in accepted {
            assert_eq!(Form::of(kind).fault(name), None, "{name}");
        }
        let refused = [
            (Kind::ConfigMap, "Settings"),
            (Kind::ConfigMap, "a..b"),
            (Kind::ConfigMap, "-a"),
            (Kind::Service, "1st"),
            (Kind::Service, "a.b"),
            (Kind::Namespace, "a.b"),
            (Kind::StatefulSet, "a.b"),
            (Kind::Role, "a/b"),
            (Kind::ClusterRole, ".."),
            (Kind::Deployment, "a_b"),
        ];
        for (kind, name) in refused {
            assert!(Form::of(kind).fault(name).is_some(), "{name}");
        }
        let long = "a".repeat(53);
        assert!(Form::of(Kind::CronJob).fault(&long).is_some());
        assert_eq!(Form::of(Kind::Job).fault(&long), None);
    }

    #[test]
    fn a_generated_name_may_end_with_a_dash() {
        assert_eq!(generated("run-"), "runa");
        assert_eq!(generated("-"), "-");
        assert_eq!(generated("run"), "run");
    }

    #[test]
    fn keys_have_at_most_one_prefix() {
        for key in ["app", "app.kubernetes.io/name", "A_b.c-d", "x/Y"] {
            assert_eq!(key_fault(key), None, "{key}");
        }
        let long = "a".repeat(64);
        for key in ["", "a/b/c", "/a", "a/", "A/b", "-a", "a b", "ä", &long] {
            assert!(key_fault(key).is_some(), "{key}");
        }
    }

    #[test]
    fn values_may_be_empty() {
        for value in ["", "a", "1.0", "A_b"] {
            assert_eq!(value_fault(value), None, "{value}");
        }
        let long = "a".repeat(64);
        for value in ["a b", "a/b", "-a", "a.", "a@b", &long] {
            assert!(value_fault(value).is_some(), "{value}");
        }
    }
}
