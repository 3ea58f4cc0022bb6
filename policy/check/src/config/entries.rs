//! The entries of the configuration's lists.

use plimsoll_yaml::Node;

use super::read::Reader;
use super::{Exemption, ObjectPattern, PodTemplates};
use crate::Date;

impl Reader {
    pub(super) fn exemption(&mut self, map: Node<'_>) -> Option<Exemption> {
        let mut rule = None;
        let (mut objects, mut path, mut reason, mut owner, mut expires) =
            (ObjectPattern::default(), None, String::new(), None, None);
        for entry in map.entries() {
            match entry.name() {
                "rule" => rule = Some(self.rule_id(entry.value)),
                "resource" => objects = self.object(entry.value),
                "path" => path = self.pattern(entry.value),
                "reason" => entry
                    .value
                    .text()
                    .unwrap_or_default()
                    .trim()
                    .clone_into(&mut reason),
                "owner" => owner = entry.value.text().map(str::to_owned),
                "expires" => {
                    expires = entry.value.text().and_then(Date::parse);
                    if expires.is_none() {
                        self.expected(entry.value, "a date that exists, such as 2027-01-31");
                    }
                }
                _ => self.unknown(
                    entry.key,
                    &["rule", "resource", "path", "reason", "owner", "expires"],
                ),
            }
        }
        let span = map
            .entries()
            .next()
            .map_or(map.span(), |entry| entry.key.span().to(entry.value.span()));
        if reason.is_empty() {
            self.error(
                span,
                "an exemption without a reason".into(),
                "add `reason:` and say why this may stay as it is",
            );
        }
        if rule.is_none() {
            self.error(
                span,
                "an exemption without a rule".into(),
                "add `rule:` with the id of one rule",
            );
        }
        Some(Exemption {
            rule: rule??,
            objects,
            path,
            reason,
            owner,
            expires,
            span,
        })
    }

    pub(super) fn object(&mut self, map: Node<'_>) -> ObjectPattern {
        let mut object = ObjectPattern::default();
        if !map.is_mapping() {
            self.expected(map, "a map with `kind`, `namespace` and `name`");
        }
        for entry in map.entries() {
            match entry.name() {
                "kind" => object.kind = entry.value.text().map(str::to_owned),
                "namespace" => object.namespace = self.pattern(entry.value),
                "name" => object.name = self.pattern(entry.value),
                _ => self.unknown(entry.key, &["kind", "namespace", "name"]),
            }
        }
        object
    }

    pub(super) fn pod_templates(&mut self, map: Node<'_>) -> Option<PodTemplates> {
        let (mut group, mut kind, mut paths) = (String::new(), None, Vec::new());
        for entry in map.entries() {
            match entry.name() {
                "group" => entry
                    .value
                    .text()
                    .unwrap_or_default()
                    .clone_into(&mut group),
                "kind" => kind = entry.value.text().map(str::to_owned),
                "paths" if entry.value.is_sequence() => {
                    paths = entry
                        .value
                        .items()
                        .filter_map(Node::text)
                        .map(str::to_owned)
                        .collect();
                }
                "paths" => self.expected(entry.value, "a list of dotted paths"),
                _ => self.unknown(entry.key, &["group", "kind", "paths"]),
            }
        }
        if kind.is_none() {
            self.error(
                map.span().start_point(),
                "a pod template without a kind".into(),
                "add `kind:`",
            );
        }
        Some(PodTemplates {
            group,
            kind: kind?,
            paths,
        })
    }
}
