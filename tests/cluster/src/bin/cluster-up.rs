//! `cargo run --package cluster [node]`: a control plane to try things on, or a node with it, until standard input ends.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a terminal is what this program is for"
)]

use std::process::ExitCode;

use cluster::{ControlPlane, Error, Node, Options};

fn main() -> ExitCode {
    let node = std::env::args().nth(1).is_some_and(|word| word == "node");
    match if node { hold_node() } else { hold() } {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn hold() -> Result<(), Error> {
    wait(&ControlPlane::start(&Options::default())?);
    Ok(())
}

fn hold_node() -> Result<(), Error> {
    wait(Node::start(&Options::default())?.control_plane());
    Ok(())
}

fn wait(cluster: &ControlPlane) {
    println!("export KUBECONFIG={}", cluster.kubeconfig().display());
    println!("export PATH={}:$PATH", cluster.programs().display());
    // What cannot be read has ended, too.
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
}
