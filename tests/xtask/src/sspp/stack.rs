//! SSPP with stores of its own on this machine, without containers.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{search, stores, wait};
use crate::command;
use crate::test::Stop;
use crate::workspace::Workspace;

pub(crate) const API_PORT: &str = "3000";
pub(crate) const WORKER_PORT: &str = "3001";

/// The ports of the stores.
pub(crate) struct Ports {
    postgres: String,
    redis: String,
    search: String,
}

impl Ports {
    /// Known, for whoever wants to look into the stores.
    pub(crate) fn known() -> Self {
        Self {
            postgres: "25432".to_owned(),
            redis: "26379".to_owned(),
            search: "29200".to_owned(),
        }
    }

    /// So that several may run beside each other.
    pub(crate) fn free() -> Result<Self, String> {
        Ok(Self {
            postgres: free_port()?,
            redis: free_port()?,
            search: free_port()?,
        })
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = listener.map_err(|error| format!("there is no free port: {error}"))?;
    Ok(address.port().to_string())
}

/// How long a search engine may take to start.
const STARTING: Duration = Duration::from_mins(2);

/// Running processes, which end with this value.
pub(crate) struct Stack {
    program: PathBuf,
    ports: Ports,
    /// Where the stores keep their data.
    pub(crate) folder: PathBuf,
    environment: Vec<(String, String)>,
    processes: Vec<(String, Child)>,
}

impl Stack {
    /// Builds SSPP in `profile` and starts its stores on their data in `folder`, migrated.
    pub(crate) fn start(
        workspace: &Workspace,
        profile: &str,
        folder: PathBuf,
        environment: &[(&str, &str)],
    ) -> Result<Self, Stop> {
        stores::install(workspace)?;
        let mut build = workspace.command("cargo");
        build.args(["build", "--package", "sspp", "--profile", profile]);
        command::run(&mut build)?;
        let output = if profile == "dev" { "debug" } else { profile };
        let program = workspace.target.join(output).join("sspp");
        let stack = Self::stores(program, folder, Ports::known(), environment)?;
        // It waits for PostgreSQL as every role does.
        command::output(stack.command("migrate").stdout(Stdio::null()))?;
        Ok(stack)
    }

    /// Starts the stores on their data in `folder`, for the roles of `program`, which need not be there yet.
    pub(crate) fn stores(
        program: PathBuf,
        folder: PathBuf,
        ports: Ports,
        environment: &[(&str, &str)],
    ) -> Result<Self, String> {
        let database = format!("postgresql://sspp@127.0.0.1:{}/postgres", ports.postgres);
        let redis = format!("redis://127.0.0.1:{}/0", ports.redis);
        let mut stack = Self {
            program,
            ports,
            folder,
            environment: Vec::new(),
            processes: Vec::new(),
        };
        let stores = [("DATABASE_URL", &*database), ("REDIS_URL", &*redis)];
        for (name, value) in stores.iter().chain(environment) {
            let variable = ((*name).to_owned(), (*value).to_owned());
            stack.environment.push(variable);
        }
        stack.start_postgres()?;
        stack.start_redis()?;
        stack.answer()?;
        Ok(stack)
    }

    /// Waits until both stores accept connections.
    fn answer(&self) -> Result<(), String> {
        for port in [&self.ports.postgres, &self.ports.redis] {
            let listens = || TcpStream::connect(format!("127.0.0.1:{port}")).is_ok();
            if !wait::until(listens) {
                return Err(format!("nothing listens on port {port} of the stores"));
            }
        }
        Ok(())
    }

    /// What every role is told of its stores, and all else that this was started with.
    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// Sends Redis a command.
    pub(crate) fn redis(&self, words: &[&str]) -> Result<String, String> {
        let mut command = Command::new("redis-cli");
        command.args(["-p", &self.ports.redis]).args(words);
        command::output(&mut command)
    }

    /// Starts a search engine too, which takes a while; every role that is started later uses it.
    pub(crate) fn search(&mut self, workspace: &Workspace) -> Result<String, String> {
        let url = format!("http://127.0.0.1:{}", self.ports.search);
        let mut node = search::node(workspace, &self.folder.join("search"), &self.ports.search)?;
        self.spawn("search", node.stdout(Stdio::null()).stderr(Stdio::null()))?;
        let health = format!("{url}/_cluster/health?wait_for_status=yellow&timeout=5s");
        let healthy = || {
            let mut curl = Command::new("curl");
            command::output(curl.args(["-sSf", "--max-time", "10", &health])).is_ok()
        };
        let start = Instant::now();
        while !healthy() {
            if start.elapsed() > STARTING {
                return Err(format!("it does not answer at {url}"));
            }
            pause(Duration::from_millis(500));
        }
        let variable = ("ELASTICSEARCH_URL".to_owned(), url.clone());
        self.environment.push(variable);
        Ok(url)
    }

    /// Starts a role whose log goes to this file.
    pub(crate) fn logging_to(&mut self, role: &str, port: &str, log: File) -> Result<(), String> {
        let mut command = self.command(role);
        self.spawn(role, command.env("PORT", port).stdout(log))
    }

    /// Ends a process as a crash does.
    pub(crate) fn kill(&mut self, name: &str) {
        let found = self.processes.iter().position(|(one, _)| one == name);
        if let Some(place) = found {
            let (_, mut child) = self.processes.remove(place);
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts a role that listens on `port`, with its log on standard output or thrown away.
    pub(crate) fn role(&mut self, role: &str, port: &str, log: bool) -> Result<(), String> {
        let mut command = self.command(role);
        command.env("PORT", port);
        if !log {
            command.stdout(Stdio::null());
        }
        self.spawn(role, &mut command)
    }

    /// A command of SSPP, set up as every role is.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(name);
        let variables = self.environment.iter();
        command.envs(variables.map(|(name, value)| (name, value)));
        command
    }

    /// Waits until one of the processes ends, which none should.
    pub(crate) fn wait(&mut self) -> Result<(), String> {
        let Some((name, child)) = self.processes.last_mut() else {
            return Ok(());
        };
        let status = child.wait().map_err(|error| error.to_string())?;
        println!("{name} ended with {status}");
        Ok(())
    }

    fn start_postgres(&mut self) -> Result<(), String> {
        let data = self.folder.join("postgres");
        let user = server_user()?;
        if !data.join("PG_VERSION").is_file() {
            make(&data, user)?;
            let mut init = server("initdb", user);
            init.arg("-D").arg(&data);
            init.args([
                "-U",
                "sspp",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
            ]);
            command::output(&mut init)?;
        }
        let mut postgres = server("postgres", user);
        postgres.arg("-D").arg(&data);
        postgres.args(["-p", &self.ports.postgres, "-k", "", "-h", "127.0.0.1"]);
        self.spawn("postgres", postgres.stderr(Stdio::null()))
    }

    pub(crate) fn start_redis(&mut self) -> Result<(), String> {
        let data = self.folder.join("redis");
        make(&data, None)?;
        let mut redis = Command::new("redis-server");
        redis.args(["--port", &self.ports.redis, "--bind", "127.0.0.1"]);
        redis.args(["--save", ""]);
        redis.args(["--appendonly", "yes", "--appendfsync", "everysec", "--dir"]);
        self.spawn("redis", redis.arg(&data).stdout(Stdio::null()))
    }

    /// Starts a command that ends when this does.
    pub(crate) fn spawn(&mut self, name: &str, command: &mut Command) -> Result<(), String> {
        let child = command.stdin(Stdio::null()).spawn();
        let child = child.map_err(|error| command::not_started(command, &error))?;
        self.processes.push((name.to_owned(), child));
        Ok(())
    }

    /// Asks a role to end, and waits until it has.
    pub(crate) fn end(&mut self, name: &str) -> Result<(), String> {
        let Some(place) = self.processes.iter().position(|(role, _)| role == name) else {
            return Err(format!("no {name} is running"));
        };
        let (_, mut child) = self.processes.remove(place);
        command::output(Command::new("kill").arg(child.id().to_string()))?;
        let status = child.wait().map_err(|error| error.to_string())?;
        let failed = || format!("{name} ended with {status}");
        status.success().then_some(()).ok_or_else(failed)
    }

    /// The process id of a role.
    pub(crate) fn id(&self, name: &str) -> Option<u32> {
        let found = self.processes.iter().find(|(role, _)| role == name);
        found.map(|(_, child)| child.id())
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        for (name, child) in self.processes.iter_mut().rev() {
            // One that has ended already is what is wanted. PostgreSQL would leave shared memory behind.
            let _ = if name == "postgres" {
                let id = child.id().to_string();
                command::output(Command::new("kill").args(["-s", "QUIT", &id])).map(drop)
            } else {
                child.kill().map_err(|error| error.to_string())
            };
            let _ = child.wait();
        }
    }
}

/// Lets time pass between two looks at another process, which cannot tell us when it is so far.
#[expect(
    clippy::disallowed_methods,
    reason = "no test waits here, and another process sends no event"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

fn make(folder: &Path, owner: Option<u32>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    match owner {
        Some(owner) => chown(folder, Some(owner), None).map_err(failed),
        None => Ok(()),
    }
}

/// PostgreSQL refuses to run as root; its package has made a user for it.
fn server_user() -> Result<Option<u32>, String> {
    let ours = fs::metadata("/proc/self").map_err(|error| error.to_string())?;
    if ours.uid() != 0 {
        return Ok(None);
    }
    let user = command::output(Command::new("id").args(["-u", "postgres"]))?;
    user.trim().parse().map(Some).map_err(|_| user)
}

fn server(program: &str, user: Option<u32>) -> Command {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let found = versions.filter_map(|version| {
        let path = version.ok()?.path().join("bin").join(program);
        path.is_file().then_some(path)
    });
    let path = found.max().unwrap_or_else(|| PathBuf::from(program));
    let mut command = Command::new(path);
    command.current_dir("/");
    if let Some(user) = user {
        command.uid(user);
    }
    command
}
