//! Every rule's page is its test: what `yaml fails` says fails as the diagnostic beside it says, what `yaml passes`
//! says passes. `UPDATE_PAGES=1 cargo test -p plimsoll-check --test pages` writes the diagnostics.

use std::path::{Path, PathBuf};

use plimsoll_check::{
    Check, Config, Date, Deployed, Failure, Options, Report, Root, RootIndex, Rule, Source,
    Sources, check, rules::RULES,
};
use plimsoll_render::kustomize::{self, Kustomize};
use plimsoll_render::roots::discover;
use plimsoll_render::{FileKind, Files, Repository, tree};
use plimsoll_yaml::{Limits, SourceId, Span, Tree};

/// A fenced block of a page: the words after the fence, its text, and where that stands in the page.
struct Block<'p> {
    info: &'p str,
    text: &'p str,
    range: std::ops::Range<usize>,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    for line in page.split_inclusive('\n') {
        let end = at + line.len();
        match (line.trim_end().strip_prefix("```"), open) {
            (Some(""), Some((info, start))) => {
                blocks.push(Block {
                    info,
                    text: &page[start..at],
                    range: start..at,
                });
                open = None;
            }
            (Some(info), None) => open = Some((info, end)),
            _ => {}
        }
        at = end;
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// The files of an example, by path: a line `# file: base/api.yaml` begins one. Without such a line it is one file.
fn files(yaml: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in yaml.split_inclusive('\n') {
        match (line.trim_end().strip_prefix("# file: "), files.last_mut()) {
            (Some(path), _) => files.push((path.to_owned(), String::new())),
            (None, Some((_, text))) => text.push_str(line),
            (None, None) => files.push(("example.yaml".to_owned(), line.to_owned())),
        }
    }
    files.sort();
    files
}

/// What a rule about rendering is given: the kustomizations that do not build.
fn deployed(rule: &Rule, sources: &Sources) -> Deployed {
    let mut deployed = Deployed::default();
    if !matches!(rule.check, Check::Rendering) {
        return deployed;
    }
    let repository = Repository::new(sources, &NoFiles);
    let kustomize = Kustomize::new(&repository, kustomize::Options::default());
    for root in discover(&kustomize, &[]).roots {
        let index = RootIndex(deployed.roots.len() as u32);
        let failures = root.faults.into_iter().filter_map(|fault| {
            Some(Failure {
                span: fault.span?,
                message: fault.message,
                help: fault.help,
                related: fault.related,
                root: index,
            })
        });
        deployed.failures.extend(failures);
        deployed.roots.push(Root {
            name: root.name,
            folder: root.folder,
            declared_at: None,
            parent: None,
            cluster: None,
            namespace: None,
            incomplete: false,
            tree: tree(&root.objects),
            given: Vec::new(),
        });
    }
    deployed
}

/// The files of an example are all there are.
struct NoFiles;

impl Files for NoFiles {
    fn kind(&self, path: &str) -> Option<FileKind> {
        // Examples name folders only that hold something.
        (!path.contains('.') || path == "." || path.ends_with("..")).then_some(FileKind::Folder)
    }

    fn read(&self, _: &str) -> std::io::Result<Vec<u8>> {
        Err(std::io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &str) -> std::io::Result<Vec<(String, FileKind)>> {
        Ok(Vec::new())
    }

    fn real(&self, _: &str) -> Option<String> {
        None
    }
}

fn run(rule: &Rule, yaml: &str, config: &str) -> (Report, Sources) {
    let parse = |(id, (path, text))| {
        let tree = Tree::parse(SourceId(id), text, &Limits::default());
        Source::new(path, tree)
    };
    let sources = Sources::new((0..).zip(files(yaml)).map(parse).collect());
    let config = Config::read(&Tree::parse(SourceId(0), config, &Limits::default()))
        .expect("the page's configuration is right");
    // Every rule runs, so that exemptions meet what they excuse; only this rule's findings are looked at.
    let options = Options {
        all_rules: true,
        rules: Vec::new(),
        items: Vec::new(),
        report_only: None,
        today: Date::new(2026, 11, 1).expect("the day exists"),
    };
    let deployed = deployed(rule, &sources);
    let mut report = check(&sources, &deployed, &config, &options);
    assert!(
        !report
            .not_checked
            .iter()
            .any(|entry| entry.reason == plimsoll_check::Reason::Internal),
        "{:?}",
        report.not_checked
    );
    report.findings.retain(|finding| finding.rule.id == rule.id);
    (report, sources)
}

/// `8:7 error spec.containers[0]`, before it the file where there are several; the message; then related places and the help where it is the finding's own.
fn show(report: &Report, sources: &Sources) -> String {
    let place = |span: Span| {
        let at = sources.position(span);
        let path = &sources.get(span.source).path;
        let file = if sources.len() > 1 {
            format!("{path}:")
        } else {
            String::new()
        };
        format!("{file}{}:{}", at.line, at.column)
    };
    let mut text = String::new();
    for finding in &report.findings {
        let at = place(finding.primary);
        text += &format!("{at} {} {}\n", finding.severity, finding.path());
        text += &format!("  {}\n", finding.message());
        for label in finding.related() {
            text += &format!("  {} {}\n", place(label.span), label.text);
        }
        if let Some(help) = finding.own_help() {
            text += &format!("  help: {help}\n");
        }
    }
    text
}

fn page_path(rule: &Rule) -> PathBuf {
    let name = rule.id.replace('-', "_") + ".md";
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/rules")
        .join(name)
}

/// Runs a page; says what is wrong with it, and the page as it should be.
fn try_page(rule: &Rule, page: &str) -> (Vec<String>, String) {
    let mut faults = Vec::new();
    let mut mended = String::new();
    let mut copied = 0;
    let (mut config, mut expected, mut fails, mut passes) = (String::new(), None, 0, 0);
    for block in blocks(page) {
        match block.info {
            "yaml config" => block.text.clone_into(&mut config),
            "yaml fails" => {
                fails += 1;
                let (report, sources) = run(rule, block.text, &config);
                if report.findings.is_empty() {
                    faults.push(format!("fails example {fails} has no finding of the rule"));
                }
                expected = Some(show(&report, &sources));
            }
            "diagnostic" => {
                let shown = expected.take().unwrap_or_else(|| {
                    panic!("{}: a diagnostic without an example before it", rule.id)
                });
                if shown != block.text {
                    faults.push(format!(
                        "the diagnostic of example {fails} is\n{shown}the page says\n{}",
                        block.text
                    ));
                }
                mended += &page[copied..block.range.start];
                mended += &shown;
                copied = block.range.end;
            }
            "yaml passes" => {
                passes += 1;
                let (report, sources) = run(rule, block.text, &config);
                if !report.findings.is_empty() {
                    faults.push(format!(
                        "passes example {passes} has\n{}",
                        show(&report, &sources)
                    ));
                }
            }
            other => faults.push(format!("a block of an unknown kind: {other:?}")),
        }
        if expected.is_some() && block.info != "yaml fails" {
            faults.push(format!("fails example {fails} has no diagnostic after it"));
        }
    }
    if fails == 0 || passes == 0 {
        faults.push("a page needs an example that fails and one that passes".into());
    }
    mended += &page[copied..];
    (faults, mended)
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the test says whether it writes"
)]
fn every_page_says_what_its_rule_does() {
    let update = std::env::var_os("UPDATE_PAGES").is_some();
    let mut faults = Vec::new();
    for rule in RULES {
        let path = page_path(rule);
        let page = std::fs::read_to_string(&path).unwrap_or_default();
        let (found, mended) = try_page(rule, &page);
        if update && mended != page {
            std::fs::write(&path, mended).expect("the page can be written");
        }
        faults.extend(
            found
                .into_iter()
                .map(|fault| format!("{}: {fault}", rule.id)),
        );
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n\n"));
}

#[test]
fn every_page_is_titled_explains_and_says_when_to_exempt() {
    for rule in RULES {
        let page = rule.docs;
        assert!(
            page.starts_with(&format!("# {}\n\n", rule.id)),
            "{}: the page's title is not the id",
            rule.id
        );
        assert!(
            page.contains("\n## When to exempt\n"),
            "{}: no section `When to exempt`",
            rule.id
        );
        assert!(
            page.lines().count() <= 120,
            "{}: a page has at most 120 lines",
            rule.id
        );
    }
}
