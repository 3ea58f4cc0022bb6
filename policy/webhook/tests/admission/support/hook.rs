//! The real binary, with its files in a folder as they are mounted in a Pod.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

use tempfile::TempDir;

use super::authority::{Authority, Certified, HERE};

pub(crate) const YEAR: Duration = Duration::from_hours(365 * 24);

/// Configuration and certificate, which any number of processes read.
pub(crate) struct Site {
    folder: TempDir,
    pub(crate) authority: Authority,
}

impl Site {
    /// One with the default configuration, and a certificate that the API server takes if it trusts the authority.
    pub(crate) fn new() -> Self {
        let authority = Authority::new();
        let certified = authority.certify(HERE, YEAR);
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
            authority,
        };
        site.show(&certified);
        site.configure("");
        site
    }

    pub(crate) fn configure(&self, text: &str) {
        fs::write(self.folder.path().join("plimsoll.yaml"), text).unwrap();
    }

    /// Swaps the certificate as the kubelet does: `tls` is a link to a folder that is new.
    pub(crate) fn show(&self, certified: &Certified) {
        let folder = self.folder.path();
        let mut data = tempfile::Builder::new();
        let data = data.prefix("..data").tempdir_in(folder).unwrap().keep();
        fs::write(data.join("tls.crt"), &certified.chain).unwrap();
        fs::write(data.join("tls.key"), &certified.key).unwrap();
        let link = folder.join("tls.new");
        std::os::unix::fs::symlink(&data, &link).unwrap();
        fs::rename(&link, folder.join("tls")).unwrap();
    }

    /// Starts a webhook, and waits until it is ready.
    pub(crate) fn start(&self, arguments: &[&str]) -> Hook {
        let hook = self.begin(arguments);
        hook.wait("ready", Hook::is_ready);
        hook
    }

    /// Starts a webhook that may never be ready.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Hook {
        let (port, admin) = (free_port(), free_port());
        let log = self.folder.path().join(format!("{port}.log"));
        let child = Command::new(env!("CARGO_BIN_EXE_plimsoll-webhook"))
            .args(["serve", "--config", "plimsoll.yaml"])
            .args(["--certificate", "tls/tls.crt", "--key", "tls/tls.key"])
            .args(["--listen", &format!("{HERE}:{port}")])
            .args(["--admin", &format!("{HERE}:{admin}")])
            .args(["--reload-seconds", "1"])
            .args(arguments)
            .current_dir(self.folder.path())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Hook {
            child,
            port,
            admin,
            log,
        }
    }
}

/// A running webhook.
pub(crate) struct Hook {
    child: Child,
    pub(crate) port: u16,
    admin: u16,
    log: PathBuf,
}

impl Hook {
    pub(crate) fn url(&self) -> String {
        url(self.port)
    }

    /// Waits until something is so, and says what was logged if it never is.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let waited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            cluster::eventually(what, || is_so(self));
        }));
        let log = || fs::read_to_string(&self.log).unwrap_or_default();
        assert!(waited.is_ok(), "never {what}; the log:\n{}", log());
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.probe("/readyz").starts_with("HTTP/1.1 200")
    }

    pub(crate) fn logged(&self, text: &str) -> bool {
        fs::read_to_string(&self.log).unwrap().contains(text)
    }

    /// How many requests have reached it, with labels that say `what`.
    pub(crate) fn reached(&self, what: &str) -> u64 {
        let metrics = self.probe("/metrics");
        let lines = metrics.lines().filter_map(|line| {
            let line = line.strip_prefix("plimsoll_admission_requests_total{")?;
            let (labels, count) = line.split_once("} ")?;
            labels
                .contains(what)
                .then(|| count.trim().parse::<u64>().unwrap())
        });
        lines.sum()
    }

    /// What the other port answers.
    fn probe(&self, path: &str) -> String {
        let Ok(mut stream) = TcpStream::connect((HERE, self.admin)) else {
            return String::new();
        };
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(head.as_bytes());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    /// Sends it a signal: `-TERM`, `-STOP`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(status.success());
    }

    /// Waits until it has gone by itself, in good order.
    pub(crate) fn goes(mut self) {
        assert!(self.child.wait().unwrap().success());
        assert!(self.logged("gone"));
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the API server asks a webhook on a port.
pub(crate) fn url(port: u16) -> String {
    format!("https://{HERE}:{port}/validate")
}

/// A port where nobody listens.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((HERE, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
