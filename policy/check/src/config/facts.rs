//! Facts about a platform that rules go by: flat, shared, one list.

use plimsoll_yaml::Node;

/// A fact's value.
#[derive(Clone, Debug, PartialEq)]
pub enum FactValue {
    /// A whole number.
    Int(i64),
    /// A list of texts.
    List(&'static [&'static str]),
}

/// What a fact is called, means and defaults to.
#[derive(Clone, Debug)]
pub struct FactField {
    /// The key in the configuration.
    pub name: &'static str,
    /// What it means, with its unit.
    pub docs: &'static str,
    /// Unless the configuration says otherwise.
    pub default: FactValue,
}

trait Fact: Sized {
    /// Reads a value; what is expected instead, where it is another type.
    fn read(node: Node<'_>) -> Result<Self, &'static str>;
    fn from_default(value: &FactValue) -> Self;
}

impl Fact for i64 {
    fn read(node: Node<'_>) -> Result<Self, &'static str> {
        node.int()
            .filter(|value| *value >= 0)
            .ok_or("a whole number, not negative")
    }

    fn from_default(value: &FactValue) -> Self {
        match value {
            FactValue::Int(value) => *value,
            FactValue::List(_) => 0,
        }
    }
}

impl Fact for Vec<String> {
    fn read(node: Node<'_>) -> Result<Self, &'static str> {
        let texts = || {
            node.items()
                .map(|item| item.text().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
        };
        node.is_sequence()
            .then(texts)
            .flatten()
            .ok_or("a list of texts")
    }

    fn from_default(value: &FactValue) -> Self {
        match value {
            FactValue::List(values) => values.iter().map(|&value| value.to_owned()).collect(),
            FactValue::Int(_) => Vec::new(),
        }
    }
}

macro_rules! facts {
    ($($(#[doc = $docs:literal])+ $field:ident: $type:ty = $name:literal, $default:expr;)*) => {
        /// What rules go by.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Facts { $($(#[doc = $docs])+ pub $field: $type,)* }

        impl Facts {
            /// All facts, for the schema and the documentation.
            pub const FIELDS: &'static [FactField] = &[$(FactField {
                name: $name,
                docs: concat!($($docs),+),
                default: $default,
            },)*];

            /// Sets a fact by its key: what is expected instead, where the value is wrong; `None` for an unknown key.
            pub(crate) fn set(&mut self, name: &str, node: Node<'_>) -> Option<Result<(), &'static str>> {
                match name {
                    $($name => Some(<$type as Fact>::read(node).map(|value| self.$field = value)),)*
                    _ => None,
                }
            }
        }

        impl Default for Facts {
            fn default() -> Self {
                Self { $($field: <$type as Fact>::from_default(&$default),)* }
            }
        }
    };
}

facts! {
    /// The fewest replicas of a workload that others depend on.
    min_replicas: i64 = "minReplicas", FactValue::Int(2);
    /// The fewest `minReplicas` of an autoscaler.
    hpa_min_replicas: i64 = "hpaMinReplicas", FactValue::Int(2);
    /// Registries that images may come from, with an optional path prefix (`ghcr.io/acme`). Empty: any.
    allowed_registries: Vec<String> = "allowedRegistries", FactValue::List(&[]);
    /// The lowest user and group id that containers should run with.
    min_uid: i64 = "minUid", FactValue::Int(10_000);
    /// How many times a limit may exceed its request.
    max_limit_request_ratio: i64 = "maxLimitRequestRatio", FactValue::Int(4);
    /// Seconds of `initialDelaySeconds` on a liveness probe above which a startup probe is asked for.
    startup_probe_delay: i64 = "startupProbeDelay", FactValue::Int(30);
    /// Labels of which every workload carries at least one, to say who owns it.
    owner_labels: Vec<String> = "ownerLabels", FactValue::List(&["owner", "team"]);
    /// Labels that every object and pod template carries.
    required_labels: Vec<String> = "requiredLabels", FactValue::List(&[
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
        "app.kubernetes.io/version",
        "app.kubernetes.io/component",
        "app.kubernetes.io/part-of",
        "app.kubernetes.io/managed-by",
    ]);
    /// Values that `labels.severity` of an alert may have.
    alert_severities: Vec<String> = "alertSeverities", FactValue::List(&["critical", "warning", "info"]);
    /// Hours that may pass between two backups.
    backup_interval_hours: i64 = "backupIntervalHours", FactValue::Int(24);
    /// Annotations that every volume claim carries, such as the one that says how it is backed up. Empty: none.
    volume_annotations: Vec<String> = "volumeAnnotations", FactValue::List(&[]);
    /// MiB of memory below which no container can start.
    min_memory_mebibytes: i64 = "minMemoryMebibytes", FactValue::Int(4);
    /// GiB of memory of the largest node.
    max_memory_gibibytes: i64 = "maxMemoryGibibytes", FactValue::Int(512);
    /// CPUs of the largest node.
    max_cpu_cores: i64 = "maxCpuCores", FactValue::Int(128);
    /// Annotations of which every workload carries at least one, to say whom to ask; `email` holds an address.
    owner_annotations: Vec<String> = "ownerAnnotations", FactValue::List(&["email", "owner"]);
    /// Labels that every namespace and workload carries, to say who pays.
    cost_labels: Vec<String> = "costLabels", FactValue::List(&["team", "cost-center", "env"]);
    /// Annotations that nothing may carry; `*` stands for anything.
    forbidden_annotations: Vec<String> = "forbiddenAnnotations", FactValue::List(&[]);
    /// Hours within which a Secret follows a change in the store that it comes from.
    secret_refresh_hours: i64 = "secretRefreshHours", FactValue::Int(24);
}
