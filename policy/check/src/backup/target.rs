//! Where a backup goes.

use plimsoll_yaml::Node;

use super::Job;
use crate::{Container, Inventory, Kind, Place, Workload};

/// Where a job writes, as far as it is the cluster itself.
#[derive(Debug)]
pub(crate) enum Target<'s> {
    /// A host in the cluster, named by a variable or a word of a command.
    Host(Node<'s>, &'s str),
    /// A volume of the cluster.
    Volume(Place<'s>, String),
    /// Outside, or unknown.
    Elsewhere,
}

/// Parts of texts that tell that something is sent away.
const SENDS: &[&str] = &[
    "s3",
    "gs://",
    "gcs",
    "gsutil",
    "gcloud",
    "azure",
    "azcopy",
    "az storage",
    "b2:",
    "swift",
    "rclone",
    "restic",
    "kopia",
    "borg",
    "duplicity",
    "aws ",
    "mc ",
    "mcli ",
    "rsync",
    "scp ",
    "sftp",
    "ssh ",
    "ftp",
    "curl",
    "wget",
    "http",
    "velero",
    "wal-g",
    "pgbackrest",
];

/// Parts of the names of storage classes whose volumes lie outside the cluster.
const OUTSIDE: &[&str] = &[
    "nfs",
    "smb",
    "cifs",
    "efs",
    "filestore",
    "azurefile",
    "cephfs-external",
];

impl<'s> Job<'s> {
    /// Where it writes.
    pub(crate) fn target(&self, inventory: &Inventory<'s>, workload: &Workload<'s>) -> Target<'s> {
        let namespace = workload.namespace;
        for container in &workload.containers {
            for value in container
                .env()
                .filter(|entry| names_target(*entry))
                .filter_map(|entry| entry.get("value"))
            {
                if let Some(host) = value
                    .text()
                    .and_then(|text| in_cluster_host(inventory, namespace, text))
                {
                    return Target::Host(value, host);
                }
            }
            for word in ["command", "args"]
                .iter()
                .filter_map(|key| container.node.get(key))
                .flat_map(Node::items)
            {
                let text = word.text().unwrap_or_default();
                let endpoint = text
                    .find("--endpoint")
                    .and_then(|at| text.get(at..))
                    .and_then(|rest| rest.find("http").map(|at| &rest[at..]));
                if let Some(host) =
                    endpoint.and_then(|rest| in_cluster_host(inventory, namespace, rest))
                {
                    return Target::Host(word, host);
                }
            }
        }
        if self.says(SENDS) {
            Target::Elsewhere
        } else {
            volume(inventory, workload).unwrap_or(Target::Elsewhere)
        }
    }
}

/// A variable whose name says that it holds where to write.
fn names_target(entry: Node<'_>) -> bool {
    let name = entry
        .get("name")
        .and_then(Node::text)
        .unwrap_or_default()
        .to_ascii_uppercase();
    [
        "S3",
        "ENDPOINT",
        "TARGET",
        "REPOSITORY",
        "DESTINATION",
        "BUCKET",
        "MINIO",
        "MC_HOST",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// The volume of the cluster that a job's containers write to.
fn volume<'s>(inventory: &Inventory<'s>, workload: &Workload<'s>) -> Option<Target<'s>> {
    let written = |name: &str| {
        let mounts = workload.containers.iter().flat_map(Container::mounts);
        mounts.into_iter().any(|mount| {
            mount.get("name").and_then(Node::text) == Some(name)
                && mount.get("readOnly").and_then(Node::bool) != Some(true)
        })
    };
    workload.volumes().find_map(|volume| {
        let name = volume
            .get("name")
            .and_then(Node::text)
            .filter(|name| written(name))?;
        if let Some(path) = volume.at(&["hostPath", "path"]) {
            let what = format!("the node's own disk (`{}`)", path.text().unwrap_or(name));
            return Some(Target::Volume(path.into(), what));
        }
        let claim = volume.at(&["persistentVolumeClaim", "claimName"])?;
        let claimed = claim.text()?;
        (!is_outside(inventory, workload.namespace, claimed)).then(|| {
            Target::Volume(
                claim.into(),
                format!("the claim `{claimed}` of its own cluster"),
            )
        })
    })
}

/// A claim of a class, or bound to a volume, that a file server outside the cluster holds.
fn is_outside(inventory: &Inventory<'_>, namespace: &str, name: &str) -> bool {
    let Some(claim) = inventory.find(Kind::PersistentVolumeClaim, namespace, name) else {
        return false;
    };
    let text = |key| {
        claim
            .spec()
            .and_then(|spec| spec.get(key))
            .and_then(Node::text)
    };
    let class = text("storageClassName")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let bound =
        text("volumeName").and_then(|name| inventory.find(Kind::PersistentVolume, "", name));
    OUTSIDE.iter().any(|part| class.contains(part))
        || bound.is_some_and(|volume| volume.field("spec.nfs").is_some())
}

/// The host of the first address in a text (`http://host/…`, `host:9000`), if it is a Service of the cluster. What follows
/// `s3://` is a bucket, not a host.
pub(crate) fn in_cluster_host<'s>(
    inventory: &Inventory<'_>,
    namespace: &str,
    text: &'s str,
) -> Option<&'s str> {
    let (scheme, after) = text.split_once("://").unwrap_or(("", text));
    let after = after.split(['/', '?', ' ', '"']).next().unwrap_or_default();
    let after = after.rsplit_once('@').map_or(after, |(_, host)| host);
    let host = after.split(':').next().unwrap_or_default();
    let address = scheme.ends_with("http")
        || scheme.ends_with("https")
        || (scheme.is_empty() && (after != host || host.contains(".svc")));
    let mut parts = host.split('.');
    let (name, of, third) = (parts.next()?, parts.next(), parts.next());
    let named = third == Some("svc") || host.ends_with(".cluster.local");
    let found = || {
        let service = inventory.find(Kind::Service, of.unwrap_or(namespace), name)?;
        (service.field("spec.type").and_then(Node::text) != Some("ExternalName")).then_some(())
    };
    (address && !name.is_empty() && (named || (third.is_none() && found().is_some())))
        .then_some(host)
}
