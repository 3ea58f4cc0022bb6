//! The two readers make the same tree: nodes, places, comments and errors.

mod soup;

use std::path::PathBuf;

use plimsoll_yaml::{Limits, Reader, SourceId, Tree, decode};
use proptest::prelude::*;
use soup::{manifest, soup};

fn both(text: &str) -> Result<Reader, String> {
    let limits = Limits::default();
    let fast = Tree::parse(SourceId(3), text, &limits);
    let full = Tree::parse_events(SourceId(3), text, &limits);
    match fast.difference(&full) {
        Some(difference) => Err(format!("{difference}\nin {text:?}")),
        None => Ok(fast.reader()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn readers_agree_on_soup(text in soup()) {
        both(&text).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn readers_agree_on_manifests(text in manifest()) {
        both(&text).map_err(TestCaseError::fail)?;
    }
}

#[test]
fn the_fast_reader_reads_what_an_api_server_sends() {
    let text = r#"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","creationTimestamp":null},
"data":{"page":"\u003ca href=\"x\"\u003eb \u0026 c\u003c/a\u003e\n","empty":"","\u00e9\u2028":"\u0041"}}"#;
    let text = text.replace('\n', "");
    assert_eq!(both(&text), Ok(Reader::Fast));
    for odd in [
        r#"{"a":"\u12"}"#,
        r#"{"a":"\u+123"}"#,
        r#"{"a":"\ud83d\ude00"}"#,
        r#"{"a":"\ud83d"}"#,
        r#"{"a":"\u"#,
    ] {
        assert!(both(odd).is_ok(), "{odd}");
    }
}

#[test]
fn the_fast_reader_reads_what_manifests_are() {
    let text = "\
# A comment.
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: 'it''s'
  labels: {app: web, \"tier\": front}
  annotations:
    note: \"a \\\"word\\\"\" # trailing
spec:
  template:
    spec:
      containers:
      - name: web
        image: ghcr.io/a/b:1.0@sha256:abc
        args: [\"--listen\", -v, http://x:80/]
        resources: {}
        env:
        -
          name: A
          value:
      - name: other
        command:
          - sh
          - -c
          - |
            if true; then
              echo \"x: y\"	# a tab
            fi

      # Between.
  notes: >-
    folded
    text

    here
---
---
- - a
  - b
-
";
    assert_eq!(both(text), Ok(Reader::Fast));
    let json = "{\n  \"a\": [1, 2.5, true, null, \"x\"],\n  \"b\": {}\n}\n";
    assert_eq!(both(json), Ok(Reader::Fast));
}

#[test]
fn the_fast_reader_folds_lines() {
    let folded = "\
a: one
  two # three
b: 'it''s

  four  '
c: \"x\\n\\
  \\ y
  z\"
d:
- |
  block
- - >
    folded
- five
  - six
  seven

# e
f: [ \"g
    h\" ]
";
    assert_eq!(both(folded), Ok(Reader::Fast));
}

#[test]
fn the_fast_reader_leaves_the_rest_to_the_other() {
    let texts = [
        "a: &x 1\n",
        "a: !!str 1\n",
        "a: \"b
c\"
",
        "a: b
  c: d
",
        "a
 b
",
        "a:\tb\n",
        "? a\n: b\n",
        "%YAML 1.2\n---\na: 1\n",
        "a: 1\r\n",
        "\u{feff}a: 1\n",
        "a: b: c\n",
        "a: [1\n",
        "a: |2\n   b\n",
        "a: 1\n...\n",
        "--- a\n",
        "a: 'b\n",
        "- a\nb: 1\n",
        "a: |+\n  b\n\n",
        "{a}\n",
        "[a: b]\n",
        "a\nb\n",
        "a: 1\n  b: 2\n",
    ];
    for text in texts {
        assert_eq!(both(text), Ok(Reader::Events), "{text:?}");
    }
}

/// Every file of a folder of real manifests, which is named by `PLIMSOLL_YAML_CORPUS`.
#[test]
fn readers_agree_on_a_corpus() {
    let Some(corpus) = option_env!("PLIMSOLL_YAML_CORPUS") else {
        eprintln!(
            "PLIMSOLL_YAML_CORPUS names no folder: the readers are NOT compared on real files"
        );
        return;
    };
    let (mut fast, mut all) = (0, 0);
    for path in manifests(corpus.into()) {
        let Some(text) = std::fs::read(&path)
            .ok()
            .and_then(|bytes| decode(bytes).ok())
        else {
            continue;
        };
        let reader = both(&text);
        assert!(reader.is_ok(), "{}: {reader:?}", path.display());
        all += 1;
        fast += usize::from(reader == Ok(Reader::Fast));
    }
    let summary = format!("{all} files, {fast} by the fast reader, no difference");
    eprintln!("{summary}");
    assert!(fast * 100 >= all * 95, "{summary}");
}

fn manifests(folder: PathBuf) -> Vec<PathBuf> {
    let mut waiting = vec![folder];
    let mut files = Vec::new();
    while let Some(path) = waiting.pop() {
        if let Ok(entries) = path.read_dir() {
            waiting.extend(entries.flatten().map(|entry| entry.path()));
        } else if path
            .extension()
            .is_some_and(|name| ["yaml", "yml", "json"].iter().any(|&known| name == known))
        {
            files.push(path);
        }
    }
    files
}
