//! `cargo xtask bench webhook --api-server`: what admission costs a real API server.
//!
//! ```text
//! wrk ──▶ kube-apiserver, dry-run creations of a Deployment
//!           │ namespace `alone`     nobody else is asked
//!           │ namespace `webhook`   the release binary is asked, with all default rules
//!           │ namespace `policy`    a ValidatingAdmissionPolicy: three of the rules, written by hand
//!           └─▶ etcd
//! ```

mod drive;
mod set_up;

use ::cluster::{ControlPlane, Options};

use super::cost::Sample;
use super::results::{Goal, Results};
use crate::test::Stop;
use crate::workspace::Workspace;
use crate::{cluster, host};
use drive::{Drive, Run};
use set_up::Hook;

/// Who is asked about what is created in the namespace of this name.
const ASKED: [&str; 3] = ["alone", "webhook", "policy"];

/// Measures each namespace in turn, so that what disturbs the machine disturbs all alike.
pub(super) fn measure(
    workspace: &Workspace,
    rounds: usize,
    seconds: u64,
    results: &mut Results,
) -> Result<(), String> {
    cluster::set_up(workspace).map_err(|stop| match stop {
        Stop::Failed(reason) | Stop::Skipped(reason) => reason,
    })?;
    host::require(&["sh", "-c", "command -v wrk"], &["wrk"])?;
    let options = Options {
        // They would use the API server, too.
        controllers: false,
        ..Options::default()
    };
    let plane = ControlPlane::start(&options).map_err(|error| error.to_string())?;
    let hook = Hook::start(workspace, &plane)?;
    set_up::policy(&plane)?;
    let drive = Drive::new(&plane, hook.id(), seconds)?;
    let mut runs = ASKED.map(|_| Vec::new());
    for round in 0..=rounds {
        for (namespace, runs) in ASKED.iter().zip(&mut runs) {
            println!("measuring {namespace}");
            let run = drive.run(namespace)?;
            // The first fills caches.
            if round > 0 {
                runs.push(run);
            }
        }
    }
    add(results, &runs);
    Ok(())
}

fn add(results: &mut Results, runs: &[Vec<Run>; 3]) {
    let sample = |runs: &[Run], of: fn(&Run) -> f64| Sample::of(runs.iter().map(of).collect());
    let server = runs.each_ref().map(|runs| sample(runs, |run| run.server));
    let [alone, webhook, policy] = server;
    let what = "the API server's CPU a dry-run creation, when nobody else is asked";
    results.add("alone", what, "ms", alone, Goal::None);
    let what = "what it uses beyond that to ask the webhook";
    results.add("webhook", what, "ms", webhook.beyond(alone), Goal::None);
    let what = "what it uses beyond that for three rules as a ValidatingAdmissionPolicy";
    results.add("policy", what, "ms", policy.beyond(alone), Goal::None);
    let own = sample(&runs[1], |run| run.hook);
    let what = "the webhook's own CPU a creation, with all default rules";
    results.add("hook", what, "ms", own, Goal::None);
    for (runs, what) in runs.iter().zip([
        "half of the creations within, when nobody else is asked",
        "half of the creations within, with the webhook",
        "half of the creations within, with the ValidatingAdmissionPolicy",
    ]) {
        results.add("half", what, "ms", sample(runs, |run| run.half), Goal::None);
    }
}
