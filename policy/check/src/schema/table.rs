//! Kubernetes' own definitions, out of a table that `cargo xtask schemas` writes.
//!
//! The table is text, and nothing of it is read before it is asked for: a run over one Deployment reads the forty
//! definitions that a Deployment is made of. How it is written is said in its first lines.

use std::sync::{LazyLock, OnceLock};

use foldhash::HashMap;

use super::conditions::{self, Condition};
use super::elsewhere::{self, Within};

static TEXT: &str = include_str!("kubernetes.txt");

/// The fields of an object.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: &'static str,
    /// Sorted by name.
    pub(super) fields: Vec<Field>,
    /// The fields that must be there, a bit each.
    pub(super) required: u64,
    /// What else must be there.
    pub(super) condition: Option<Condition>,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    /// Where another rule speaks of its value.
    pub(super) judged: Option<Within>,
    /// Where another rule speaks of its absence.
    pub(super) asked_for: Option<Within>,
}

/// The type of a value.
#[derive(Debug)]
pub(super) enum Shape {
    Text,
    Boolean,
    /// Of 32 bits.
    Short,
    /// Of 64 bits.
    Long,
    Number,
    Base64,
    Time,
    Quantity,
    /// A port or a share.
    IntOrString,
    Any,
    /// One of these words.
    Word(&'static str),
    Object(u16),
    BooleanOr(u16),
    /// The keys are those that no two items may share, with commas between them.
    List(&'static str, Box<Shape>),
    Map(Box<Shape>),
}

impl Definition {
    /// The place of a field.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.fields
            .binary_search_by(|field| field.name.cmp(name))
            .ok()
    }
}

/// The lines of the three parts.
struct Lines {
    /// By version and kind: every object is looked up.
    kinds: HashMap<(&'static str, &'static str), u16>,
    words: Vec<&'static str>,
    definitions: Vec<&'static str>,
}

static LINES: LazyLock<Lines> = LazyLock::new(|| {
    let mut lines = TEXT.lines().filter(|line| !line.starts_with('#')).skip(1);
    let mut part =
        |end: &str| -> Vec<_> { lines.by_ref().take_while(|line| *line != end).collect() };
    let kind = |line: &'static str| {
        let (version, rest) = line.split_once(' ')?;
        let (kind, number) = rest.split_once(' ')?;
        Some(((version, kind), number.parse().ok()?))
    };
    Lines {
        kinds: part("words").into_iter().filter_map(kind).collect(),
        words: part("definitions"),
        definitions: part(""),
    }
});

static DEFINITIONS: LazyLock<Vec<OnceLock<Definition>>> =
    LazyLock::new(|| LINES.definitions.iter().map(|_| OnceLock::new()).collect());

/// The number of a kind's definition.
pub(super) fn kind(api_version: &str, kind: &str) -> Option<u16> {
    LINES.kinds.get(&(api_version, kind)).copied()
}

/// The definition of a number.
pub(super) fn definition(number: u16) -> &'static Definition {
    DEFINITIONS[usize::from(number)].get_or_init(|| read(LINES.definitions[usize::from(number)]))
}

/// The definition of what all objects have in common.
pub(super) fn metadata() -> u16 {
    static NUMBER: LazyLock<u16> = LazyLock::new(|| object_at(pod_template(), "metadata"));
    *NUMBER
}

/// The definition of a pod template.
pub(super) fn pod_template() -> u16 {
    static NUMBER: LazyLock<u16> = LazyLock::new(|| {
        let of_kind = kind("v1", "PodTemplate").unwrap_or_default();
        object_at(of_kind, "template")
    });
    *NUMBER
}

fn object_at(number: u16, field: &str) -> u16 {
    let definition = definition(number);
    match definition
        .find(field)
        .map(|at| &definition.fields[at].shape)
    {
        Some(Shape::Object(number)) => *number,
        _ => 0,
    }
}

/// Reads a line: `ServicePort name=s port!i`.
fn read(line: &'static str) -> Definition {
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut fields = Vec::with_capacity(rest.bytes().filter(|byte| *byte == b' ').count() + 1);
    let mut required = 0;
    for word in rest.split_ascii_whitespace() {
        let Some(end) = word.bytes().position(|c| matches!(c, b'=' | b'!' | b'~')) else {
            continue;
        };
        let (field, code) = (&word[..end], &word[end + 1..]);
        let shape = shape(code);
        let needed = match word.as_bytes()[end] {
            b'!' => true,
            b'~' => needs_something(&shape),
            _ => false,
        };
        let asked_for = elsewhere::asks_for(name, field);
        if needed && asked_for != Some(Within::Anywhere) {
            required |= 1 << fields.len();
        }
        fields.push(Field {
            name: field,
            shape,
            judged: elsewhere::judges(name, field),
            asked_for,
        });
    }
    Definition {
        name,
        fields,
        required,
        condition: conditions::of(name),
    }
}

/// Whether an object may not be empty.
fn needs_something(shape: &Shape) -> bool {
    match shape {
        Shape::Object(number) => definition(*number).required != 0,
        _ => false,
    }
}

fn shape(code: &'static str) -> Shape {
    let number = |text: &str| text.parse().unwrap_or_default();
    let (first, rest) = code.split_at(1);
    match first {
        "s" => Shape::Text,
        "b" => Shape::Boolean,
        "i" => Shape::Short,
        "l" => Shape::Long,
        "d" => Shape::Number,
        "y" => Shape::Base64,
        "t" => Shape::Time,
        "q" => Shape::Quantity,
        "p" => Shape::IntOrString,
        "e" => Shape::Word(LINES.words[usize::from(number(rest))]),
        "@" => Shape::Object(number(rest)),
        "B" => Shape::BooleanOr(number(&rest[1..])),
        "{" => Shape::Map(Box::new(shape(rest))),
        "[" => match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            Some((keys, item)) => Shape::List(keys, Box::new(shape(item))),
            None => Shape::List("", Box::new(shape(rest))),
        },
        _ => Shape::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a shape refers to is there, and its code is known.
    fn check(of: &str, code: &'static str) {
        match shape(code) {
            Shape::Object(number) | Shape::BooleanOr(number) => {
                assert!(
                    usize::from(number) < LINES.definitions.len(),
                    "{of}: {code}"
                );
            }
            Shape::List(_, _) => {
                let item = code.trim_start_matches('[');
                let item = item.rsplit(')').next().expect("there is one");
                check(of, item);
            }
            Shape::Map(_) => check(of, &code[1..]),
            Shape::Any => assert_eq!(code, "*", "{of}"),
            _ => {}
        }
    }

    #[test]
    fn the_table_says_where_it_comes_from() {
        for part in [
            "k8s.io/kubernetes v1.",
            "Apache License",
            "cargo xtask schemas",
        ] {
            assert!(TEXT.contains(part), "{part}");
        }
    }

    #[test]
    fn every_line_reads_back() {
        assert!(LINES.definitions.len() > 500 && LINES.kinds.len() > 80);
        for (at, line) in LINES.definitions.iter().enumerate() {
            let definition = definition(at as u16);
            let words: Vec<_> = line.split(' ').collect();
            assert_eq!(definition.fields.len(), words.len() - 1, "{line}");
            // The mask of what is required has a bit for each.
            assert!(definition.fields.len() <= 64, "{line}");
            for (field, word) in definition.fields.iter().zip(&words[1..]) {
                let code = &word[field.name.len() + 1..];
                assert!(word.starts_with(field.name), "{word}");
                check(definition.name, code);
                assert!(definition.find(field.name).is_some(), "not sorted: {line}");
            }
        }
    }

    #[test]
    fn every_kind_is_found() {
        let lines = TEXT.lines().skip_while(|line| *line != "kinds").skip(1);
        let mut count = 0;
        for line in lines.take_while(|line| *line != "words") {
            let words: Vec<_> = line.split(' ').collect();
            let number = kind(words[0], words[1]).expect(line);
            assert_eq!(number.to_string(), words[2]);
            assert!(definition(number).find("metadata").is_some(), "{line}");
            count += 1;
        }
        assert_eq!(count, LINES.kinds.len());
        assert_eq!(kind("apps/v1", "Deploymen"), None);
        assert_eq!(kind("apps/v1beta1", "Deployment"), None);
        assert_eq!(definition(metadata()).name, "ObjectMeta");
        assert_eq!(definition(pod_template()).name, "PodTemplateSpec");
    }

    #[test]
    fn what_an_absent_struct_needs_is_required() {
        let deployment = definition(kind("apps/v1", "Deployment").expect("it is served"));
        let spec = deployment.find("spec").expect("it has one");
        assert_eq!(deployment.required, 1 << spec);
        // `spec` of a CSIDriver may be left out: nothing in it is required.
        let driver = definition(kind("storage.k8s.io/v1", "CSIDriver").expect("it is served"));
        assert_eq!(driver.required, 0);
    }
}
