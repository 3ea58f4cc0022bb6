//! The few things that must come from the machine itself: Debian's packages, where there is a Debian.

use std::process::Command;

use crate::command;

/// Makes sure that `probe` succeeds, by installing Debian's `packages` if it does not and we may.
pub(crate) fn require(probe: &[&str], packages: &[&str]) -> Result<(), String> {
    if works(probe) {
        return Ok(());
    }
    let list = packages.join(" ");
    if !(works(&["apt-get", "--version"]) && is_root()) {
        return Err(format!(
            "`{}` does not work here; install it (on Debian or Ubuntu: sudo apt-get install {list})",
            probe.join(" ")
        ));
    }
    println!("installing {list}");
    command::output(apt().arg("update"))?;
    command::output(
        apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
    )?;
    if works(probe) {
        Ok(())
    } else {
        Err(format!(
            "`{}` does not work, although {list} is installed",
            probe.join(" ")
        ))
    }
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command
        .arg("--quiet")
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

pub(crate) fn is_root() -> bool {
    command::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn works(words: &[&str]) -> bool {
    let [program, arguments @ ..] = words else {
        return false;
    };
    command::output(Command::new(program).args(arguments)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_works_needs_no_package() {
        assert_eq!(require(&["git", "--version"], &["no-such-package"]), Ok(()));
    }
}
