use super::{documents, parsed};
use crate::emit::emit_with;
use crate::value::{Content, Value};

const PLAIN: &str = "\
a: 1
b: []
c:
- x
- d: |
    one
    two
  e:
    f: 'a: b'
";

const ALL: &str = "\
a: 1 # 1
b: [] # list
c: # list
- x # x
- d: | # two lines
    one
    two
  e: # map
    f: 'a: b' # a: b
";

fn comment(value: &Value<'_>) -> String {
    match &value.content {
        Content::Map(_) => "map".to_owned(),
        Content::List(_) => "list".to_owned(),
        Content::Scalar(scalar) if scalar.text.contains('\n') => "two\nlines".to_owned(),
        Content::Scalar(scalar) => scalar.text.to_string(),
    }
}

fn with(text: &str, comment: fn(&Value<'_>) -> Option<String>) -> String {
    let tree = parsed(text);
    let mut out = String::new();
    emit_with(&mut out, &documents(&tree)[0], &comment);
    out
}

#[test]
fn comments_stand_behind_scalars_and_keys() {
    assert_eq!(with(PLAIN, |value| Some(comment(value))), ALL);
    assert_eq!(with(ALL, |_| None), PLAIN);
}

#[test]
fn a_folded_text_has_its_comment_behind_its_last_line() {
    let text = format!("a: {}end\n", "word ".repeat(20));
    let commented = with(&text, |value| (!value.is_map()).then(|| "here".to_owned()));
    assert!(commented.ends_with(" end # here\n"), "{commented}");
    assert_eq!(commented.lines().count(), 2);
    assert_eq!(documents(&parsed(&text)), documents(&parsed(&commented)));
}
