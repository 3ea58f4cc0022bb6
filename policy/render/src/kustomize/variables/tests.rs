use super::*;
use crate::kustomize::testing::{covered, objects, value};

const SOURCE: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: src, annotations: {x.y/z: esc}}
data: {s: str, i: 12, q: '12', f: 1000000.5, b: True, none: null, m: {a: b}, l: [a, {k: v}], hex: 0x1f}
---
apiVersion: v1
kind: Pod
metadata:
  name: p
  annotations: {mid: a-$(X)-b, esc: '$$(X) $X $$$(X) $( $(NO) $(X $'}
spec:
  containers: [{args: [$(X)]}]
";

fn variable(path: &str) -> Variable<'static> {
    let text = format!(
        "{{name: X, objref: {{apiVersion: v1, kind: ConfigMap, name: src}}, fieldref: {{fieldPath: '{path}'}}}}"
    );
    Variable::read(&value(&text)).unwrap()
}

fn resolved(path: &str) -> Result<Objects<'static>> {
    let mut objects = objects(SOURCE);
    let mut variables = Variables::default();
    variables.define(vec![variable(path)], &mut objects)?;
    resolve(&mut objects, &variables, &Config::builtin())?;
    Ok(objects)
}

fn argument<'v>(objects: &'v Objects<'static>) -> &'v Value<'static> {
    let containers = objects.list[1].value.at(&["spec", "containers"]).unwrap();
    &containers.items()[0].get("args").unwrap().items()[0]
}

#[test]
fn a_whole_value_keeps_its_type() {
    for (path, expected) in [
        ("data.s", Json::Str("str".into())),
        ("data.i", Json::Int(12)),
        ("data.q", Json::Str("12".into())),
        ("data.f", Json::Float(1_000_000.5)),
        ("data.b", Json::Bool(true)),
        ("data.none", Json::Str("null".into())),
        ("data.l[0]", Json::Str("a".into())),
        ("data.l.1.k", Json::Str("v".into())),
        ("metadata.annotations.[x.y/z]", Json::Str("esc".into())),
        ("", Json::Str("src".into())),
        // Maps are not put in.
        ("data.m", Json::Str("$(X)".into())),
    ] {
        let objects = resolved(path).unwrap();
        let Content::Scalar(scalar) = &argument(&objects).content else {
            panic!("{path}");
        };
        assert_eq!(json(scalar), expected, "{path}");
    }
}

#[test]
fn inside_a_text_it_is_text() {
    let objects = resolved("data.f").unwrap();
    assert_eq!(objects.list[1].annotation("mid"), Some("a-1.0000005e+06-b"));
    let objects = resolved("data.i").unwrap();
    assert_eq!(objects.list[1].annotation("mid"), Some("a-12-b"));
    assert_eq!(
        objects.list[1].annotation("esc"),
        Some("$(X) $X $12 $( $(NO) $(X $")
    );
}

#[test]
fn it_stands_where_the_field_stands_that_it_comes_from() {
    let objects = resolved("data.s").unwrap();
    let origin = &argument(&objects).origin;
    assert_eq!(covered(SOURCE, origin.span), "str");
    let by = origin.trail.as_ref().unwrap();
    assert_eq!(by.trace.step, OriginStep::By);
    let replaced = by.before.as_ref().unwrap().trace;
    assert_eq!(covered(SOURCE, replaced.span), "$(X)");
}

#[test]
fn fields_that_are_not_there_are_faults() {
    for path in ["nosuch", "data.hex", "data.s.x"] {
        let fault = resolved(path).unwrap_err();
        assert!(fault.span.is_some(), "{path}");
    }
    let mut objects = objects(SOURCE);
    let mut variables = Variables::default();
    let mut other = variable("");
    other.object.name = "other".into();
    variables.define(vec![other], &mut objects).unwrap();
    let fault = resolve(&mut objects, &variables, &Config::builtin()).unwrap_err();
    assert!(
        fault.message.contains("ConfigMap other"),
        "{}",
        fault.message
    );
}

#[test]
fn one_name_is_one_variable_of_one_object() {
    let mut variables = Variables::default();
    let mut objects = objects(&SOURCE.replace(
        "---",
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: src, namespace: n}\n---",
    ));
    let fault = variables
        .define(vec![variable("")], &mut objects)
        .unwrap_err();
    assert_eq!(fault.related.len(), 2);
    let mut named = variable("");
    named.object.namespace = "n".into();
    variables.define(vec![named], &mut objects).unwrap();
    assert_eq!(objects.list[1].history.variables, ["X".into()]);
    let fault = variables.merge(vec![variable("")]).unwrap_err();
    assert!(fault.message.contains("twice"));
}
