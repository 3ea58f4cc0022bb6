//! `AdmissionReview`, `admission.k8s.io/v1`, as the API server sends it.
//!
//! Everything borrows from the body. The object stays the text that it is: it is read once, by the checker's own reader,
//! and the old one only when it decides something.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The version of reviews that is spoken.
pub(super) const API_VERSION: &str = "admission.k8s.io/v1";

/// What is asked, with what it is wrapped in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Review<'a> {
    #[serde(borrow)]
    api_version: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    request: Option<Request<'a>>,
}

/// One question of the API server.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request<'a> {
    /// What the answer has to name.
    #[serde(borrow)]
    pub uid: Cow<'a, str>,
    /// What the object was converted to.
    #[serde(borrow)]
    pub kind: GroupVersionKind<'a>,
    /// What it was before that, which is what its author knows.
    #[serde(borrow)]
    pub request_kind: Option<GroupVersionKind<'a>>,
    /// The resource that is written to.
    #[serde(borrow)]
    pub resource: GroupVersionResource<'a>,
    /// `scale`, `ephemeralcontainers` …
    #[serde(borrow)]
    pub sub_resource: Option<Cow<'a, str>>,
    /// Empty on the creation of what has a `generateName`, before Kubernetes 1.36 or so.
    #[serde(default, borrow)]
    pub name: Cow<'a, str>,
    /// Empty for what is of the cluster.
    #[serde(default, borrow)]
    pub namespace: Cow<'a, str>,
    /// What is done.
    pub operation: Operation,
    /// Who does it.
    #[serde(default, borrow)]
    pub user_info: UserInfo<'a>,
    /// What it will be; none on a deletion.
    #[serde(borrow)]
    pub object: Option<&'a RawValue>,
    /// What it was; none on a creation.
    #[serde(borrow)]
    pub old_object: Option<&'a RawValue>,
    /// Nothing will be stored.
    #[serde(default)]
    pub dry_run: Option<bool>,
}

/// A kind with its group and version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct GroupVersionKind<'a> {
    /// Empty for the core group.
    #[serde(default, borrow)]
    pub group: Cow<'a, str>,
    /// `v1`.
    #[serde(default, borrow)]
    pub version: Cow<'a, str>,
    /// `Deployment`.
    #[serde(default, borrow)]
    pub kind: Cow<'a, str>,
}

/// A resource with its group and version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct GroupVersionResource<'a> {
    /// Empty for the core group.
    #[serde(default, borrow)]
    pub group: Cow<'a, str>,
    /// `v1`.
    #[serde(default, borrow)]
    pub version: Cow<'a, str>,
    /// `deployments`.
    #[serde(default, borrow)]
    pub resource: Cow<'a, str>,
}

/// Who asks; never logged beyond the name.
#[derive(Debug, Default, Deserialize)]
pub struct UserInfo<'a> {
    /// `system:serviceaccount:kube-system:replicaset-controller`.
    #[serde(default, borrow)]
    pub username: Cow<'a, str>,
}

/// What is done to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "they are the API's own words")]
pub enum Operation {
    Create,
    Update,
    Delete,
    Connect,
}

impl Operation {
    /// As metrics and logs have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Connect => "connect",
        }
    }
}

/// Why a body is no question that can be answered: a fault of whoever sent it.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// Not JSON, or not of this shape.
    #[error("the body is no AdmissionReview: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Another version or kind.
    #[error("the body is {api_version} {kind}, and only {API_VERSION} AdmissionReview is spoken")]
    Version {
        /// As sent.
        api_version: String,
        /// As sent.
        kind: String,
    },
    /// An answer, or nothing.
    #[error("the AdmissionReview has no `request`")]
    NoRequest,
    /// An answer has to name it.
    #[error("the request has no `uid`")]
    NoUid,
}

impl<'a> Request<'a> {
    /// Reads a body.
    pub fn read(body: &'a [u8]) -> Result<Self, ReviewError> {
        let review: Review<'a> = serde_json::from_slice(body)?;
        if review.api_version != API_VERSION || review.kind != "AdmissionReview" {
            return Err(ReviewError::Version {
                api_version: shown(&review.api_version),
                kind: shown(&review.kind),
            });
        }
        let request = review.request.ok_or(ReviewError::NoRequest)?;
        if request.uid.is_empty() {
            return Err(ReviewError::NoUid);
        }
        Ok(request)
    }

    /// The kind that the author of the object wrote.
    pub fn written_kind(&self) -> &GroupVersionKind<'a> {
        self.request_kind.as_ref().unwrap_or(&self.kind)
    }

    /// Nothing will be stored.
    pub fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl fmt::Display for GroupVersionKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.group, &*self.version) {
            ("", version) => write!(f, "{version} {}", self.kind),
            (group, version) => write!(f, "{group}/{version} {}", self.kind),
        }
    }
}

fn shown(text: &str) -> String {
    super::text::cleaned(text, 40)
}
