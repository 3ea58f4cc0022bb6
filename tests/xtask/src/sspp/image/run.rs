//! The image at work: each role as its manifest has it run, on stores of their own.

use std::time::Instant;

use serde_json::{Value, json};

use super::manifest::{CONTRACT, Deployed};
use crate::fixtures;
use crate::image::container::{Container, Image, Storage};
use crate::sspp::http;
use crate::sspp::search_double::SearchDouble;
use crate::sspp::stack::{Ports, Stack, free_port};
use crate::sspp::wait;
use crate::workspace::Workspace;

pub(super) const MANIFESTS: [&str; 3] = [
    "migrate-job.yaml",
    "api-deployment.yaml",
    "worker-deployment.yaml",
];

/// What stands in for the Secret with the API's token.
const TOKEN: &str = "a-token-of-this-run";

/// What every line of the log has, by the contract.
const LOGGED: [&str; 4] = ["timestamp", "level", "service", "message"];

/// The stores, and the containers that use them.
struct Run<'r> {
    workspace: &'r Workspace,
    storage: &'r Storage,
    image: &'r Image,
    stack: Stack,
    search: SearchDouble,
}

/// A role that serves.
struct Service<'r> {
    deployed: Deployed,
    container: Container<'r>,
    port: String,
}

/// Runs `migrate`, then an API and a worker until an event has become a row, and ends them.
pub(super) fn all(workspace: &Workspace, storage: &Storage, image: &Image) -> Result<(), String> {
    // Where another user may look: PostgreSQL does not run as root.
    let folder = std::env::temp_dir().join(format!("sspp-image-{}", std::process::id()));
    fixtures::empty(&folder)?;
    let stack = Stack::stores("/sspp".into(), folder.clone(), Ports::free()?, &[])?;
    let run = Run {
        workspace,
        storage,
        image,
        stack,
        search: SearchDouble::start()?,
    };
    let outcome = run.roles();
    drop(run);
    let removed = std::fs::remove_dir_all(&folder);
    outcome.and(removed.map_err(|error| format!("{}: {error}", folder.display())))
}

impl Run<'_> {
    fn roles(&self) -> Result<(), String> {
        let [migrate, api, worker] = MANIFESTS;
        let untouched = self.untouched()?;
        let migrate = self.start(&self.read(migrate)?, "migrate", "0")?;
        done("migrate", &migrate, &migrate.wait()?)?;
        let api = self.serve(api, "api")?;
        let worker = self.serve(worker, "worker")?;
        for service in [&api, &worker] {
            service.is_confined()?;
            service.tells_its_health()?;
        }
        self.event_becomes_row(&api)?;
        for (name, service) in [("api", &api), ("worker", &worker)] {
            service.ends(name)?;
            let changes = service.container.changes()?;
            if changes != untouched {
                return Err(format!("{name} has changed its root:\n{changes}"));
            }
        }
        Ok(())
    }

    /// What a container's root differs in from the image, by podman's own doing: it mounts files into `/etc`.
    /// The container prints the contract, and does nothing else.
    fn untouched(&self) -> Result<String, String> {
        let arguments = ["contract".to_owned()];
        let container = self
            .storage
            .start("contract", self.image, &[], &arguments)?;
        let code = container.wait()?;
        let printed = container.logs()?;
        let path = self.workspace.root.join(CONTRACT);
        let written = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        if code != "0" || printed.trim() != written.trim() {
            return Err(format!(
                "the image's contract is not {CONTRACT}; it ended with {code}:\n{printed}"
            ));
        }
        container.changes()
    }

    fn read(&self, file: &str) -> Result<Deployed, String> {
        let deployed = Deployed::read(self.workspace, file)?;
        deployed.agrees(self.workspace)?;
        Ok(deployed)
    }

    fn serve(&self, file: &str, name: &str) -> Result<Service<'_>, String> {
        let deployed = self.read(file)?;
        let port = free_port()?;
        let container = self.start(&deployed, name, &port)?;
        let service = Service {
            deployed,
            container,
            port,
        };
        let path = &service.deployed.readiness;
        let ready =
            wait::until(|| http::get(&service.port, path).is_ok_and(|answer| answer.status == 200));
        if ready {
            return Ok(service);
        }
        let said = http::get(&service.port, path);
        Err(format!(
            "{name} is not ready: {said:?}\n{}",
            service.container.logs()?
        ))
    }

    /// With what the manifest sets, stores in place of its Secrets, and a port that is free here.
    fn start(&self, deployed: &Deployed, name: &str, port: &str) -> Result<Container<'_>, String> {
        let search = self.search.url();
        let mut options: Vec<String> = vec![
            "--read-only".to_owned(),
            // No folder is left that could be written to.
            "--read-only-tmpfs=false".to_owned(),
            "--cap-drop=all".to_owned(),
            format!("--user={}:{}", deployed.user, deployed.group),
        ];
        let mut set = |name: &str, value: &str| options.push(format!("--env={name}={value}"));
        let stores = self.stack.environment();
        for (variable, value) in &deployed.environment {
            let store = stores.iter().find(|(name, _)| name == variable);
            match (variable.as_str(), value, store) {
                ("PORT", ..) => set("PORT", port),
                ("ELASTICSEARCH_URL", ..) => set(variable, &search),
                ("API_TOKEN", ..) => set(variable, TOKEN),
                // The manifest mounts a file there; the image has its own certificates.
                ("SSL_CERT_FILE", ..) => {}
                (_, Some(value), _) | (_, None, Some((_, value))) => set(variable, value),
                (_, None, None) => return Err(format!("nothing stands in for {variable}")),
            }
        }
        self.storage
            .start(name, self.image, &options, &deployed.arguments)
    }

    fn event_becomes_row(&self, api: &Service<'_>) -> Result<(), String> {
        let event = json!({
            "accountId": "acc-image", "userId": "user-1", "eventType": "email_opened",
            "timestamp": "2025-12-22T09:00:00Z", "metadata": {"interactionCount": 5},
        });
        let unnamed =
            http::Connection::open(&api.port)?.ask("POST", "/api/v1/events", &event.to_string())?;
        if unnamed.status != 401 {
            return Err(format!(
                "an event without a token is not refused: {unnamed:?}"
            ));
        }
        let mut connection = http::Connection::open(&api.port)?.with_token(TOKEN);
        let answer = connection.ask("POST", "/api/v1/events", &event.to_string())?;
        if answer.status != 202 {
            return Err(format!("an event is not accepted: {answer:?}"));
        }
        let rows = || {
            let connection = http::Connection::open(&api.port)?;
            let path = "/api/v1/signals?accountId=acc-image";
            connection.with_token(TOKEN).ask("GET", path, "")
        };
        let there = || rows().is_ok_and(|answer| answer.body.contains("acc-image"));
        if !wait::until(there) {
            return Err(format!("the event does not become a row: {:?}", rows()));
        }
        if !wait::until(|| self.search.documents() == 1) {
            return Err("the row is not sent to the search engine".to_owned());
        }
        Ok(())
    }
}

impl Service<'_> {
    /// The kernel's word for it, not the tools'.
    fn is_confined(&self) -> Result<(), String> {
        let status = self.container.status()?;
        let user = self.deployed.user;
        let words: Vec<Vec<&str>> = status
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        let is = |name: &str, wanted: &str| {
            let line = words.iter().find(|words| words.first() == Some(&name));
            let held = line.is_some_and(|words| words[1..].iter().all(|word| *word == wanted));
            held.then_some(())
                .ok_or_else(|| format!("{name} is not {wanted}:\n{status}"))
        };
        is("Uid:", &user.to_string())?;
        is("Gid:", &self.deployed.group.to_string())?;
        for capabilities in ["CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"] {
            is(capabilities, "0000000000000000")?;
        }
        is("NoNewPrivs:", "1")
    }

    fn tells_its_health(&self) -> Result<(), String> {
        let alive = http::get(&self.port, &self.deployed.liveness)?;
        let asked = self.container.exec(&["/sspp", "healthcheck"])?;
        let elsewhere = self
            .container
            .exec(&["/sspp", "healthcheck", "--port", "1"])?;
        let shell = self.container.exec(&["/bin/sh", "-c", "true"])?;
        let checked = self.container.is_healthy()?;
        match (alive.status, asked, elsewhere, shell, checked) {
            (200, true, false, false, true) => Ok(()),
            other => Err(format!(
                "liveness, `healthcheck`, the same of a closed port, a shell, HEALTHCHECK: {other:?}"
            )),
        }
    }

    fn ends(&self, name: &str) -> Result<(), String> {
        let start = Instant::now();
        let code = self.container.stop(self.deployed.grace)?;
        done(name, &self.container, &code)?;
        println!(
            "{name} ended {:.1} s after SIGTERM",
            start.elapsed().as_secs_f64()
        );
        Ok(())
    }
}

/// It ended well, and whatever it said is what the contract says that it says.
fn done(name: &str, container: &Container<'_>, code: &str) -> Result<(), String> {
    let logs = container.logs()?;
    if code != "0" {
        return Err(format!("{name} ended with {code}:\n{logs}"));
    }
    let strange = logs.lines().find(|line| {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        LOGGED.iter().any(|name| line.get(name).is_none())
    });
    match strange {
        Some(line) => Err(format!("{name} logs what it should not: {line}")),
        None if logs.is_empty() => Err(format!("{name} logs nothing")),
        None => Ok(()),
    }
}
