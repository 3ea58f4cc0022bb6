//! Workloads that keep data: a database's image with a volume that outlives the pod.

use plimsoll_yaml::Node;

use super::Engine;
use super::job::{claims, secrets};
use crate::{Container, ImageRef, Inventory, Role, Workload, WorkloadIndex};

/// A database.
#[derive(Debug)]
pub(crate) struct Store<'s> {
    pub(crate) workload: WorkloadIndex,
    pub(crate) engine: Engine,
    /// `image` of the container that was recognised.
    pub(crate) image: Node<'s>,
    /// The Secrets that its pods read.
    pub(super) secrets: Vec<&'s str>,
    /// Its claims; for those that a `StatefulSet` makes, every way a job may name them.
    pub(super) claims: Vec<String>,
    /// One of its containers, or its own command, archives it.
    pub(super) backs_itself_up: bool,
}

impl<'s> Store<'s> {
    pub(super) fn all(inventory: &Inventory<'s>) -> impl Iterator<Item = Self> {
        let lasting = inventory
            .workloads()
            .iter()
            .filter(|workload| !workload.runs_to_completion());
        lasting.filter_map(|workload| {
            let (container, engine) = workload.containers.iter().find_map(|container| {
                let engine =
                    runs(container).filter(|engine| keeps(workload, container, *engine))?;
                Some((container, engine))
            })?;
            Some(Self {
                workload: workload.index,
                engine,
                image: container.image()?,
                secrets: secrets(workload).collect(),
                claims: own_claims(inventory, workload),
                backs_itself_up: backs_itself_up(workload),
            })
        })
    }
}

fn runs(container: &Container<'_>) -> Option<Engine> {
    if container.role != Role::Main {
        return None;
    }
    Engine::of_image(ImageRef::parse(container.image()?.text()?).repository)
}

/// A container mounts a volume that outlives the pod, and its engine writes to it.
fn keeps(workload: &Workload<'_>, container: &Container<'_>, engine: Engine) -> bool {
    let lasting = |volume: &Node<'_>| {
        volume.get("persistentVolumeClaim").is_some() || volume.get("hostPath").is_some()
    };
    let volumes = workload
        .volumes()
        .filter(lasting)
        .filter_map(|volume| volume.get("name")?.text());
    let made = workload
        .claim_templates()
        .filter_map(|claim| claim.at(&["metadata", "name"])?.text());
    let mut names = volumes.chain(made);
    let mounted = names.any(|name| {
        container
            .mounts()
            .any(|mount| mount.get("name").and_then(Node::text) == Some(name))
    });
    mounted && !(engine == Engine::Redis && is_cache(container))
}

/// A Redis that is told to keep nothing.
fn is_cache(container: &Container<'_>) -> bool {
    let words: Vec<_> = container.command_line().collect();
    let line = words.join(" ");
    let unsaved = words
        .windows(2)
        .any(|pair| pair[0] == "--save" && matches!(pair[1], "" | "\"\"" | "''"))
        || line.contains("--save \"\"")
        || line.contains("--save ''");
    unsaved && !line.contains("appendonly yes")
}

fn own_claims(inventory: &Inventory<'_>, workload: &Workload<'_>) -> Vec<String> {
    let set = inventory.owner(workload).name;
    let made = workload
        .claim_templates()
        .filter_map(|claim| claim.at(&["metadata", "name"])?.text());
    let made = made.flat_map(|name| (0..3).map(move |ordinal| format!("{name}-{set}-{ordinal}")));
    claims(workload).map(str::to_owned).chain(made).collect()
}

/// A sidecar that backs up, or archiving in the database's own command.
fn backs_itself_up(workload: &Workload<'_>) -> bool {
    const WORDS: [&str; 6] = [
        "backup",
        "wal-g",
        "barman",
        "pgbackrest",
        "litestream",
        "medusa",
    ];
    workload
        .containers
        .iter()
        .filter(|container| container.is_long_running())
        .any(|container| {
            let image = container.image().and_then(Node::text).map(ImageRef::parse);
            let base = image.map_or("", |image| image.base_name());
            let sidecar = runs(container).is_none()
                && WORDS
                    .iter()
                    .any(|word| base.contains(word) || container.name.contains(word));
            let archives = container.command_line().any(|word| {
                word.contains("archive_command") && WORDS.iter().any(|tool| word.contains(tool))
            });
            sidecar || archives
        })
}
