//! `plimsoll render`: what a kustomization comes to, as `kubectl kustomize` prints it, or with where each line comes from;
//! and what an Application or a Flux Kustomization deploys, by its name.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use plimsoll_check::Sources;
use plimsoll_render::kustomize::file::{self, File};
use plimsoll_render::kustomize::sort::Order;
use plimsoll_render::kustomize::{Finished, Kustomize, Options};
use plimsoll_render::roots::{Deployed, Root, discover};
use plimsoll_render::{Fault, Repository, Result, Value, emit_all, emit_with, join};

use plimsoll_yaml::{Limits, Span};

use crate::disk::Disk;
use crate::{format, read, walk};

/// What `render` is asked for.
#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// Folders of kustomizations, or names of Applications and Flux objects found in the current folder; of several, each
    /// begins with a comment that names it
    #[arg(value_name = "ROOT", default_value = ".", value_hint = ValueHint::DirPath)]
    roots: Vec<PathBuf>,
    /// Say behind each line where it comes from
    #[arg(long)]
    origins: bool,
    /// A folder with copies of what kustomizations take in from elsewhere, as HOST/OWNER/NAME[@VERSION]/…
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    remotes: Option<PathBuf>,
    /// Let kustomizations load files from outside their folder, as Flux does
    #[arg(long)]
    load_any: bool,
}

/// Runs the command; returns the exit code.
pub(crate) fn run(arguments: &RenderArgs) -> u8 {
    // A folder without a kustomization may have the name of a root.
    let is_name = |root: &Path| {
        let kustomization = |name: &&str| root.join(name).exists();
        !file::NAMES.iter().any(kustomization) && root != Path::new(".")
    };
    let by_name = arguments.roots.iter().any(|root| is_name(root));
    let sources = if by_name { here() } else { Sources::default() };
    let repository = Repository::new(&sources, &Disk);
    let copies = arguments.remotes.as_deref().map(walk::shown);
    // One for all roots: what several of them take in is built once.
    let kustomize = Kustomize::new(&repository, Options { copies });
    let found = by_name.then(|| discover(&kustomize, &[]));
    let several = arguments.roots.len() > 1;
    let mut out = std::io::stdout().lock();
    let mut printed = false;
    let mut code = 0;
    for root in &arguments.roots {
        let built = match &found {
            Some(found) if is_name(root) => named(found, &walk::shown(root)),
            _ => build(arguments, &kustomize, &repository, root),
        };
        let built = match built {
            Ok(built) => built,
            Err(fault) => {
                format::faults(&sources, std::slice::from_ref(&*fault));
                code = 1;
                continue;
            }
        };
        let mut text = String::new();
        if several {
            let separator = if printed { "---\n" } else { "" };
            text.push_str(&format!("{separator}# {}\n", walk::shown(root)));
        }
        print(arguments.origins, &sources, &built, &mut text);
        // A reader that has gone away is no fault.
        let _ = out.write_all(text.as_bytes());
        printed = true;
        if !built.lacks.is_empty() {
            format::faults(&sources, &built.lacks);
            code = if code == 0 { 2 } else { code };
        }
    }
    let _ = out.flush();
    code
}

/// The YAML files of the current folder.
fn here() -> Sources {
    let limits = Limits::default();
    let walked = walk::walk(&[PathBuf::from(".")], &[]);
    let texts = read::read(walked.files, &limits);
    Sources::new(read::parse(texts.files, &limits))
}

/// What the root of a name deploys. The bare name will do where no other root has it.
fn named<'s>(found: &Deployed<'s>, name: &str) -> Result<Finished<'s>> {
    let bare = |root: &&Root<'s>| {
        let first = root.name.split(' ').next().unwrap_or_default();
        first == name || first.rsplit('/').next() == Some(name)
    };
    // A Kustomization and the `HelmRelease` in it often share a name; the chart is not rendered.
    let all = || found.roots.iter().filter(|root| !root.objects.is_empty());
    let mut fitting: Vec<&Root<'s>> = all().filter(|root| root.name == name).collect();
    if fitting.is_empty() {
        fitting = all().filter(bare).collect();
    }
    match fitting.as_slice() {
        [root] => Ok(Finished {
            objects: root.objects.clone(),
            lacks: root.faults.clone(),
        }),
        [] => Err(
            Fault::broken(format!("{name} is no folder, and no root is called so"))
                .help(listed("the roots here are", all())),
        ),
        several => Err(Fault::broken(format!("several roots are called {name}"))
            .help(listed("write one of", several.iter().copied()))),
    }
}

/// Names for a help, quoted, so that they can be copied.
fn listed<'r, 's: 'r>(what: &str, roots: impl Iterator<Item = &'r Root<'s>>) -> String {
    let mut names: Vec<String> = roots.map(|root| format!("\"{}\"", root.name)).collect();
    names.sort_unstable();
    match names.len() {
        0 => "nothing here deploys anything".to_owned(),
        1..=20 => format!("{what} {}", names.join(", ")),
        _ => format!("{what} {} …", names[..20].join(", ")),
    }
}

fn build<'s>(
    arguments: &RenderArgs,
    kustomize: &Kustomize<'_, 's>,
    repository: &Repository<'s>,
    root: &Path,
) -> Result<Finished<'s>> {
    let shown = walk::shown(root);
    let Some(path) = file::find(repository, &join("", &shown))? else {
        return Err(Fault::broken(format!("{shown} has no kustomization"))
            .help("name the folder of a kustomization.yaml, or a root by its name"));
    };
    let file = File::read(repository, &path, &[])?;
    kustomize
        .build(&file, !arguments.load_any, &Order::legacy())
        .0
}

fn print(origins: bool, sources: &Sources, built: &Finished<'_>, out: &mut String) {
    let values = built.objects.iter().map(|object| &object.value);
    if !origins {
        emit_all(out, values);
        return;
    }
    for (at, value) in values.enumerate() {
        if at > 0 {
            out.push_str("---\n");
        }
        emit_with(out, value, &|value| Some(origin(sources, value)));
    }
}

/// `deployment.yaml:12`, with the place of what stood there before behind `<`.
fn origin(sources: &Sources, value: &Value<'_>) -> String {
    let place = |span: Span| {
        // What a deployer makes up stands nowhere.
        if span.source.0 as usize >= sources.len() {
            return "its deployer".to_owned();
        }
        let position = sources.position(span);
        format!("{}:{}", sources.path(span.source), position.line)
    };
    let mut text = place(value.origin.span);
    let mut link = value.origin.trail.as_deref();
    while let Some(step) = link {
        let mark = match step.trace.step {
            plimsoll_yaml::OriginStep::Replaced => " < ",
            plimsoll_yaml::OriginStep::Merged => " + ",
            plimsoll_yaml::OriginStep::By => " by ",
        };
        text.push_str(mark);
        text.push_str(&place(step.trace.span));
        link = step.before.as_deref();
    }
    text
}
