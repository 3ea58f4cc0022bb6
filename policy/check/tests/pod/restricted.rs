//! The controls that the restricted profile adds, or makes stricter.

use super::Profile::{Baseline, Restricted};
use super::{ABSENT, CONTEXTS, EVERYWHERE, NOW, Place, Pod, control};

#[test]
fn volume_types() {
    for kind in
        "configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected \
        secret"
            .split(' ')
    {
        let volumes = format!("[{{name: v, {kind}: {{}}}}]");
        Pod::hardened()
            .with(Place::Spec, "volumes", &volumes)
            .assert_allowed(NOW, Restricted);
    }
    for kind in "awsElasticBlockStore azureDisk azureFile cephfs cinder fc flexVolume flocker \
        gcePersistentDisk gitRepo glusterfs iscsi nfs photonPersistentDisk portworxVolume \
        quobyte rbd scaleIO storageos vsphereVolume"
        .split(' ')
    {
        let pod = Pod::hardened().with(
            Place::Spec,
            "volumes",
            &format!("[{{name: v, {kind}: {{}}}}]"),
        );
        pod.assert_refused(NOW, &["volume-type-disallowed"]);
        pod.assert_allowed(NOW, Baseline);
    }
    let image = Pod::hardened().with(Place::Spec, "volumes", "[{name: v, image: {reference: a}}]");
    image.assert_refused((1, 32), &["volume-type-disallowed"]);
    image.assert_allowed((1, 33), Restricted);
}

#[test]
fn dropped_capabilities() {
    let allowed = [
        "{drop: [ALL]}",
        "{drop: [NET_RAW, ALL]}",
        "{drop: [ALL], add: null}",
    ];
    let refused = [
        ABSENT,
        "null",
        "{}",
        "{drop: []}",
        "{drop: null}",
        "{drop: [NET_RAW]}",
        "{drop: [all]}",
        "{drop: ALL}",
    ];
    control(
        Restricted,
        &CONTEXTS,
        "capabilities",
        &allowed,
        (&["capabilities-not-dropped"], &refused),
    );
    for value in [ABSENT, "{drop: []}"] {
        Pod::hardened()
            .with(Place::Context(0), "capabilities", value)
            .assert_allowed(NOW, Baseline);
    }
}

/// `AUDIT_WRITE` … `SYS_CHROOT`: all that baseline allows, `NET_BIND_SERVICE` apart, which restricted allows too.
const BASELINE_ONLY: &str = "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD SETFCAP SETGID SETPCAP \
    SETUID SYS_CHROOT";

#[test]
fn added_capabilities() {
    for place in CONTEXTS {
        let adding = |names: &str| {
            Pod::hardened().with(
                place,
                "capabilities",
                &format!("{{drop: [ALL], add: [{names}]}}"),
            )
        };
        for names in ["", "NET_BIND_SERVICE"] {
            adding(names).assert_allowed(NOW, Restricted);
        }
        for name in BASELINE_ONLY.split(' ') {
            adding(name).assert_allowed(NOW, Baseline);
            adding(name).assert_refused(NOW, &["capabilities-added"]);
        }
        let dangerous =
            "ALL NET_RAW NET_ADMIN SYS_ADMIN SYS_MODULE SYS_PTRACE SYS_TIME BPF IPC_LOCK chown \
        CAP_CHOWN net_bind_service"
                .split(' ');
        for name in dangerous {
            adding(name).assert_refused(NOW, &["capabilities-dangerous-added"]);
        }
    }
}

#[test]
fn privilege_escalation() {
    let refused: (&[_], &[_]) = (&["privilege-escalation-allowed"], &[ABSENT, "null", "true"]);
    control(
        Restricted,
        &CONTEXTS,
        "allowPrivilegeEscalation",
        &["false"],
        refused,
    );
}

#[test]
fn running_as_non_root() {
    let rules: &[_] = &["run-as-root", "non-root-unenforced"];
    control(
        Restricted,
        &[Place::PodContext],
        "runAsNonRoot",
        &["true"],
        (rules, &[ABSENT, "null", "false"]),
    );
    control(
        Restricted,
        &CONTEXTS,
        "runAsNonRoot",
        &["true", ABSENT, "null"],
        (rules, &["false"]),
    );
    let own = CONTEXTS.into_iter().fold(Pod::hardened(), |pod, place| {
        pod.with(place, "runAsNonRoot", "true")
    });
    own.clone()
        .with(Place::PodContext, "runAsNonRoot", ABSENT)
        .assert_allowed(NOW, Restricted);
    own.clone()
        .with(Place::PodContext, "runAsNonRoot", "false")
        .assert_refused(NOW, rules);
    let by_number = Pod::hardened().with(Place::PodContext, "runAsNonRoot", ABSENT);
    by_number
        .with(Place::PodContext, "runAsUser", "1000")
        .assert_refused(NOW, rules);
    for place in CONTEXTS {
        let lacking = own
            .clone()
            .with(Place::PodContext, "runAsNonRoot", ABSENT)
            .with(place, "runAsNonRoot", ABSENT);
        lacking.assert_refused(NOW, rules);
    }
}

#[test]
fn running_as_a_user_other_than_root() {
    let rules: &[_] = &["run-as-root", "non-root-unenforced"];
    control(
        Restricted,
        &EVERYWHERE,
        "runAsUser",
        &[ABSENT, "null", "1", "1000"],
        (rules, &["0", "0x0"]),
    );
    let own = CONTEXTS.into_iter().fold(Pod::hardened(), |pod, place| {
        pod.with(place, "runAsUser", "1000")
    });
    own.with(Place::PodContext, "runAsUser", "0")
        .assert_refused(NOW, rules);
}

#[test]
fn seccomp() {
    let valid = [
        "{type: RuntimeDefault}",
        "{type: Localhost, localhostProfile: a}",
    ];
    let refused = ["{type: Unconfined}", "{}", "{type: runtime/default}"];
    control(
        Restricted,
        &EVERYWHERE,
        "seccompProfile",
        &valid,
        (&["seccomp-missing"], &refused),
    );
    control(
        Restricted,
        &CONTEXTS,
        "seccompProfile",
        &[ABSENT, "null"],
        (&[], &[]),
    );
    // Without one on the pod every container needs its own; one on the pod that is wrong stays wrong.
    let own = CONTEXTS.into_iter().fold(Pod::hardened(), |pod, place| {
        pod.with(place, "seccompProfile", valid[0])
    });
    own.clone()
        .with(Place::PodContext, "seccompProfile", ABSENT)
        .assert_allowed(NOW, Restricted);
    own.clone()
        .with(Place::PodContext, "seccompProfile", "{type: Unconfined}")
        .assert_refused(NOW, &["seccomp-missing"]);
    for place in CONTEXTS {
        let lacking = own
            .clone()
            .with(Place::PodContext, "seccompProfile", ABSENT)
            .with(place, "seccompProfile", ABSENT);
        lacking.assert_refused(NOW, &["seccomp-missing"]);
    }
}
