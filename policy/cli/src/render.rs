//! `plimsoll render`: what a kustomization comes to, as `kubectl kustomize` prints it, or with where each line comes from.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use plimsoll_check::Sources;
use plimsoll_render::kustomize::file::{self, File};
use plimsoll_render::kustomize::sort::Order;
use plimsoll_render::kustomize::{Finished, Kustomize, Options};
use plimsoll_render::{Fault, Repository, Result, Value, emit_all, emit_with, join};

use crate::args;
use crate::disk::Disk;
use crate::format;
use crate::walk;

/// What `render` is asked for.
#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// The folder of a kustomization
    #[arg(default_value = ".", value_hint = ValueHint::DirPath)]
    root: PathBuf,
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
    let sources = Sources::default();
    let repository = Repository::new(&sources, &Disk);
    match build(arguments, &repository) {
        Ok(built) => print(arguments, &sources, &built),
        Err(fault) => {
            format::faults(&sources, std::slice::from_ref(&*fault));
            1
        }
    }
}

fn build<'s>(arguments: &RenderArgs, repository: &Repository<'s>) -> Result<Finished<'s>> {
    let folder = join("", &walk::shown(&arguments.root));
    let copies = arguments.remotes.as_deref().map(walk::shown);
    let kustomize = Kustomize::new(repository, Options { copies });
    let Some(path) = file::find(repository, &folder)? else {
        let shown = walk::shown(&arguments.root);
        return Err(Fault::broken(format!("{shown} has no kustomization"))
            .help("name the folder of a kustomization.yaml"));
    };
    let file = File::read(repository, &path, &[])?;
    kustomize
        .build(&file, !arguments.load_any, &Order::legacy())
        .0
}

fn print(arguments: &RenderArgs, sources: &Sources, built: &Finished<'_>) -> u8 {
    let mut out = String::new();
    let values = built.objects.iter().map(|object| &object.value);
    if arguments.origins {
        for (at, value) in values.enumerate() {
            if at > 0 {
                out.push_str("---\n");
            }
            emit_with(&mut out, value, &|value| Some(origin(sources, value)));
        }
    } else {
        emit_all(&mut out, values);
    }
    args::print(&out);
    if built.lacks.is_empty() {
        return 0;
    }
    format::faults(sources, &built.lacks);
    2
}

/// `deployment.yaml:12`, with the place of what stood there before behind `<`.
fn origin(sources: &Sources, value: &Value<'_>) -> String {
    let place = |span| {
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
