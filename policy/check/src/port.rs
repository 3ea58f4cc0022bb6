//! Names of ports, by `IsValidPortName` of `k8s.io/apimachinery/pkg/util/validation`.

/// Why the name of a container's port, or a name that a Service sends to, is refused, as the end of a sentence.
pub(crate) fn name_fault(name: &str) -> Option<&'static str> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.len() > 15 {
        Some("is longer than 15 characters")
    } else if !name.bytes().all(allowed) {
        Some("has characters other than a-z, 0-9 and `-`")
    } else if !name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        Some("has no letter")
    } else if name.contains("--") {
        Some("has two hyphens together")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("begins or ends with a hyphen")
    } else {
        None
    }
}
