//! The command line: one word says which part of SSPP this process is.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Role, Settings};
use crate::telemetry::Traces;
use crate::{contract, log, roles};

/// Wrong settings, as `sysexits.h` numbers them.
const BAD_SETTINGS: u8 = 78;
/// Where the API listens unless it is told otherwise.
const API_PORT: u16 = 3000;

#[derive(Parser)]
#[command(name = "sspp", version, about = "The sales-signal platform")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Take events in, and answer questions about signals and jobs
    Api,
    /// Turn queued events into signals
    Worker,
    /// Bring the schema up to date
    Migrate {
        /// Take back every migration after this version instead
        #[arg(long, value_name = "VERSION")]
        revert_to: Option<i64>,
    },
    /// Queue the jobs that were given up again
    Requeue {
        /// At most so many
        #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
        limit: usize,
    },
    /// Ask a process on this host whether it is alive, for container health checks
    Healthcheck {
        /// Its port, if not that of the environment's PORT or else the API's own
        #[arg(long)]
        port: Option<u16>,
    },
    /// Print what SSPP needs and offers, as JSON
    Contract,
    /// Print the description of the HTTP interface, as OpenAPI
    Openapi,
}

pub(crate) fn run() -> ExitCode {
    let command = Arguments::parse().command;
    let role = match &command {
        Command::Contract => return contract::print(),
        Command::Openapi => return contract::print_openapi(),
        Command::Healthcheck { port } => return healthcheck(*port),
        Command::Api => Role::Api,
        Command::Worker => Role::Worker,
        Command::Migrate { .. } => Role::Migrate,
        Command::Requeue { .. } => Role::Requeue,
    };
    let settings = match Settings::read(role, &environment) {
        Ok(settings) => settings,
        Err(errors) => {
            log::start(role.name(), tracing::level_filters::LevelFilter::INFO);
            for error in errors {
                tracing::error!(variable = error.variable, "{error}");
            }
            return ExitCode::from(BAD_SETTINGS);
        }
    };
    log::start(role.name(), settings.log_level);
    let traces = match Traces::start(role.name(), &settings.traces) {
        Ok(traces) => traces,
        Err(error) => {
            tracing::error!(error, "cannot go on");
            return ExitCode::FAILURE;
        }
    };
    let ran = match command {
        Command::Api => roles::block_on(roles::api(settings)),
        Command::Worker => roles::block_on(roles::worker(settings)),
        Command::Migrate { revert_to } => roles::block_on(roles::migrate(settings, revert_to)),
        Command::Requeue { limit } => roles::block_on(roles::requeue(settings, limit)),
        Command::Healthcheck { .. } | Command::Contract | Command::Openapi => Ok(()),
    };
    traces.end();
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = error.to_string(), "cannot go on");
            ExitCode::FAILURE
        }
    }
}

/// Asks where the process was told to listen, since it runs in the same container.
fn healthcheck(port: Option<u16>) -> ExitCode {
    let told = || environment("PORT")?.trim().parse().ok();
    roles::healthcheck(port.or_else(told).unwrap_or(API_PORT))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
