//! The fields: `k8s.io/api`, those that people write by hand.

use super::Fields;
use super::Shape::{Map, Object, Objects, Strings};

pub(super) const NONE: Fields = Fields::NONE;

/// Every object.
pub(super) static OBJECT: Fields = Fields {
    others: &[("metadata", Object(&META))],
    ..NONE
};
pub(super) static META: Fields = Fields {
    lists: &["finalizers"],
    others: &[
        ("labels", Map),
        ("annotations", Map),
        ("ownerReferences", Objects(&NOTHING)),
    ],
    ..NONE
};
pub(super) static NOTHING: Fields = NONE;
pub(super) static NAMED: Fields = Fields {
    strings: &["name"],
    booleans: &["optional"],
    ..NONE
};
static NAME_AND_VALUE: Fields = Fields {
    strings: &["name", "value"],
    ..NONE
};
pub(super) static SELECTOR: Fields = Fields {
    others: &[
        ("matchLabels", Map),
        ("matchExpressions", Objects(&EXPRESSION)),
    ],
    ..NONE
};
static EXPRESSION: Fields = Fields {
    strings: &["key", "operator"],
    lists: &["values"],
    ..NONE
};

/// A pod, or the template of one. The template of every kind has its metadata checked here.
pub(super) static POD: Fields = Fields {
    others: &[("metadata", Object(&META)), ("spec", Object(&POD_SPEC))],
    ..NONE
};
static POD_SPEC: Fields = Fields {
    strings: &[
        "serviceAccountName",
        "serviceAccount",
        "hostname",
        "subdomain",
        "restartPolicy",
        "dnsPolicy",
        "nodeName",
        "priorityClassName",
        "schedulerName",
        "runtimeClassName",
        "preemptionPolicy",
    ],
    numbers: &[
        "terminationGracePeriodSeconds",
        "activeDeadlineSeconds",
        "priority",
    ],
    booleans: &[
        "automountServiceAccountToken",
        "hostNetwork",
        "hostPID",
        "hostIPC",
        "hostUsers",
        "enableServiceLinks",
        "shareProcessNamespace",
        "setHostnameAsFQDN",
    ],
    others: &[
        ("containers", Objects(&CONTAINER)),
        ("initContainers", Objects(&CONTAINER)),
        ("ephemeralContainers", Objects(&CONTAINER)),
        ("volumes", Objects(&VOLUME)),
        ("nodeSelector", Map),
        ("imagePullSecrets", Objects(&NAMED)),
        ("affinity", Object(&NOTHING)),
        ("tolerations", Objects(&TOLERATION)),
        ("topologySpreadConstraints", Objects(&SPREAD)),
        ("hostAliases", Objects(&ALIAS)),
        ("securityContext", Object(&POD_SECURITY)),
        ("dnsConfig", Object(&DNS)),
    ],
    ..NONE
};
static TOLERATION: Fields = Fields {
    strings: &["key", "operator", "value", "effect"],
    numbers: &["tolerationSeconds"],
    ..NONE
};
static SPREAD: Fields = Fields {
    strings: &["topologyKey", "whenUnsatisfiable"],
    numbers: &["maxSkew", "minDomains"],
    lists: &["matchLabelKeys"],
    others: &[("labelSelector", Object(&SELECTOR))],
    ..NONE
};
static ALIAS: Fields = Fields {
    strings: &["ip"],
    lists: &["hostnames"],
    ..NONE
};
static DNS: Fields = Fields {
    lists: &["nameservers", "searches"],
    others: &[("options", Objects(&NAME_AND_VALUE))],
    ..NONE
};
static TYPED: Fields = Fields {
    strings: &["type", "localhostProfile"],
    ..NONE
};
static POD_SECURITY: Fields = Fields {
    strings: &["fsGroupChangePolicy"],
    numbers: &["runAsUser", "runAsGroup", "fsGroup"],
    booleans: &["runAsNonRoot"],
    others: &[
        ("seccompProfile", Object(&TYPED)),
        ("sysctls", Objects(&NAME_AND_VALUE)),
    ],
    ..NONE
};
static CONTAINER: Fields = Fields {
    strings: &[
        "name",
        "image",
        "workingDir",
        "imagePullPolicy",
        "restartPolicy",
        "terminationMessagePolicy",
    ],
    booleans: &["stdin", "stdinOnce", "tty"],
    lists: &["command", "args"],
    others: &[
        ("ports", Objects(&CONTAINER_PORT)),
        ("env", Objects(&ENV)),
        ("envFrom", Objects(&ENV_FROM)),
        ("resources", Object(&RESOURCES)),
        ("volumeMounts", Objects(&MOUNT)),
        ("livenessProbe", Object(&PROBE)),
        ("readinessProbe", Object(&PROBE)),
        ("startupProbe", Object(&PROBE)),
        ("lifecycle", Object(&LIFECYCLE)),
        ("securityContext", Object(&SECURITY)),
    ],
    ..NONE
};
static CONTAINER_PORT: Fields = Fields {
    strings: &["name", "protocol", "hostIP"],
    numbers: &["containerPort", "hostPort"],
    ..NONE
};
static ENV: Fields = Fields {
    strings: &["name", "value"],
    others: &[("valueFrom", Object(&ENV_SOURCE))],
    ..NONE
};
static ENV_SOURCE: Fields = Fields {
    others: &[
        ("configMapKeyRef", Object(&KEY)),
        ("secretKeyRef", Object(&KEY)),
        ("fieldRef", Object(&FIELD)),
    ],
    ..NONE
};
static KEY: Fields = Fields {
    strings: &["name", "key"],
    booleans: &["optional"],
    ..NONE
};
static FIELD: Fields = Fields {
    strings: &["fieldPath", "apiVersion"],
    ..NONE
};
static ENV_FROM: Fields = Fields {
    strings: &["prefix"],
    others: &[
        ("configMapRef", Object(&NAMED)),
        ("secretRef", Object(&NAMED)),
    ],
    ..NONE
};
pub(super) static RESOURCES: Fields = Fields {
    others: &[("requests", Map), ("limits", Map)],
    ..NONE
};
static MOUNT: Fields = Fields {
    strings: &[
        "name",
        "mountPath",
        "subPath",
        "subPathExpr",
        "mountPropagation",
    ],
    booleans: &["readOnly"],
    ..NONE
};
static PROBE: Fields = Fields {
    numbers: &[
        "initialDelaySeconds",
        "periodSeconds",
        "timeoutSeconds",
        "successThreshold",
        "failureThreshold",
        "terminationGracePeriodSeconds",
    ],
    others: &[
        ("exec", Object(&EXEC)),
        ("httpGet", Object(&HTTP)),
        ("tcpSocket", Object(&TCP)),
        ("grpc", Object(&GRPC)),
    ],
    ..NONE
};
static LIFECYCLE: Fields = Fields {
    others: &[("postStart", Object(&PROBE)), ("preStop", Object(&PROBE))],
    ..NONE
};
static EXEC: Fields = Fields {
    lists: &["command"],
    ..NONE
};
static HTTP: Fields = Fields {
    strings: &["path", "scheme", "host"],
    either: &["port"],
    others: &[("httpHeaders", Objects(&NAME_AND_VALUE))],
    ..NONE
};
static TCP: Fields = Fields {
    strings: &["host"],
    either: &["port"],
    ..NONE
};
static GRPC: Fields = Fields {
    strings: &["service"],
    numbers: &["port"],
    ..NONE
};
static SECURITY: Fields = Fields {
    strings: &["procMount"],
    numbers: &["runAsUser", "runAsGroup"],
    booleans: &[
        "privileged",
        "allowPrivilegeEscalation",
        "readOnlyRootFilesystem",
        "runAsNonRoot",
    ],
    others: &[
        ("capabilities", Object(&CAPABILITIES)),
        ("seccompProfile", Object(&TYPED)),
    ],
    ..NONE
};
static CAPABILITIES: Fields = Fields {
    lists: &["add", "drop"],
    ..NONE
};
static VOLUME: Fields = Fields {
    strings: &["name"],
    others: &[
        ("emptyDir", Object(&MEDIUM)),
        ("hostPath", Object(&PATH)),
        ("configMap", Object(&FILES)),
        ("secret", Object(&FILES)),
        ("persistentVolumeClaim", Object(&CLAIM_NAME)),
        ("projected", Object(&PROJECTED)),
        ("csi", Object(&CSI)),
        ("nfs", Object(&PATH)),
    ],
    ..NONE
};
static MEDIUM: Fields = Fields {
    strings: &["medium"],
    ..NONE
};
static PATH: Fields = Fields {
    strings: &["path", "type", "server"],
    booleans: &["readOnly"],
    ..NONE
};
static FILES: Fields = Fields {
    strings: &["name", "secretName"],
    numbers: &["defaultMode"],
    booleans: &["optional"],
    others: &[("items", Objects(&FILE))],
    ..NONE
};
static FILE: Fields = Fields {
    strings: &["key", "path"],
    numbers: &["mode"],
    ..NONE
};
static CLAIM_NAME: Fields = Fields {
    strings: &["claimName"],
    booleans: &["readOnly"],
    ..NONE
};
static PROJECTED: Fields = Fields {
    numbers: &["defaultMode"],
    others: &[("sources", Objects(&NOTHING))],
    ..NONE
};
static CSI: Fields = Fields {
    strings: &["driver"],
    booleans: &["readOnly"],
    others: &[("volumeAttributes", Strings)],
    ..NONE
};
