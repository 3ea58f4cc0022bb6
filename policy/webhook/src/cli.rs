//! The command line of the webhook.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use plimsoll_check::Severity;

use crate::admission::OnUpdate;
use crate::audit;
use crate::break_glass::{self, BreakGlass};
use crate::certificates::Names;
use crate::doctor::{self, Doctor};
use crate::manifests::{self, Manifests};
use crate::policy::{CONTROLLERS, Settings};
use crate::preflight::{self, Preflight};
use crate::replay::{self, Replay};
use crate::serve;

/// The same verdict at the API server's door
#[derive(Debug, Parser)]
#[command(name = "plimsoll-webhook", bin_name = "plimsoll webhook", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer the API server
    Serve(Box<Serve>),
    /// Print everything that it needs in a cluster
    Manifests(Box<Manifests>),
    /// Look at an installation, and say what is wrong with it
    Doctor(Doctor),
    /// Have the API server store everything, or go back
    BreakGlass(BreakGlass),
    /// Judge recorded requests again: what would be denied now
    Replay(Box<Replay>),
    /// List what would be refused if enforcement began now
    Preflight(Box<Preflight>),
}

/// What is enforced.
#[derive(Debug, Args)]
pub(crate) struct Enforce {
    /// The configuration, as `plimsoll check` reads it; read again when its content changes
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Refuse objects with findings at or above this severity
    #[arg(long, value_enum, default_value = "error")]
    fail_on: FailOn,
    /// Which findings refuse an update
    #[arg(long, value_enum, default_value = "new-only")]
    on_update: OnUpdate,
    /// What rules do that look at other objects, which may be created after this one
    #[arg(long, value_enum, default_value = "warn")]
    repository_rules: RepositoryRules,
    /// Run the rules that are off by default, too
    #[arg(long)]
    all_rules: bool,
    /// A user whose objects are made from others that were judged; repeatable, instead of Kubernetes' own controllers
    #[arg(long = "controller-user", value_name = "USER")]
    controllers: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RepositoryRules {
    Warn,
    Deny,
}

/// Who keeps the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Certificates {
    /// This program: an authority of its own, in a Secret
    #[value(name = "self")]
    Own,
    /// cert-manager: its Secret is mounted, and it writes the `caBundle`
    CertManager,
    /// Whoever writes the files
    Files,
}

/// What the webhook is called in its cluster.
#[derive(Clone, Debug, Args)]
pub(crate) struct Installed {
    /// The namespace that it runs in
    #[arg(long, value_name = "NAME", default_value = "plimsoll")]
    pub(crate) namespace: String,
    /// The Service that the API server connects to
    #[arg(long, value_name = "NAME", default_value = "plimsoll-webhook")]
    pub(crate) service: String,
    /// The webhook's configuration in the cluster, by which the API server has to accept the certificate
    #[arg(long, value_name = "NAME", default_value = "plimsoll-webhook")]
    pub(crate) webhook_configuration: String,
}

impl Installed {
    pub(crate) fn names(&self, replica: &str) -> Names {
        Names {
            namespace: self.namespace.clone(),
            service: self.service.clone(),
            configuration: self.webhook_configuration.clone(),
            replica: replica.to_owned(),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) enforce: Enforce,
    /// Where the API server asks, with TLS
    #[arg(long, value_name = "ADDRESS", default_value = "[::]:8443")]
    pub(crate) listen: SocketAddr,
    /// Where probes and metrics are asked for, without TLS
    #[arg(long, value_name = "ADDRESS", default_value = "[::]:8080")]
    pub(crate) admin: SocketAddr,
    /// Who keeps the certificate: this program, cert-manager, or whoever writes the files
    #[arg(long, value_enum, default_value = "files")]
    pub(crate) certificates: Certificates,
    #[command(flatten)]
    pub(crate) installed: Installed,
    /// The Pod that this is, which tells replicas from each other
    #[arg(long, value_name = "NAME", default_value = "plimsoll-webhook")]
    pub(crate) pod: String,
    /// The certificate's chain, leaf first; read again when its content changes
    #[arg(long, value_name = "FILE", default_value = "/etc/plimsoll/tls/tls.crt")]
    pub(crate) certificate: PathBuf,
    /// The certificate's key
    #[arg(long, value_name = "FILE", default_value = "/etc/plimsoll/tls/tls.key")]
    pub(crate) key: PathBuf,
    /// Whom clients have to be certified by
    #[arg(long, value_name = "FILE")]
    pub(crate) client_authority: Option<PathBuf>,
    /// The name that the API server connects to, which the certificate has to be for
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Watch the cluster, so that rules are asked that look at other objects, and rules know what a namespace says
    #[arg(long)]
    pub(crate) view: bool,
    /// Objects of one kind that are kept of the cluster; of a kind with more, none is, and what looks at it is not asked
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = 20_000,
        requires = "view"
    )]
    pub(crate) view_objects: usize,
    /// MiB of what is kept of the objects of one kind
    #[arg(long, value_name = "MIB", default_value_t = 32, requires = "view")]
    pub(crate) view_size: usize,
    #[command(flatten)]
    pub(crate) audit: audit::Arguments,
    /// Threads that judge; as many as there are cores, if it is not said
    #[arg(long, value_name = "COUNT")]
    pub(crate) threads: Option<usize>,
    /// Requests that are answered at once before more are turned away; 256 for each thread, if it is not said
    #[arg(long, value_name = "COUNT")]
    pub(crate) max_in_flight: Option<usize>,
    /// Connections that are open at once before those that never asked anything are closed for others
    #[arg(long, value_name = "COUNT", default_value_t = 4096)]
    pub(crate) max_connections: usize,
    /// Seconds between two looks at the configuration and the certificate
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub(crate) reload_seconds: u64,
    /// Seconds in which it still accepts connections after it was told to go
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    drain_seconds: u64,
}

impl Serve {
    pub(crate) fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }
}

impl Enforce {
    pub(crate) fn settings(&self) -> Settings {
        let fail_on = match self.fail_on {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Info => Some(Severity::Info),
            FailOn::Never => None,
        };
        let own = || CONTROLLERS.iter().map(ToString::to_string).collect();
        Settings {
            fail_on,
            on_update: self.on_update,
            repository_rules_deny: matches!(self.repository_rules, RepositoryRules::Deny),
            all_rules: self.all_rules,
            controllers: if self.controllers.is_empty() {
                own()
            } else {
                self.controllers.clone()
            },
        }
    }
}

/// Runs the command that the arguments name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 3 } else { 0 });
        }
    };
    match arguments.command {
        Command::Serve(serve) => serve::run(&serve),
        Command::Doctor(doctor) => doctor::run(&doctor),
        Command::BreakGlass(change) => break_glass::run(&change),
        Command::Replay(replay) => replay::run(&replay),
        Command::Preflight(preflight) => preflight::run(&preflight),
        Command::Manifests(options) => manifests::run(&options),
    }
}
