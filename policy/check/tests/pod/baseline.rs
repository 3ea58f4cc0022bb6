//! The controls of the baseline profile.

use super::Profile::{Baseline, Restricted};
use super::{ABSENT, CONTAINERS, CONTEXTS, EVERYWHERE, NOW, Place, Pod, control};

#[test]
fn host_process() {
    let allowed = [
        ABSENT,
        "null",
        "{}",
        "{hostProcess: false}",
        "{hostProcess: null}",
        "{runAsUserName: ContainerUser}",
    ];
    let refused: (&[_], &[_]) = (&["windows-host-process"], &["{hostProcess: true}"]);
    control(Baseline, &EVERYWHERE, "windowsOptions", &allowed, refused);
}

#[test]
fn host_namespaces() {
    for (field, rule) in [
        ("hostNetwork", "host-network"),
        ("hostPID", "host-pid"),
        ("hostIPC", "host-ipc"),
    ] {
        control(
            Restricted,
            &[Place::Spec],
            field,
            &[ABSENT, "null", "false", "no"],
            (&[rule], &["true", "yes"]),
        );
    }
}

#[test]
fn privileged_containers() {
    let refused: (&[_], &[_]) = (&["container-privileged"], &["true", "on"]);
    control(
        Restricted,
        &CONTEXTS,
        "privileged",
        &[ABSENT, "null", "false"],
        refused,
    );
}

#[test]
fn host_path_volumes() {
    let rules = [
        "host-path-volume",
        "host-path-sensitive",
        "runtime-socket-mounted",
    ];
    let refused = [
        "[{name: v, hostPath: {path: /data}}]",
        "[{name: v, hostPath: {}}]",
        "[{name: ok, emptyDir: {}}, {name: v, hostPath: {path: /etc/localtime}}]",
        "[{name: v, hostPath: {path: /}}]",
        "[{name: v, hostPath: {path: /var/run/docker.sock}}]",
    ];
    let allowed = [ABSENT, "[]", "[{name: v, hostPath: null, emptyDir: {}}]"];
    control(
        Restricted,
        &[Place::Spec],
        "volumes",
        &allowed,
        (&rules, &refused),
    );
}

#[test]
fn host_ports() {
    let allowed = [
        ABSENT,
        "[]",
        "[{containerPort: 80}]",
        "[{containerPort: 80, hostPort: 0}]",
        "[{hostPort: null}]",
    ];
    let refused = [
        "[{containerPort: 80, hostPort: 80}]",
        "[{containerPort: 80}, {hostPort: 8080}]",
    ];
    control(
        Restricted,
        &CONTAINERS,
        "ports",
        &allowed,
        (&["host-port"], &refused),
    );
}

#[test]
fn hosts_of_probes_and_hooks() {
    for action in ["httpGet", "tcpSocket"] {
        let values = |host: &str| {
            let handler = format!("{{{action}: {{port: 80{host}}}}}");
            let hooks = ["postStart", "preStop"]
                .map(|hook| ("lifecycle", format!("{{{hook}: {handler}}}")));
            let probes = ["livenessProbe", "readinessProbe", "startupProbe"]
                .map(|probe| (probe, handler.clone()));
            probes.into_iter().chain(hooks)
        };
        for place in CONTAINERS {
            for (field, value) in ["", ", host: ''", ", host: null"]
                .into_iter()
                .flat_map(values)
            {
                Pod::hardened()
                    .with(place, field, &value)
                    .assert_allowed(NOW, Restricted);
            }
            for (field, value) in [", host: localhost", ", host: 10.0.0.1"]
                .into_iter()
                .flat_map(values)
            {
                let pod = Pod::hardened().with(place, field, &value);
                pod.assert_refused(NOW, &["probe-host-set"]);
                pod.assert_allowed((1, 33), Restricted);
            }
        }
    }
}

#[test]
fn apparmor() {
    let allowed = [
        ABSENT,
        "null",
        "{type: RuntimeDefault}",
        "{type: Localhost, localhostProfile: a}",
    ];
    let refused = [
        "{type: Unconfined}",
        "{type: ''}",
        "{}",
        "{localhostProfile: a}",
    ];
    control(
        Restricted,
        &EVERYWHERE,
        "appArmorProfile",
        &allowed,
        (&["apparmor-disabled"], &refused),
    );
    let annotated =
        |value: &str| format!("{{container.apparmor.security.beta.kubernetes.io/a: {value}}}");
    for value in ["''", "runtime/default", "localhost/a"] {
        Pod::hardened()
            .with(Place::Metadata, "annotations", &annotated(value))
            .assert_allowed(NOW, Restricted);
    }
    for value in ["unconfined", "runtime/defaults", "localhost"] {
        let pod = Pod::hardened().with(Place::Metadata, "annotations", &annotated(value));
        pod.assert_refused(NOW, &["apparmor-disabled"]);
    }
}

#[test]
fn selinux() {
    let allowed = [
        ABSENT,
        "null",
        "{}",
        "{level: 's0:c1,c2'}",
        "{type: '', user: '', role: ''}",
        "{type: container_t}",
        "{type: container_init_t}",
        "{type: container_kvm_t}",
        "{type: container_engine_t}",
    ];
    let refused = [
        "{type: spc_t}",
        "{user: system_u}",
        "{role: system_r}",
        "{type: container_t, user: system_u}",
    ];
    control(
        Restricted,
        &EVERYWHERE,
        "seLinuxOptions",
        &allowed,
        (&["selinux-options-custom"], &refused),
    );
    let engine = Pod::hardened().with(
        Place::PodContext,
        "seLinuxOptions",
        "{type: container_engine_t}",
    );
    engine.assert_refused((1, 30), &["selinux-options-custom"]);
    engine.assert_allowed((1, 31), Restricted);
}

#[test]
fn proc_mounts() {
    let refused: (&[_], &[_]) = (&["proc-mount-unmasked"], &["Unmasked", "default"]);
    control(
        Restricted,
        &CONTEXTS,
        "procMount",
        &[ABSENT, "null", "Default"],
        refused,
    );
    // Restricted forbids it in a user namespace too.
    let pod = Pod::hardened()
        .with(Place::Spec, "hostUsers", "false")
        .with(Place::Context(0), "procMount", "Unmasked");
    pod.assert_refused((1, 35), &["proc-mount-unmasked"]);
}

#[test]
fn sysctls() {
    let safe = [
        ("kernel.shm_rmid_forced", 0),
        ("net.ipv4.ip_local_port_range", 0),
        ("net.ipv4.ip_unprivileged_port_start", 0),
        ("net.ipv4.tcp_syncookies", 0),
        ("net.ipv4.ping_group_range", 0),
        ("net.ipv4.ip_local_reserved_ports", 27),
        ("net.ipv4.tcp_keepalive_time", 29),
        ("net.ipv4.tcp_fin_timeout", 29),
        ("net.ipv4.tcp_keepalive_intvl", 29),
        ("net.ipv4.tcp_keepalive_probes", 29),
        ("net.ipv4.tcp_rmem", 32),
        ("net.ipv4.tcp_wmem", 32),
        ("net.ipv4.tcp_slow_start_after_idle", 37),
        ("net.ipv4.tcp_notsent_lowat", 37),
    ];
    let setting = |name: &str| {
        Pod::hardened().with(
            Place::PodContext,
            "sysctls",
            &format!("[{{name: {name}, value: '1'}}]"),
        )
    };
    for (name, since) in safe {
        setting(name).assert_allowed((1, since), Restricted);
        if since > 0 {
            setting(name).assert_refused((1, since - 1), &["sysctl-unsafe"]);
        }
    }
    for name in [
        "kernel.msgmax",
        "kernel.sem",
        "net.core.somaxconn",
        "vm.max_map_count",
        "net.ipv4.tcp_syncookie",
    ] {
        setting(name).assert_refused((1, 37), &["sysctl-unsafe"]);
    }
}
