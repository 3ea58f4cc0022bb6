//! The command line's grammar, and where each command begins.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{
    ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint,
};
use plimsoll_check::{Item, Severity};

use crate::format::Format;
use crate::render::{self, RenderArgs};
use crate::{catalogue, check, init, schema, webhook};

/// Exit code for a command line or a configuration that cannot be followed.
pub(crate) const USAGE: u8 = 3;

/// Checks that what a GitOps repository deploys is fit for production.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version,
    about = "The load line for Kubernetes: checks that what a GitOps repository deploys is fit for production",
    after_help = "Exit codes: 0 clean · 1 findings at or above --fail-on · 2 something was not checked · 3 wrong usage or configuration · 70 internal error",
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check files and folders, the current folder if none is named
    Check(CheckArgs),
    /// Print a rule's page: what it finds, why, and how to mend it
    Explain {
        /// The rule's id; `plimsoll rules` lists them
        rule: String,
    },
    /// List the rules
    Rules(RulesArgs),
    /// Print what a kustomization comes to, as `kubectl kustomize` does
    Render(RenderArgs),
    /// Write a first `.plimsoll.yaml`
    Init {
        /// The folder to write it in
        #[arg(default_value = ".", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
    /// Print a JSON Schema
    Schema {
        /// Of what
        of: SchemaOf,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// Judge at admission: run `plimsoll-webhook`, which is installed by itself
    #[command(disable_help_flag = true)]
    Webhook {
        /// Its own arguments; `plimsoll webhook --help` lists them
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGUMENTS"
        )]
        arguments: Vec<OsString>,
    },
}

/// What there is a schema of.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemaOf {
    /// The configuration, `.plimsoll.yaml`
    Config,
    /// The output of `--format json`
    Report,
}

/// What `check` is asked for.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Files and folders; `-` for standard input
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,
    /// How to print, `human` if not said; repeatable, each with an `--output` after it
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Vec<Format>,
    /// Write the format named before to a file, not to standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Vec<PathBuf>,
    /// The severity from which on findings make the exit code 1
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
    /// Run the rules that are off by default, too
    #[arg(long)]
    pub(crate) all_rules: bool,
    /// Run this rule only; repeatable
    #[arg(long = "rule", value_name = "ID")]
    pub(crate) rules: Vec<String>,
    /// Run the rules of this checklist item only, by number or name; repeatable
    #[arg(long = "item", value_name = "ITEM", value_parser = item)]
    pub(crate) items: Vec<Item>,
    /// The configuration, instead of the `.plimsoll.yaml` found upward from the path
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// Read this folder as context, and report only what lies in the files named as PATH
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) context: Option<PathBuf>,
    /// A folder with copies of what kustomizations take in from elsewhere, as HOST/OWNER/NAME[@VERSION]/…
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) remotes: Option<PathBuf>,
    /// When to use colours; NO_COLOR and CLICOLOR are followed, too
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(crate) color: Color,
    /// Each format with where it goes; `None` is standard output.
    #[arg(skip)]
    pub(crate) outputs: Vec<(Format, Option<PathBuf>)>,
}

/// What `rules` is asked for.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// The rules of this checklist item only, by number or name
    #[arg(long, value_name = "ITEM", value_parser = item)]
    pub(crate) item: Option<Item>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A threshold.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    /// As the report counts.
    pub(crate) fn threshold(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

fn item(text: &str) -> Result<Item, String> {
    let names = || {
        Item::ALL.map(|item| {
            item.number().map_or_else(
                || item.name().to_owned(),
                |n| format!("{n} {}", item.name()),
            )
        })
    };
    Item::parse(text).ok_or_else(|| format!("the items are {}", names().join(", ")))
}

/// Runs a command line; returns the exit code.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> u8 {
    let parsed = Cli::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| read(&matches));
    match parsed {
        Ok(cli) => dispatch(cli.command),
        Err(error) => {
            // A closed standard output is nothing to report.
            let _ = error.print();
            if error.use_stderr() { USAGE } else { 0 }
        }
    }
}

fn read(matches: &ArgMatches) -> Result<Cli, clap::Error> {
    let mut cli = Cli::from_arg_matches(matches)?;
    if let (Command::Check(check), Some(matches)) =
        (&mut cli.command, matches.subcommand_matches("check"))
    {
        check.outputs = pair_outputs(check, matches)?;
    }
    Ok(cli)
}

/// Gives each `--output` to the `--format` before it.
fn pair_outputs(
    check: &CheckArgs,
    matches: &ArgMatches,
) -> Result<Vec<(Format, Option<PathBuf>)>, clap::Error> {
    let wrong =
        |message: &str| Cli::command().error(clap::error::ErrorKind::ArgumentConflict, message);
    let mut outputs: Vec<(Format, Option<PathBuf>)> =
        check.format.iter().map(|format| (*format, None)).collect();
    let formats: Vec<usize> = matches.indices_of("format").into_iter().flatten().collect();
    let places = matches.indices_of("output").into_iter().flatten();
    for (place, file) in places.zip(&check.output) {
        let before = formats.iter().filter(|format| **format < place).count();
        let Some(at) = before.checked_sub(1) else {
            return Err(wrong(
                "--output stands before any --format; write `--format sarif --output FILE`",
            ));
        };
        if outputs[at].1.replace(file.clone()).is_some() {
            return Err(wrong(
                "two --output for one --format; write `--format` before each",
            ));
        }
    }
    if outputs.is_empty() {
        outputs.push((Format::Human, None));
    }
    if outputs.iter().filter(|(_, file)| file.is_none()).count() > 1 {
        return Err(wrong(
            "two formats on standard output; give all but one an --output",
        ));
    }
    Ok(outputs)
}

fn dispatch(command: Command) -> u8 {
    match command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Explain { rule } => catalogue::explain(&rule),
        Command::Rules(arguments) => catalogue::list(&arguments),
        Command::Render(arguments) => render::run(&arguments),
        Command::Init { folder } => init::run(&folder),
        Command::Webhook { arguments } => webhook::run(&arguments),
        Command::Schema {
            of: SchemaOf::Config,
        } => print(&schema::config()),
        Command::Schema {
            of: SchemaOf::Report,
        } => print(schema::REPORT),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "plimsoll", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
        Command::Man => {
            let mut page = Vec::new();
            match clap_mangen::Man::new(Cli::command()).render(&mut page) {
                Ok(()) => print(&String::from_utf8_lossy(&page)),
                Err(_) => 70,
            }
        }
    }
}

/// Prints to standard output. A reader that has gone away is no fault.
pub(crate) fn print(text: &str) -> u8 {
    use std::io::Write;
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    0
}
