//! The Pod Security Standards, control by control and field by field: what a profile allows passes every rule that says it
//! belongs to the profile, what it forbids is found by the control's own rule. Each value is tried in the pod, in an
//! ordinary, an init, a sidecar and an ephemeral container, wherever the field exists.
//!
//! The tables follow <https://kubernetes.io/docs/concepts/security/pod-security-standards/>, and where that page is behind
//! it, `k8s.io/pod-security-admission/policy/check_*.go`.

mod pod;

use pod::Profile::{Baseline, Restricted};
use pod::{ABSENT, NOW, Place, Pod};

#[test]
fn a_bare_pod_is_baseline_and_a_hardened_one_restricted() {
    // `seccomp-missing` is of both profiles; that there is none at all concerns the restricted one.
    Pod::bare()
        .with(
            Place::PodContext,
            "seccompProfile",
            "{type: RuntimeDefault}",
        )
        .assert_allowed(NOW, Baseline);
    Pod::hardened().assert_allowed(NOW, Restricted);
    for rule in [
        "run-as-root",
        "seccomp-missing",
        "privilege-escalation-allowed",
        "capabilities-not-dropped",
    ] {
        Pod::bare().assert_refused(NOW, &[rule]);
    }
}

#[test]
fn user_namespaces_relax_users_since_1_35() {
    for (field, value) in [
        ("runAsUser", "0"),
        ("runAsNonRoot", "false"),
        ("runAsNonRoot", ABSENT),
    ] {
        let pod = Pod::hardened().with(Place::PodContext, field, value);
        let apart = pod.clone().with(Place::Spec, "hostUsers", "false");
        apart.assert_allowed((1, 35), Restricted);
        apart.assert_refused((1, 34), &["run-as-root"]);
        for shared in [ABSENT, "true", "null"] {
            pod.clone()
                .with(Place::Spec, "hostUsers", shared)
                .assert_refused((1, 35), &["run-as-root"]);
        }
    }
    // And nothing else.
    let pod = Pod::bare().with(Place::Spec, "hostUsers", "false");
    for rule in [
        "seccomp-missing",
        "privilege-escalation-allowed",
        "capabilities-not-dropped",
    ] {
        pod.assert_refused((1, 35), &[rule]);
    }
}

#[test]
fn windows_is_excused_from_what_only_linux_has() {
    let pod = Pod::bare().with(Place::PodContext, "runAsNonRoot", "true");
    pod.clone()
        .with(Place::Spec, "os", "{name: windows}")
        .assert_allowed(NOW, Restricted);
    for rule in [
        "seccomp-missing",
        "privilege-escalation-allowed",
        "capabilities-not-dropped",
    ] {
        pod.clone()
            .with(Place::Spec, "os", "{name: linux}")
            .assert_refused(NOW, &[rule]);
    }
    // It is not excused from running as somebody else than the administrator.
    Pod::bare()
        .with(Place::Spec, "os", "{name: windows}")
        .assert_refused(NOW, &["run-as-root"]);
}
