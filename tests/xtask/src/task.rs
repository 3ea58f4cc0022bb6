//! What `cargo xtask` can be asked for.

use std::process::ExitCode;

use crate::sspp::{drill, load, up};
use crate::{bench, schemas, test};

/// Runs the task that the first argument names.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    match arguments.split_first() {
        Some((name, rest)) if name == "test" => test::main(rest),
        Some((name, rest)) if name == "bench" => bench::main(rest),
        Some((name, _)) if name == "schemas" => schemas::main(),
        Some((name, rest)) if name == "load" => load::main(rest),
        Some((name, _)) if name == "up" => up::main(),
        Some((name, rest)) if name == "drill" => drill::main(rest),
        _ => {
            eprint!(
                "cargo xtask: say what to do\n\n{}\n{}\n{}\n{}\n{}\n",
                bench::USAGE,
                load::USAGE,
                schemas::USAGE,
                up::USAGE,
                drill::USAGE
            );
            test::usage("or run the tests")
        }
    }
}
