//! The Pod Security Standards, field by field, as `k8s.io/pod-security-admission/policy/check_*.go` decides them.
//!
//! Each control is a rule; what several of them share is here. The admission check looks at init, ephemeral and ordinary
//! containers alike, and takes a native sidecar for the init container that it is.

use plimsoll_yaml::{Entry, Node};

use crate::{Config, Container, Place, Workload};

/// What `baseline` lets a container add (`check_capabilities_baseline.go`). Names count as written: no `CAP_`, capitals.
pub(crate) const BASELINE_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// `SELinux` types that `baseline` allows (`check_seLinuxOptions.go`), each with the first version that has it.
const SELINUX_TYPES: [(&str, (u16, u16)); 5] = [
    ("", (1, 0)),
    ("container_t", (1, 0)),
    ("container_init_t", (1, 0)),
    ("container_kvm_t", (1, 0)),
    ("container_engine_t", (1, 31)),
];

/// Sysctls that `baseline` allows (`check_sysctls.go`), each with the first version that has it. The kubelet's own list
/// of safe ones is the same, so that any other fails the pod unless the node allows it.
const SAFE_SYSCTLS: [(&str, (u16, u16)); 14] = [
    ("kernel.shm_rmid_forced", (1, 0)),
    ("net.ipv4.ip_local_port_range", (1, 0)),
    ("net.ipv4.ip_unprivileged_port_start", (1, 0)),
    ("net.ipv4.ping_group_range", (1, 0)),
    ("net.ipv4.tcp_syncookies", (1, 0)),
    ("net.ipv4.ip_local_reserved_ports", (1, 27)),
    ("net.ipv4.tcp_fin_timeout", (1, 29)),
    ("net.ipv4.tcp_keepalive_intvl", (1, 29)),
    ("net.ipv4.tcp_keepalive_probes", (1, 29)),
    ("net.ipv4.tcp_keepalive_time", (1, 29)),
    ("net.ipv4.tcp_rmem", (1, 32)),
    ("net.ipv4.tcp_wmem", (1, 32)),
    ("net.ipv4.tcp_notsent_lowat", (1, 37)),
    ("net.ipv4.tcp_slow_start_after_idle", (1, 37)),
];

/// Volume types that `restricted` allows (`check_restrictedVolumes.go`), each with the first version that has it.
const RESTRICTED_VOLUMES: [(&str, (u16, u16)); 9] = [
    ("configMap", (1, 0)),
    ("csi", (1, 0)),
    ("downwardAPI", (1, 0)),
    ("emptyDir", (1, 0)),
    ("ephemeral", (1, 0)),
    ("persistentVolumeClaim", (1, 0)),
    ("projected", (1, 0)),
    ("secret", (1, 0)),
    ("image", (1, 33)),
];

/// Whether a name is in a list for the version that the repository is for.
fn listed(list: &[(&str, (u16, u16))], name: &str, config: &Config) -> bool {
    list.iter()
        .any(|(known, since)| *known == name && config.kubernetes >= *since)
}

/// Whether `baseline` allows an `SELinux` type.
pub(crate) fn allows_selinux_type(config: &Config, name: &str) -> bool {
    listed(&SELINUX_TYPES, name, config)
}

/// Whether `baseline` allows a sysctl.
pub(crate) fn allows_sysctl(config: &Config, name: &str) -> bool {
    listed(&SAFE_SYSCTLS, name, config)
}

/// Whether `restricted` allows a volume type.
pub(crate) fn allows_volume(config: &Config, name: &str) -> bool {
    listed(&RESTRICTED_VOLUMES, name, config)
}

/// `hostUsers: false`: root in the pod is nobody on the node.
pub(crate) fn has_user_namespace(workload: &Workload<'_>) -> bool {
    workload.pod("hostUsers").and_then(Node::bool) == Some(false)
}

/// Whether the standards take a user namespace for an excuse: since policy version 1.35 for `runAsNonRoot`, `runAsUser`
/// and, in `baseline`, `procMount`. Before it needed a feature gate that was off (kubernetes/kubernetes#132157).
pub(crate) fn relaxes_for_user_namespace(config: &Config, workload: &Workload<'_>) -> bool {
    config.kubernetes >= (1, 35) && has_user_namespace(workload)
}

/// A profile type that seccomp (`check_seccompProfile_*.go`) and `AppArmor` (`check_appArmorProfile.go`) allow, once a
/// profile is written. One without a type is not allowed.
pub(crate) fn allows_profile(profile: Node<'_>) -> bool {
    matches!(
        profile.get("type").and_then(Node::text),
        Some("RuntimeDefault" | "Localhost")
    )
}

/// The part of a profile to point at: its type, or else itself.
pub(crate) fn profile_type(profile: Node<'_>) -> Node<'_> {
    profile.get("type").unwrap_or(profile)
}

/// `privileged: true`, which takes every other setting of the security context out of force.
pub(crate) fn is_privileged(container: &Container<'_>) -> bool {
    container.security("privileged").and_then(Node::bool) == Some(true)
}

/// `capabilities.add` or `capabilities.drop`.
pub(crate) fn capabilities<'s>(
    container: &Container<'s>,
    list: &str,
) -> impl Iterator<Item = Node<'s>> + use<'s> {
    let capabilities = container.security("capabilities");
    let list = capabilities.and_then(|capabilities| capabilities.get(list));
    list.into_iter().flat_map(Node::items)
}

/// Whether a container drops a capability by its name or with all others, as a container runtime reads it: in any case,
/// with or without `CAP_`.
pub(crate) fn drops(container: &Container<'_>, name: &str) -> bool {
    capabilities(container, "drop")
        .filter_map(Node::text)
        .map(|text| {
            text.get(..4)
                .filter(|start| start.eq_ignore_ascii_case("CAP_"))
                .map_or(text, |_| &text[4..])
        })
        .any(|dropped| dropped.eq_ignore_ascii_case("ALL") || dropped.eq_ignore_ascii_case(name))
}

/// `windowsOptions` of the pod and of each container that say `hostProcess: true`.
pub(crate) fn host_processes<'s>(
    workload: &Workload<'s>,
) -> impl Iterator<Item = (Option<Container<'s>>, Node<'s>)> {
    let pod = workload
        .pod_security("windowsOptions")
        .map(|options| (None, options));
    let own = workload.containers.iter().filter_map(|container| {
        container
            .security("windowsOptions")
            .map(|options| (Some(*container), options))
    });
    pod.into_iter().chain(own).filter_map(|(who, options)| {
        let set = options.get("hostProcess")?;
        (set.bool() == Some(true)).then_some((who, set))
    })
}

/// The name that a Windows container runs under: its own, or else the pod's.
fn windows_user<'s>(workload: &Workload<'s>, container: &Container<'s>) -> Option<&'s str> {
    let named = |options: Option<Node<'s>>| options?.get("runAsUserName")?.text();
    named(container.security("windowsOptions"))
        .or_else(|| named(workload.pod_security("windowsOptions")))
}

/// Whether a container runs, or may run, as root: the setting that says so, or `None` where nothing says otherwise.
///
/// A user id that is not 0 is not root whatever the image says; the kubelet holds `runAsNonRoot: true` against the image
/// when it starts the container.
pub(crate) fn root<'s>(
    workload: &Workload<'s>,
    container: &Container<'s>,
) -> Result<(), Option<Node<'s>>> {
    let user = workload.effective_security(container, "runAsUser");
    let non_root = workload.effective_security(container, "runAsNonRoot");
    match user.and_then(Node::int) {
        Some(0) => Err(user),
        Some(_) => Ok(()),
        None if non_root.and_then(Node::bool) == Some(true) => Ok(()),
        None if workload.is_windows() => match windows_user(workload, container) {
            Some(name) if !name.eq_ignore_ascii_case("ContainerAdministrator") => Ok(()),
            _ => Err(non_root),
        },
        None => Err(non_root),
    }
}

/// A setting that containers have from themselves or from their pod, and where it is wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault<'s> {
    /// Whose setting; the pod's where `None`.
    pub(crate) container: Option<Container<'s>>,
    /// The setting; `None` where it is missing.
    pub(crate) written: Option<Node<'s>>,
}

impl<'s> Fault<'s> {
    pub(crate) fn new(container: Option<Container<'s>>, written: Option<Node<'s>>) -> Self {
        Self { container, written }
    }

    /// Where it stands, or should stand.
    pub(crate) fn place(&self, workload: &Workload<'s>, field: &'static str) -> Place<'s> {
        let owner = self
            .container
            .map_or(workload.spec, |container| container.node);
        self.written
            .map_or_else(|| Place::missing(owner, field), Place::value)
    }
}

impl std::fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.container {
            Some(container) => container.fmt(f),
            None => f.write_str("the pod"),
        }
    }
}

/// Asks about every container, and says each fault once: what the pod's own setting does to several containers is a fault
/// of the pod, and so is a setting that no container has. `on_pod` is a fault of the pod's setting even where every
/// container overrides it.
pub(crate) fn inherited_faults<'s>(
    workload: &Workload<'s>,
    on_pod: Option<Node<'s>>,
    judge: impl Fn(&Container<'s>) -> Result<(), Option<Node<'s>>>,
) -> Vec<Fault<'s>> {
    let context = workload.pod("securityContext");
    let mut faults = Vec::from_iter(on_pod.map(|node| Fault::new(None, Some(node))));
    let mut silent = Vec::new();
    for container in &workload.containers {
        match judge(container) {
            Ok(()) => {}
            Err(None) => silent.push(Fault::new(Some(*container), None)),
            Err(Some(node)) => {
                let known = |fault: &Fault<'_>| fault.written.map(Node::id) == Some(node.id());
                let inherited = context.is_some_and(|context| context.path_to(node.id()).is_some());
                if !faults.iter().any(known) {
                    faults.push(Fault::new((!inherited).then_some(*container), Some(node)));
                }
            }
        }
    }
    if !silent.is_empty() && silent.len() == workload.containers.len() {
        silent = vec![Fault::new(None, None)];
    }
    faults.extend(silent);
    faults
}

/// Settings of the pod and of its containers by one name, each with its owner.
pub(crate) fn written<'s>(workload: &Workload<'s>, field: &str) -> impl Iterator<Item = Fault<'s>> {
    let pod = workload
        .pod_security(field)
        .map(|node| Fault::new(None, Some(node)));
    let own = workload.containers.iter().filter_map(|container| {
        let written = container.security(field)?;
        Some(Fault::new(Some(*container), Some(written)))
    });
    pod.into_iter().chain(own.collect::<Vec<_>>())
}

/// `AppArmor` profiles by annotation, which the admission check still reads.
pub(crate) fn apparmor_annotations<'s>(
    workload: &Workload<'s>,
) -> impl Iterator<Item = Entry<'s>> + use<'s> {
    let metadata = workload.template.get("metadata");
    let annotations = metadata.and_then(|metadata| metadata.get("annotations"));
    annotations
        .into_iter()
        .flat_map(Node::entries)
        .filter(|entry| {
            entry
                .name()
                .starts_with("container.apparmor.security.beta.kubernetes.io/")
        })
}

/// A container's probes and lifecycle handlers, each with its field's path.
pub(crate) fn handlers<'s>(
    container: &Container<'s>,
) -> impl Iterator<Item = (&'static str, Node<'s>)> + use<'s> {
    let node = container.node;
    let fields = [
        "livenessProbe",
        "readinessProbe",
        "startupProbe",
        "lifecycle.postStart",
        "lifecycle.preStop",
    ];
    fields.into_iter().filter_map(move |field| {
        let handler = field.split('.').try_fold(node, Node::get)?;
        Some((field, handler))
    })
}
