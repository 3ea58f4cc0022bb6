//! A real search engine: OpenSearch, as `cargo xtask test --only search` has prepared it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::client::Client;
use super::guard::Guard;
use super::stores::{free_port, open_folder};
use super::{Search, eventually};

/// What the prepared one was made from.
const INPUTS: &str = concat!(
    include_str!("../../../../tests/search-engine/pom.xml"),
    include_str!("../../../../tests/search-engine/SearchNode.java")
);

/// A node of a test's own, which it may stop.
pub(crate) struct Node {
    folder: TempDir,
    port: u16,
    guard: Option<Guard>,
}

static SHARED: OnceCell<Option<Node>> = OnceCell::const_new();
static INDICES: AtomicU32 = AtomicU32::new(0);

/// The URL of the node that most tests share. `None` when there is none, which has been said.
pub(crate) async fn shared_url() -> Option<String> {
    if let Some(url) = named() {
        return Some(url.trim_end_matches('/').to_owned());
    }
    let node = SHARED.get_or_init(async || {
        prepared()?;
        Some(Node::start().await)
    });
    node.await.as_ref().map(Node::url)
}

/// The search engine that the environment names instead.
#[expect(clippy::disallowed_methods, reason = "the one setting of these tests")]
fn named() -> Option<String> {
    std::env::var("SSPP_TEST_SEARCH_URL").ok()
}

/// A name for an index that no other test and no other run uses.
pub(crate) fn index_name() -> String {
    let number = INDICES.fetch_add(1, Ordering::Relaxed);
    format!("sspp-test-{}-{number}", std::process::id())
}

/// Where the prepared one is. When there is none, says so where no captured output hides it.
pub(crate) fn prepared() -> Option<&'static Path> {
    static PREPARED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
        let folder = target.join("search-engine");
        let inputs = std::fs::read_to_string(folder.join("inputs"));
        if inputs.is_ok_and(|inputs| inputs == INPUTS) {
            return Some(folder);
        }
        let _ = std::io::stderr().write_all(
            b"\nSKIPPED: what needs a real search engine, because none is prepared.\n\
              SKIPPED: run `cargo xtask test --only search`, or name one with SSPP_TEST_SEARCH_URL.\n\n",
        );
        None
    };
    PREPARED.get_or_init(find).as_deref()
}

impl Node {
    /// Starts one, which takes a while.
    pub(crate) async fn start() -> Self {
        let mut node = Self {
            folder: open_folder(),
            port: free_port(),
            guard: None,
        };
        node.resume().await;
        node
    }

    pub(crate) async fn resume(&mut self) {
        let prepared = prepared().expect("whoever starts one has looked");
        let classes = prepared.join("classes");
        let mut java = Command::new("java");
        // Started quickly rather than quick in the end.
        java.args([
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
        ]);
        java.arg(format!(
            "{}:{}/lib/*",
            classes.display(),
            prepared.display()
        ));
        java.arg("SearchNode").arg(self.folder.path());
        java.arg(self.port.to_string());
        self.guard = Some(Guard::start(&java, None, self.folder.path()));
        let client = Client::new(self.port);
        // Its shards are found again a little later than it answers.
        let path = "/_cluster/health?wait_for_status=yellow&timeout=10s";
        let healthy = async || {
            let answer = client
                .send(client.request(reqwest::Method::GET, path))
                .await;
            answer.is_ok_and(|answer| answer.status == 200)
        };
        eventually("the search engine answers", healthy).await;
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(&mut self) {
        self.guard.take().expect("it runs").end("KILL");
    }

    /// `STOP` makes it hang, `CONT` go on.
    pub(crate) fn signal(&mut self, signal: &str) {
        self.guard.as_mut().expect("it runs").send(signal);
    }
}

impl Search {
    /// How many documents can be found; 0 before the index is there.
    pub(crate) async fn count(&self) -> u64 {
        self.request(reqwest::Method::POST, "_refresh", None).await;
        let (_, answer) = self.request(reqwest::Method::GET, "_count", None).await;
        answer["count"].as_u64().unwrap_or_default()
    }

    /// Whether it does not answer in a moment.
    pub(crate) async fn is_away(&self) -> bool {
        let count = self.request(reqwest::Method::GET, "_count", None);
        let answered = tokio::time::timeout(std::time::Duration::from_secs(1), count).await;
        answered.is_err()
    }

    /// A request about the index, or about `""`, the index itself.
    pub(crate) async fn request(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<String>,
    ) -> (u16, Value) {
        let path = format!("/{}/{path}", self.index);
        let request = self.client.request(method, path.trim_end_matches('/'));
        let request = request.header("content-type", "application/x-ndjson");
        match self
            .client
            .send(request.body(body.unwrap_or_default()))
            .await
        {
            Ok(answer) => (answer.status, answer.json()),
            Err(_) => (0, Value::Null),
        }
    }
}
