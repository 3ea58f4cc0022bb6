//! Fills in a manifest's text: what stands in the templates, comments and all, is what is printed.
//!
//! `${name}` is replaced by a value; a line `@name` by lines, each as far in as it was; what stands between `@if name` and
//! `@end` is left out unless the name is so.

use std::collections::{BTreeMap, BTreeSet};

/// What the templates know.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) texts: BTreeMap<&'static str, String>,
    pub(super) blocks: BTreeMap<&'static str, Vec<String>>,
    pub(super) so: BTreeSet<&'static str>,
}

impl Values {
    /// A template, filled in; documents that came to nothing are left out.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut open: Vec<bool> = Vec::new();
        let mut lines: Vec<String> = Vec::new();
        for line in template.lines() {
            let inner = line.trim_start();
            let indent = &line[..line.len() - inner.len()];
            let stays = open.iter().all(|stays| *stays);
            match inner.split_once(' ').unwrap_or((inner, "")) {
                ("@if", name) => open.push(self.so.contains(name)),
                ("@end", _) => drop(open.pop()),
                _ if !stays => {}
                ("@labels", component) => {
                    let labels = self.block("labels").iter();
                    let labels = labels.map(|label| label.replace("${component}", component));
                    lines.extend(labels.map(|label| format!("{indent}{label}")));
                }
                (name, "") if name.starts_with('@') => {
                    let block = self.block(&name[1..]).iter();
                    lines.extend(block.map(|line| format!("{indent}{line}").trim_end().to_owned()));
                }
                _ => lines.push(self.line(line)),
            }
        }
        joined(&lines)
    }

    fn block(&self, name: &str) -> &[String] {
        let block = self.blocks.get(name);
        block.unwrap_or_else(|| unreachable!("a template asks for @{name}, which nobody gives"))
    }

    fn line(&self, line: &str) -> String {
        let (mut done, mut rest) = (String::new(), line);
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = self.texts.get(name);
            let value = value
                .unwrap_or_else(|| unreachable!("a template asks for {name}, which nobody gives"));
            done = done + before + value;
            rest = after;
        }
        done + rest
    }
}

/// Lines as a file, without the mark of a document before which there is nothing.
fn joined(lines: &[String]) -> String {
    let lines = match lines {
        [first, rest @ ..] if first == "---" => rest,
        lines => lines,
    };
    lines
        .iter()
        .flat_map(|line| [line.as_str(), "\n"])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_replaced_where_they_stand_and_left_out_where_they_are_not_so() {
        let values = Values {
            texts: [("name", "web".to_owned())].into(),
            blocks: [(
                "list",
                vec!["- a".to_owned(), String::new(), "- b".to_owned()],
            )]
            .into(),
            so: ["yes"].into(),
        };
        let template = "@if no\na: 1\n@if yes\nb: 1\n@end\n@end\n---\nc:\n  @list\n@if yes\n# ${name}-${name}\n@end\n";
        assert_eq!(values.fill(template), "c:\n  - a\n\n  - b\n# web-web\n");
    }
}
