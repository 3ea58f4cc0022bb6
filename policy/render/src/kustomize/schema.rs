//! What may stand in a kustomization, and of which type. Kustomize refuses unknown fields and values of other types.

use crate::{Content, Fault, Json, Result, Scalar, Value, json};

/// The type of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    Text,
    Bool,
    Int,
    /// A map of texts.
    Texts,
    List(&'static Shape),
    /// A map with these fields and no others.
    Fields(&'static [(&'static str, Shape)]),
    /// Anything: it is read where it is used.
    Any,
}

use Shape::{Any, Bool, Fields, Int, List, Text, Texts};

const OBJECT: &[(&str, Shape)] = &[
    ("group", Text),
    ("version", Text),
    ("kind", Text),
    ("name", Text),
    ("namespace", Text),
    ("apiVersion", Text),
];

const TARGET: Shape = Fields(&[
    ("group", Text),
    ("version", Text),
    ("kind", Text),
    ("name", Text),
    ("namespace", Text),
    ("labelSelector", Text),
    ("annotationSelector", Text),
]);

const PATCH: Shape = Fields(&[
    ("path", Text),
    ("patch", Text),
    ("target", TARGET),
    ("options", Any),
]);

const IMAGE: Shape = Fields(&[
    ("name", Text),
    ("newName", Text),
    ("newTag", Text),
    ("tagSuffix", Text),
    ("digest", Text),
]);

const OPTIONS: Shape = Fields(&[
    ("labels", Texts),
    ("annotations", Texts),
    ("disableNameSuffixHash", Bool),
    ("immutable", Bool),
]);

const FIELD: Shape = Fields(&[
    ("group", Text),
    ("version", Text),
    ("kind", Text),
    ("path", Text),
    ("create", Bool),
]);

const LABELS: Shape = Fields(&[
    ("pairs", Texts),
    ("includeSelectors", Bool),
    ("includeTemplates", Bool),
    ("fields", List(&FIELD)),
]);

const REPLICA: Shape = Fields(&[("name", Text), ("count", Int)]);

const CONFIG_MAP: Shape = Fields(&[
    ("name", Text),
    ("namespace", Text),
    ("behavior", Text),
    ("files", List(&Text)),
    ("literals", List(&Text)),
    ("envs", List(&Text)),
    ("env", Text),
    ("options", OPTIONS),
]);

const SECRET: Shape = Fields(&[
    ("name", Text),
    ("namespace", Text),
    ("behavior", Text),
    ("files", List(&Text)),
    ("literals", List(&Text)),
    ("envs", List(&Text)),
    ("env", Text),
    ("type", Text),
    ("options", OPTIONS),
]);

const VARIABLE: Shape = Fields(&[
    ("name", Text),
    ("objref", Fields(OBJECT)),
    ("fieldref", Fields(&[("fieldPath", Text)])),
]);

/// A kustomization, whole.
pub(crate) const KUSTOMIZATION: Shape = Fields(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", Any),
    ("openapi", Texts),
    ("namePrefix", Text),
    ("nameSuffix", Text),
    ("namespace", Text),
    ("commonLabels", Texts),
    ("labels", List(&LABELS)),
    ("commonAnnotations", Texts),
    ("patchesStrategicMerge", List(&Text)),
    ("patchesJson6902", List(&PATCH)),
    ("patches", List(&PATCH)),
    ("images", List(&IMAGE)),
    ("imageTags", List(&IMAGE)),
    ("replacements", List(&Any)),
    ("replicas", List(&REPLICA)),
    ("vars", List(&VARIABLE)),
    ("sortOptions", Any),
    ("resources", List(&Text)),
    ("components", List(&Text)),
    ("crds", List(&Text)),
    ("bases", List(&Text)),
    ("configMapGenerator", List(&CONFIG_MAP)),
    ("secretGenerator", List(&SECRET)),
    ("helmGlobals", Any),
    ("helmCharts", List(&Any)),
    ("helmChartInflationGenerator", List(&Any)),
    ("generatorOptions", OPTIONS),
    ("configurations", List(&Text)),
    ("generators", List(&Text)),
    ("transformers", List(&Text)),
    ("validators", List(&Text)),
    ("buildMetadata", List(&Text)),
]);

/// Checks a value against its type, and gives fields the case that they are known by: kustomize takes `nameprefix` for
/// `namePrefix`.
pub(crate) fn check(value: &mut Value<'_>, shape: Shape, name: &str) -> Result<()> {
    if value.is_null() {
        return Ok(());
    }
    match shape {
        Any => Ok(()),
        Text | Bool | Int => scalar(value, shape, name),
        Texts => {
            expect(value.is_map(), value, name, "a map")?;
            let entries = value.entries_mut().into_iter().flatten();
            entries
                .into_iter()
                .try_for_each(|entry| scalar(&mut entry.value, Text, &entry.key))
        }
        List(item) => {
            expect(value.is_list(), value, name, "a list")?;
            let items = value.items_mut().into_iter().flatten();
            items
                .into_iter()
                .try_for_each(|value| check(value, *item, name))
        }
        Fields(fields) => {
            expect(value.is_map(), value, name, "a map")?;
            let entries = value.entries_mut().into_iter().flatten();
            for entry in entries {
                let known = fields
                    .iter()
                    .find(|(known, _)| known.eq_ignore_ascii_case(&entry.key));
                let Some((known, shape)) = known else {
                    return Err(unknown(&entry.key, fields).at(entry.key_span));
                };
                if **known != *entry.key {
                    entry.key = crate::Text::Source(known);
                }
                check(&mut entry.value, *shape, known)?;
            }
            Ok(())
        }
    }
}

fn scalar(value: &mut Value<'_>, shape: Shape, name: &str) -> Result<()> {
    if let (Bool, Some(word)) = (shape, truth(value)) {
        value.content = Content::Scalar(word);
    }
    let Content::Scalar(scalar) = &value.content else {
        return expect(false, value, name, wanted(shape));
    };
    let found = truth(value).map_or_else(|| json(scalar), |_| Json::Bool(true));
    let good = match shape {
        Bool => matches!(found, Json::Bool(_)),
        Int => matches!(found, Json::Int(_)),
        _ => matches!(found, Json::Str(_) | Json::Null),
    };
    if good {
        return Ok(());
    }
    let fault = Fault::broken(format!("`{name}` must be {}", wanted(shape))).at(value.origin.span);
    Err(if matches!(shape, Text) {
        fault.help(format!("put it in quotes: `{name}: \"{}\"`", scalar.text))
    } else {
        fault
    })
}

/// A kustomization is read as YAML 1.1, unlike what it takes in: a bare `yes` is `true` there.
fn truth(value: &Value<'_>) -> Option<Scalar<'static>> {
    let Content::Scalar(scalar) = &value.content else {
        return None;
    };
    let word = match &*scalar.text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "True" | "TRUE" => "true",
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "False" | "FALSE" => "false",
        _ => return None,
    };
    scalar.plain.then_some(Scalar {
        text: crate::Text::Source(word),
        plain: true,
    })
}

fn wanted(shape: Shape) -> &'static str {
    match shape {
        Bool => "`true` or `false`",
        Int => "a whole number",
        _ => "a string",
    }
}

fn expect(good: bool, value: &Value<'_>, name: &str, wanted: &str) -> Result<()> {
    if good {
        return Ok(());
    }
    let found = match value.content {
        Content::Scalar(_) => "one value",
        Content::List(_) => "a list",
        Content::Map(_) => "a map",
    };
    Err(
        Fault::broken(format!("`{name}` must be {wanted}, and this is {found}"))
            .help(format!("write {wanted}"))
            .at(value.origin.span),
    )
}

fn unknown(key: &str, fields: &[(&str, Shape)]) -> Box<Fault> {
    let fault = Fault::broken(format!("kustomize knows no field `{key}` here"));
    let near = fields
        .iter()
        .map(|(name, _)| *name)
        .find(|name| near(name, key));
    match near {
        Some(name) => fault.help(format!("write `{name}`")),
        None => fault.help("remove it, or mend its name or its indentation"),
    }
}

/// One edit apart, or one begins the other.
fn near(known: &str, key: &str) -> bool {
    let (a, b) = (known.to_ascii_lowercase(), key.to_ascii_lowercase());
    let start = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let end = |a: &str, b: &str| {
        a.bytes()
            .rev()
            .zip(b.bytes().rev())
            .take_while(|(a, b)| a == b)
            .count()
    };
    let most = a.len().max(b.len());
    a.len().abs_diff(b.len()) <= 1
        && start + end(&a[start.min(a.len())..], &b[start.min(b.len())..]) + 1 >= most
}
