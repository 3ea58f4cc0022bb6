//! Which fields the transformers look at: kustomize's own lists, and what `configurations` and `crds` add to them.

use std::sync::{Arc, OnceLock};

use super::defaults;
use super::fieldspec::FieldSpec;
use crate::{Fault, Result, Value};

/// Fields that hold the name of an object of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameReference {
    /// Group of the object that is named; empty for any.
    pub group: String,
    /// Its version; empty for any.
    pub version: String,
    /// Its kind.
    pub kind: String,
    /// Where the name stands.
    pub specs: Vec<FieldSpec>,
}

/// Fields by transformer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// What `namePrefix` changes.
    pub prefix: Vec<FieldSpec>,
    /// What `nameSuffix` changes.
    pub suffix: Vec<FieldSpec>,
    /// What `namespace` changes, `metadata.namespace` aside.
    pub namespace: Vec<FieldSpec>,
    /// Where the `labels` of every entry go, beside what it asks for itself.
    pub every_label: Vec<FieldSpec>,
    /// Where `commonLabels` go.
    pub labels: Vec<FieldSpec>,
    /// Where `labels` with `includeTemplates` go.
    pub template_labels: Vec<FieldSpec>,
    /// Where `commonAnnotations` go.
    pub annotations: Vec<FieldSpec>,
    /// Where `images` looks, beside every list of containers.
    pub images: Vec<FieldSpec>,
    /// What `replicas` sets.
    pub replicas: Vec<FieldSpec>,
    /// Where variables are put in.
    pub variables: Vec<FieldSpec>,
    /// Fields that hold names.
    pub names: Vec<NameReference>,
}

impl Config {
    /// Kustomize's own lists.
    pub fn builtin() -> Arc<Self> {
        static BUILTIN: OnceLock<Arc<Config>> = OnceLock::new();
        Arc::clone(BUILTIN.get_or_init(|| Arc::new(defaults::config())))
    }

    /// Nothing is in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads a file of `configurations`.
    pub fn read(file: &Value<'_>) -> Result<Self> {
        let mut config = Self::default();
        for entry in file.entries() {
            let specs =
                || -> Result<Vec<FieldSpec>> { entry.value.items().iter().map(spec).collect() };
            match &*entry.key {
                "namePrefix" => config.prefix = specs()?,
                "nameSuffix" => config.suffix = specs()?,
                "namespace" => config.namespace = specs()?,
                "labels" => config.every_label = specs()?,
                "commonLabels" => config.labels = specs()?,
                "templateLabels" => config.template_labels = specs()?,
                "commonAnnotations" => config.annotations = specs()?,
                "images" => config.images = specs()?,
                "replicas" => config.replicas = specs()?,
                "varReference" => config.variables = specs()?,
                "nameReference" => {
                    config.names = entry
                        .value
                        .items()
                        .iter()
                        .map(reference)
                        .collect::<Result<_>>()?;
                }
                _ => {}
            }
        }
        Ok(config)
    }

    /// Adds what another has that this one has not.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        add(&mut self.prefix, &other.prefix)?;
        add(&mut self.suffix, &other.suffix)?;
        add(&mut self.namespace, &other.namespace)?;
        add(&mut self.every_label, &other.every_label)?;
        add(&mut self.labels, &other.labels)?;
        add(&mut self.template_labels, &other.template_labels)?;
        add(&mut self.annotations, &other.annotations)?;
        add(&mut self.images, &other.images)?;
        add(&mut self.replicas, &other.replicas)?;
        add(&mut self.variables, &other.variables)?;
        for reference in &other.names {
            let known = self.names.iter_mut().find(|known| {
                (&known.group, &known.version, &known.kind)
                    == (&reference.group, &reference.version, &reference.kind)
            });
            match known {
                Some(known) => add(&mut known.specs, &reference.specs)?,
                None => self.names.push(reference.clone()),
            }
        }
        Ok(())
    }
}

/// Adds field specifications that are not there yet.
pub(crate) fn add(specs: &mut Vec<FieldSpec>, others: &[FieldSpec]) -> Result<()> {
    for other in others {
        let same = |spec: &&FieldSpec| {
            (&spec.group, &spec.version, &spec.kind, &spec.path)
                == (&other.group, &other.version, &other.kind, &other.path)
        };
        match specs.iter().find(same) {
            Some(known) if known.create != other.create => {
                let message = format!(
                    "`{}` is given with `create: true` and with `create: false`",
                    other.path
                );
                return Err(Fault::broken(message).help("write the same `create` in both"));
            }
            Some(_) => {}
            None => specs.push(other.clone()),
        }
    }
    Ok(())
}

fn text(value: &Value<'_>, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::text)
        .unwrap_or_default()
        .to_owned()
}

/// Reads one field specification.
pub(crate) fn spec(value: &Value<'_>) -> Result<FieldSpec> {
    let path = text(value, "path");
    if path.is_empty() {
        return Err(Fault::broken("a field specification needs a `path`").at(value.origin.span));
    }
    Ok(FieldSpec {
        group: text(value, "group"),
        version: text(value, "version"),
        kind: text(value, "kind"),
        path,
        create: text(value, "create") == "true",
    })
}

fn reference(value: &Value<'_>) -> Result<NameReference> {
    let specs = value.get("fieldSpecs").map_or(&[][..], Value::items);
    Ok(NameReference {
        group: text(value, "group"),
        version: text(value, "version"),
        kind: text(value, "kind"),
        specs: specs.iter().map(spec).collect::<Result<_>>()?,
    })
}
