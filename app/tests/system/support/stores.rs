//! PostgreSQL and Redis from Debian's packages, each on a free port and in a folder of its own.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::{PgPool, PgPoolOptions};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::eventually;
use super::fsync::Recorder;
use super::guard::Guard;

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it is bound").port()
}

/// A PostgreSQL server.
pub(crate) struct Postgres {
    folder: TempDir,
    port: u16,
    user: Option<u32>,
    guard: Option<Guard>,
}

static SHARED: OnceCell<Postgres> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// An empty database on the server that most tests share, and its URL.
pub(crate) async fn shared_database() -> (PgPool, String) {
    SHARED.get_or_init(Postgres::start).await.database().await
}

impl Postgres {
    pub(crate) async fn start() -> Self {
        let folder = open_folder();
        let user = unprivileged("postgres");
        if let Some(user) = user {
            chown(folder.path(), Some(user), None).expect("root may give its folder away");
        }
        let mut init = Command::new(program("initdb"));
        init.arg("-D").arg(folder.path().join("data"));
        init.args(["-U", "sspp", "--auth=trust", "--no-sync", "--encoding=UTF8"]);
        init.args(["--locale=C"]);
        if let Some(user) = user {
            std::os::unix::process::CommandExt::uid(&mut init, user);
        }
        init.current_dir("/").stdout(Stdio::null());
        assert!(init.status().expect("PostgreSQL is installed").success());
        let mut postgres = Self {
            folder,
            port: free_port(),
            user,
            guard: None,
        };
        postgres.resume().await;
        postgres
    }

    /// Ends it as a crash does.
    pub(crate) fn stop(&mut self) {
        let guard = self.guard.take().expect("it runs");
        guard.end("QUIT");
    }

    pub(crate) async fn resume(&mut self) {
        let mut server = Command::new(program("postgres"));
        server.arg("-D").arg(self.folder.path().join("data"));
        server.args(["-p", &self.port.to_string(), "-k", "", "-h", "127.0.0.1"]);
        server.args(["-c", "fsync=off", "-c", "max_connections=200"]);
        self.guard = Some(Guard::start(&server, self.user, self.folder.path()));
        let admin = self.pool("postgres");
        eventually("PostgreSQL answers", async || {
            sqlx::query("SELECT 1").execute(&admin).await.is_ok()
        })
        .await;
    }

    /// An empty database, and its URL.
    pub(crate) async fn database(&self) -> (PgPool, String) {
        let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let admin = self.pool("postgres");
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create)
            .execute(&admin)
            .await
            .expect("it can be made");
        admin.close().await;
        (self.pool(&name), self.url(&name))
    }

    fn url(&self, database: &str) -> String {
        format!("postgresql://sspp@127.0.0.1:{}/{database}", self.port)
    }

    fn pool(&self, database: &str) -> PgPool {
        let options = PgPoolOptions::new().max_connections(2);
        options
            .connect_lazy(&self.url(database))
            .expect("the URL is ours")
    }
}

/// A Redis server.
pub(crate) struct Redis {
    folder: TempDir,
    port: u16,
    options: Vec<String>,
    /// Notes what reaches the disk.
    recorder: Option<Recorder>,
    guard: Option<Guard>,
}

impl Redis {
    pub(crate) async fn start(options: &[&str]) -> Self {
        Self::recorded(options, None).await
    }

    /// With a recorder of what reaches the disk.
    pub(crate) async fn recorded(options: &[&str], recorder: Option<Recorder>) -> Self {
        let mut redis = Self {
            folder: open_folder(),
            port: free_port(),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            recorder,
            guard: None,
        };
        redis.resume().await;
        redis
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        self.recorder.as_ref().expect("it was started with one")
    }

    /// The log that it appends to.
    pub(crate) fn log(&self) -> PathBuf {
        let folder = self.folder.path();
        folder.join("appendonlydir/appendonly.aof.1.incr.aof")
    }

    /// Ends it as a crash of the process does.
    pub(crate) fn kill(&mut self) {
        self.guard.take().expect("it runs").end("KILL");
    }

    pub(crate) async fn resume(&mut self) {
        let mut server = Command::new("redis-server");
        server.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"]);
        server.args(["--save", "", "--dir"]).arg(self.folder.path());
        server.args(&self.options);
        if let Some(recorder) = &self.recorder {
            recorder.watch(&mut server);
        }
        self.guard = Some(Guard::start(&server, None, self.folder.path()));
        eventually("Redis answers", async || self.ask(&["PING"]).await.is_ok()).await;
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Sends a command about the queue's key with this suffix.
    pub(crate) async fn number(&self, command: &str, suffix: &str) -> i64 {
        let key = format!("signal-processing-queue{suffix}");
        match self.ask(&[command, &key]).await {
            Ok(redis::Value::Int(number)) => number,
            other => panic!("{command} {key}: {other:?}"),
        }
    }

    /// The list with this suffix.
    pub(crate) async fn list(&self, suffix: &str) -> Vec<String> {
        let key = format!("signal-processing-queue{suffix}");
        let list = self.ask(&["LRANGE", &key, "0", "-1"]).await.unwrap();
        let entries: Vec<Vec<u8>> = redis::from_redis_value(list).unwrap();
        let entries = entries.iter();
        entries
            .map(|entry| String::from_utf8_lossy(entry).into_owned())
            .collect()
    }

    /// Appends what may not even be text to the queue.
    pub(crate) async fn push(&self, entry: &[u8]) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::cmd("RPUSH");
        command.arg("signal-processing-queue").arg(entry);
        let () = command.query_async(&mut connection).await.unwrap();
    }

    pub(crate) async fn ask(&self, words: &[&str]) -> redis::RedisResult<redis::Value> {
        let client = redis::Client::open(self.url())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).query_async(&mut connection).await
    }
}

/// A folder that other users may look into.
pub(crate) fn open_folder() -> TempDir {
    let mut builder = tempfile::Builder::new();
    let builder = builder.permissions(std::fs::Permissions::from_mode(0o755));
    builder.tempdir().expect("there is room")
}

/// The user to run a server as that refuses to be root; `None` when we are not root.
fn unprivileged(name: &str) -> Option<u32> {
    let ours = std::fs::metadata("/proc/self")
        .expect("this is Linux")
        .uid();
    let users = std::fs::read_to_string("/etc/passwd").expect("there are users");
    let line = users
        .lines()
        .find(|line| line.starts_with(&format!("{name}:")));
    let user = line.and_then(|line| line.split(':').nth(2)?.parse().ok());
    (ours == 0).then(|| user.expect("PostgreSQL's package made its user"))
}

/// Debian keeps PostgreSQL's programs out of the search path.
fn program(name: &str) -> PathBuf {
    let packaged = Path::new("/usr/lib/postgresql");
    let versions = std::fs::read_dir(packaged).into_iter().flatten();
    let found = versions.filter_map(|version| {
        let path = version.ok()?.path().join("bin").join(name);
        path.is_file().then_some(path)
    });
    found.max().unwrap_or_else(|| PathBuf::from(name))
}
