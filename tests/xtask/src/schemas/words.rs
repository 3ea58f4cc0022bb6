//! Which words a field may hold: the documents leave them out, the source that they are made from does not.

use std::collections::BTreeMap;

/// The words of a field, by the end of its definition's name and its own: `core_v1_Container imagePullPolicy`.
pub(super) type Words = BTreeMap<String, Vec<String>>;

/// Reads them out of the generated source, line by line as `gofmt` writes it.
pub(super) fn read(source: &str) -> Words {
    let (mut definition, mut field) = ("", "");
    let mut words = Words::new();
    for line in source.lines() {
        let code = line.trim_start_matches('\t');
        if let Some(name) = line.strip_prefix("func schema_") {
            definition = name.split('(').next().unwrap_or_default();
        } else if let Some(name) = code
            .strip_prefix('"')
            .and_then(|code| code.strip_suffix("\": {"))
        {
            field = name;
        } else if let Some(list) = code.strip_prefix("Enum:") {
            let list = list.trim().trim_start_matches("[]interface{}{");
            let list = list.trim_end_matches(',').trim_end_matches('}');
            words.insert(format!("{} {field}", end(definition)), quoted(list));
        }
    }
    words
}

/// `core_v1_Container` of `k8sio_api_core_v1_Container`.
fn end(definition: &str) -> String {
    let parts: Vec<_> = definition.rsplitn(4, '_').take(3).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("_")
}

/// `core_v1_Container` of `io.k8s.api.core.v1.Container`.
pub(super) fn key(definition: &str, field: &str) -> String {
    let parts: Vec<_> = definition.rsplitn(4, '.').take(3).collect();
    let end = parts.into_iter().rev().collect::<Vec<_>>().join("_");
    format!("{end} {field}")
}

fn quoted(list: &str) -> Vec<String> {
    let words = list.split(", ");
    words
        .map(|word| word.trim_matches('"').to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_definition_and_field() {
        let source = "func schema_k8sio_api_core_v1_Container(ref common.ReferenceCallback) x {\n\
            \t\t\"imagePullPolicy\": {\n\t\t\tEnum:        []interface{}{\"Always\", \"Never\"},\n";
        let words = read(source);
        let key = key("io.k8s.api.core.v1.Container", "imagePullPolicy");
        assert_eq!(words[&key], ["Always", "Never"]);
    }
}
