//! `crds`: fields of custom resources that hold names, labels and annotations, found by what `OpenAPI` definitions say
//! of them.
//!
//! Source: `accumulator/loadconfigfromcrds.go` of kustomize's `api`.

use super::config::{Config, NameReference};
use super::fieldspec::FieldSpec;
use crate::{Fault, FaultKind, Result, Value};

/// As deep as definitions are followed from one to the next.
const DEPTH: usize = 64;

/// As many fields as definitions may lead to: they can branch at every level.
const FIELDS: usize = 100_000;

/// Reads a file of `crds`.
pub fn read(file: &Value<'_>) -> Result<Config> {
    let mut config = Config::default();
    for entry in file.entries() {
        let Some(properties) = properties(&entry.value) else {
            continue;
        };
        let is_object = ["kind", "apiVersion", "metadata"]
            .iter()
            .all(|key| properties.get(key).is_some());
        if !is_object {
            continue;
        }
        let kind = entry.key.rsplit('.').next().unwrap_or_default();
        let mut found = Config::default();
        let mut reader = Reader {
            file,
            kind,
            config: &mut found,
            left: FIELDS,
        };
        reader
            .definition(&entry.key, &mut Vec::new())
            .map_err(|fault| fault.at(entry.key_span))?;
        config.merge(&found)?;
    }
    Ok(config)
}

/// A definition's properties; Go's reader does not mind whether it is `Schema` or `schema`.
fn properties<'v, 's>(definition: &'v Value<'s>) -> Option<&'v Value<'s>> {
    let mut entries = definition.entries().iter();
    let schema = entries.find(|entry| entry.key.eq_ignore_ascii_case("schema"))?;
    schema.value.get("properties")
}

struct Reader<'v, 's> {
    file: &'v Value<'s>,
    kind: &'v str,
    config: &'v mut Config,
    left: usize,
}

impl<'v> Reader<'v, '_> {
    /// Follows a definition; `path` leads from the object to where it is used.
    fn definition(&mut self, name: &str, path: &mut Vec<&'v str>) -> Result<()> {
        let found = self.file.get(name).and_then(properties);
        for entry in found.map_or(&[][..], Value::entries) {
            if path.len() == DEPTH || self.left == 0 {
                let message =
                    format!("the definition `{name}` leads too far, perhaps back to itself");
                return Err(Fault::new(FaultKind::Limit, message)
                    .help("take out the `$ref` that leads back"));
            }
            self.left -= 1;
            path.push(&entry.key);
            self.property(&entry.value, path)?;
            path.pop();
        }
        Ok(())
    }

    fn property(&mut self, property: &Value<'_>, path: &mut Vec<&'v str>) -> Result<()> {
        let extension = |key| property.get(key).and_then(Value::text);
        if extension("x-kubernetes-annotation").is_some() {
            self.config.annotations.push(self.field(path));
        }
        if extension("x-kubernetes-label-selector").is_some() {
            self.config.labels.push(self.field(path));
        }
        if extension("x-kubernetes-identity").is_some() {
            self.config.prefix.push(self.field(path));
        }
        let version = extension("x-kubernetes-object-ref-api-version");
        if let (Some(version), Some(kind)) = (version, extension("x-kubernetes-object-ref-kind")) {
            let key = extension("x-kubernetes-object-ref-name-key").unwrap_or("name");
            let mut field = self.field(path);
            field.path = format!("{}/{key}", field.path);
            self.reference(version, kind, field)?;
        }
        match extension("$ref") {
            Some(name) => self.definition(name, path),
            None => Ok(()),
        }
    }

    fn field(&self, path: &[&str]) -> FieldSpec {
        FieldSpec {
            group: String::new(),
            version: String::new(),
            kind: self.kind.to_owned(),
            path: path.join("/"),
            create: false,
        }
    }

    fn reference(&mut self, version: &str, kind: &str, field: FieldSpec) -> Result<()> {
        let names = vec![NameReference {
            group: String::new(),
            version: version.to_owned(),
            kind: kind.to_owned(),
            specs: vec![field],
        }];
        self.config.merge(&Config {
            names,
            ..Config::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kustomize::testing::value;

    const BEE: &str = r#"
com.example.v1.Bee:
  Schema:
    properties:
      apiVersion: {type: string}
      kind: {type: string}
      metadata: {$ref: nowhere}
      spec: {$ref: com.example.v1.BeeSpec}
com.example.v1.BeeSpec:
  Schema:
    properties:
      queen: {x-kubernetes-object-ref-api-version: v1, x-kubernetes-object-ref-kind: Queen}
      hive:
        x-kubernetes-object-ref-api-version: v1
        x-kubernetes-object-ref-kind: Hive
        x-kubernetes-object-ref-name-key: called
      notes: {x-kubernetes-annotation: ""}
      select: {x-kubernetes-label-selector: ""}
      self: {x-kubernetes-identity: ""}
"#;

    #[test]
    fn definitions_say_which_fields_hold_what() {
        let config = read(&value(BEE)).unwrap();
        let paths = |specs: &[FieldSpec]| {
            let paths = specs
                .iter()
                .map(|spec| format!("{}: {}", spec.kind, spec.path));
            paths.collect::<Vec<_>>()
        };
        assert_eq!(paths(&config.annotations), ["Bee: spec/notes"]);
        assert_eq!(paths(&config.labels), ["Bee: spec/select"]);
        assert_eq!(paths(&config.prefix), ["Bee: spec/self"]);
        let names = config.names.iter();
        let names: Vec<_> = names
            .map(|name| (&*name.kind, paths(&name.specs)))
            .collect();
        assert_eq!(
            names,
            [
                ("Queen", vec!["Bee: spec/queen/name".to_owned()]),
                ("Hive", vec!["Bee: spec/hive/called".to_owned()]),
            ]
        );
    }

    #[test]
    fn definitions_that_lead_back_to_themselves_are_a_fault() {
        let text = BEE.replace("nowhere", "com.example.v1.Bee");
        let fault = read(&value(&text)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Limit);
        assert!(fault.span.is_some());
    }
}
