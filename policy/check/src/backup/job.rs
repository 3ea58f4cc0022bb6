//! Jobs that back up or restore, told by their names, their images and their commands.

use std::collections::BTreeSet;

use plimsoll_yaml::Node;

use super::Engine;
use crate::{ImageRef, Inventory, Kind, Workload, WorkloadIndex};

/// A `CronJob` that backs up or restores, or a workload with a schedule of its own that does.
#[derive(Debug)]
pub(crate) struct Job<'s> {
    pub(crate) workload: WorkloadIndex,
    /// It brings backups back, to see whether that works.
    pub(crate) restores: bool,
    /// The engines that its commands and images are for; none where they tell nothing.
    engines: BTreeSet<Engine>,
    /// Everything that it says: names and values of its environment, commands, scripts that it mounts.
    pub(crate) texts: Vec<&'s str>,
    pub(crate) secrets: Vec<&'s str>,
    pub(crate) claims: Vec<&'s str>,
}

impl<'s> Job<'s> {
    /// Reads a workload; `None` if it neither backs up nor restores.
    pub(super) fn read(inventory: &Inventory<'s>, workload: &Workload<'s>) -> Option<Self> {
        let owner = inventory.owner(workload);
        let images = || {
            workload
                .containers
                .iter()
                .filter_map(|container| container.image()?.text())
        };
        let bases = || images().map(|image| ImageRef::parse(image).base_name());
        let speaks_of = |word: &str| {
            let containers = workload.containers.iter().map(|container| container.name);
            containers
                .chain(bases())
                .chain([owner.name])
                .any(|name| name.contains(word))
        };
        let named = ["backup", "dump", "snapshot"]
            .iter()
            .any(|word| speaks_of(word));
        // What is no CronJob keeps a schedule of its own, and says so by its image.
        if workload.kind != Kind::CronJob
            && !(workload.is_service_like() && bases().any(|base| base.contains("backup")))
        {
            return None;
        }
        let texts = texts(inventory, workload);
        let restores = ["restore", "recovery", "drill"]
            .iter()
            .any(|word| owner.name.contains(word));
        let lower: Vec<_> = texts.iter().map(|text| text.to_ascii_lowercase()).collect();
        let commands: BTreeSet<_> = lower
            .iter()
            .flat_map(|text| Engine::backed_up_in(text))
            .collect();
        let copies = lower.iter().any(|text| Engine::copied_in(text));
        if !(named || restores || copies || !commands.is_empty()) {
            return None;
        }
        let run = images().filter_map(|image| Engine::of_image(ImageRef::parse(image).repository));
        Some(Self {
            workload: workload.index,
            restores,
            engines: commands.iter().copied().chain(run).collect(),
            texts,
            secrets: secrets(workload).collect(),
            claims: claims(workload).collect(),
        })
    }

    /// Whether it may be for an engine.
    pub(super) fn fits(&self, engine: Engine) -> bool {
        self.engines.is_empty() || self.engines.contains(&engine)
    }

    /// What it may name, as pairs of namespace and name: Services, pods and workloads, by every way a host is written.
    pub(super) fn names(&self, namespace: &'s str) -> BTreeSet<(&'s str, &'s str)> {
        let part = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.');
        let words = self
            .texts
            .iter()
            .flat_map(|text| text.split(part))
            .filter(|word| word.len() > 1);
        let mut names = BTreeSet::new();
        for word in words {
            let mut parts = word.split('.');
            let (first, second, third) =
                (parts.next().unwrap_or_default(), parts.next(), parts.next());
            names.insert((namespace, first));
            if let Some(second) = second {
                // `service.namespace`, `pod.service`.
                names.extend([(second, first), (namespace, second)]);
            }
            if let (Some(service), Some(of)) = (second, third) {
                names.insert((of, service));
            }
            if let Some((set, ordinal)) = first.rsplit_once('-')
                && !ordinal.is_empty()
                && ordinal.bytes().all(|byte| byte.is_ascii_digit())
            {
                names.insert((namespace, set));
            }
        }
        names
    }

    /// A word, in lowercase, that one of its texts holds.
    pub(crate) fn says(&self, words: &[&str]) -> bool {
        self.texts.iter().any(|text| {
            let text = text.to_ascii_lowercase();
            words.iter().any(|word| text.contains(word))
        })
    }
}

/// Everything that a workload's containers are told.
fn texts<'s>(inventory: &Inventory<'s>, workload: &Workload<'s>) -> Vec<&'s str> {
    let mut texts = Vec::new();
    for container in &workload.containers {
        texts.extend(container.image().and_then(Node::text));
        texts.extend(container.command_line());
        for entry in container.env() {
            texts.extend(entry.get("name").and_then(Node::text));
            texts.extend(entry.get("value").and_then(Node::text));
        }
    }
    for name in config_maps(workload) {
        let maps = inventory.find_all(Kind::ConfigMap, workload.namespace, name);
        let data = maps
            .filter_map(|map| map.node.get("data"))
            .flat_map(Node::entries);
        texts.extend(data.filter_map(|entry| entry.value.text()));
    }
    texts
}

fn config_maps<'s>(workload: &Workload<'s>) -> BTreeSet<&'s str> {
    references(
        workload,
        &["configMapKeyRef", "name"],
        &["configMapRef", "name"],
        "configMap",
        "name",
    )
    .collect()
}

/// The Secrets that a workload reads.
pub(super) fn secrets<'s>(workload: &Workload<'s>) -> impl Iterator<Item = &'s str> {
    let projected = workload
        .volumes()
        .filter_map(|volume| volume.at(&["projected", "sources"]))
        .flat_map(Node::items);
    let projected = projected.filter_map(|source| source.at(&["secret", "name"])?.text());
    references(
        workload,
        &["secretKeyRef", "name"],
        &["secretRef", "name"],
        "secret",
        "secretName",
    )
    .chain(projected)
}

/// The claims that a workload mounts.
pub(super) fn claims<'s>(workload: &Workload<'s>) -> impl Iterator<Item = &'s str> {
    workload
        .volumes()
        .filter_map(|volume| volume.at(&["persistentVolumeClaim", "claimName"])?.text())
}

fn references<'s>(
    workload: &Workload<'s>,
    one: &'static [&'static str],
    all: &'static [&'static str],
    volume: &'static str,
    name: &'static str,
) -> impl Iterator<Item = &'s str> {
    let nodes: Vec<_> = workload
        .containers
        .iter()
        .map(|container| container.node)
        .collect();
    let env = nodes.into_iter().flat_map(move |container| {
        let from = container.get("env").into_iter().flat_map(Node::items);
        let from = from.filter_map(|entry| entry.get("valueFrom")?.at(one)?.text());
        let whole = container.get("envFrom").into_iter().flat_map(Node::items);
        from.chain(whole.filter_map(|entry| entry.at(all)?.text()))
    });
    env.chain(
        workload
            .volumes()
            .filter_map(move |entry| entry.at(&[volume, name])?.text()),
    )
}
