//! SSPP, the sales-signal platform: `sspp api` takes events in, `sspp worker` turns them into signals.

mod api;
mod cli;
mod clock;
mod config;
mod contract;
mod domain;
mod health;
mod intake;
mod log;
mod metrics;
mod problem;
mod queue;
mod roles;
mod search;
mod server;
mod shutdown;
mod store;
mod telemetry;
mod worker;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
