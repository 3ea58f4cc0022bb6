//! `cargo run --package cluster`: a control plane to try things on, until Ctrl-C or the end of standard input.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a terminal is what this program is for"
)]

use std::io::Write;
use std::process::ExitCode;

use cluster::{ControlPlane, Options};

fn main() -> ExitCode {
    match ControlPlane::start(&Options::default()) {
        Ok(cluster) => {
            println!("export KUBECONFIG={}", cluster.kubeconfig().display());
            // Whoever reads this by a pipe waits for the line.
            let _ = std::io::stdout().flush();
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
