//! The real binary, with a certificate of its own, asked over TLS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;
use tempfile::TempDir;

/// An authority, and what it certifies.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self {
            issuer: Issuer::new(params, key),
            certificate,
        }
    }

    /// A certificate for a name until a year, and its key, in PEM.
    pub(crate) fn certify(&self, name: &str, until: i32) -> (String, String) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// A running webhook.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) folder: TempDir,
    pub(crate) authority: Authority,
    port: u16,
    admin: u16,
    log: Arc<Mutex<String>>,
}

/// The name that certificates of tests are for.
pub(crate) const NAME: &str = "plimsoll.plimsoll.svc";

impl Server {
    /// Starts it with a configuration and further arguments, and waits until it is ready.
    pub(crate) fn start(config: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        let (chain, key) = authority.certify(NAME, 2099);
        place(folder.path(), &chain, &key);
        std::fs::write(folder.path().join("plimsoll.yaml"), config).unwrap();
        let (port, admin) = (free_port(), free_port());
        let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll-webhook"))
            .args(["serve", "--config", "plimsoll.yaml", "--name", NAME])
            .args(["--certificate", "tls/tls.crt", "--key", "tls/tls.key"])
            .args([
                "--listen",
                &format!("127.0.0.1:{port}"),
                "--admin",
                &format!("127.0.0.1:{admin}"),
            ])
            .args(["--reload-seconds", "1"])
            .args(arguments)
            .current_dir(folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = collect(child.stderr.take().unwrap());
        let server = Self {
            child,
            folder,
            authority,
            port,
            admin,
            log,
        };
        server.wait("ready", || {
            server.probe("/readyz").starts_with("HTTP/1.1 200")
        });
        server
    }

    /// Waits until something is so, and says what was logged if it never is.
    pub(crate) fn wait(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let until = Instant::now() + Duration::from_mins(1);
        while !is_so() {
            assert!(
                Instant::now() < until,
                "never {what}; the log:\n{}",
                self.log()
            );
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Swaps the certificate as the kubelet does: a link to a new folder.
    pub(crate) fn show(&self, chain: &str, key: &str) {
        place(self.folder.path(), chain, key);
    }

    /// What the other port answers.
    pub(crate) fn probe(&self, path: &str) -> String {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.admin)) else {
            return String::new();
        };
        let _ = write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    pub(crate) fn plain(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        stream
    }

    pub(crate) fn connect(&self) -> Connection {
        self.try_connect(&self.authority).unwrap()
    }

    /// A connection of a client that trusts an authority.
    pub(crate) fn try_connect(&self, authority: &Authority) -> std::io::Result<Connection> {
        let mut roots = RootCertStore::empty();
        roots.add(authority.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(NAME).unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = StreamOwned::new(client, self.plain());
        // The handshake, so that a certificate that is not trusted is told here.
        stream.conn.complete_io(&mut stream.sock)?;
        Ok(Connection {
            stream: BufReader::new(stream),
        })
    }

    /// One question on a connection of its own.
    pub(crate) fn ask(&self, body: &str) -> Answer {
        self.connect().ask(body)
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `tls` is a link, as in a mounted Secret.
fn place(folder: &Path, chain: &str, key: &str) {
    let data = tempfile::Builder::new()
        .prefix("..data")
        .tempdir_in(folder)
        .unwrap()
        .keep();
    std::fs::write(data.join("tls.crt"), chain).unwrap();
    std::fs::write(data.join("tls.key"), key).unwrap();
    let link = folder.join("tls.new");
    std::os::unix::fs::symlink(&data, &link).unwrap();
    std::fs::rename(&link, folder.join("tls")).unwrap();
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn collect(output: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let log = Arc::new(Mutex::new(String::new()));
    let lines = Arc::clone(&log);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            *lines.lock().unwrap() += &(line + "\n");
        }
    });
    log
}

/// A connection that stays open.
pub(crate) struct Connection {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
}

/// What is answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn review(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn response(&self) -> Value {
        self.review()["response"].clone()
    }

    pub(crate) fn has(&self, header: &str) -> bool {
        let wanted = header.to_lowercase();
        self.head.lines().any(|line| line.to_lowercase() == wanted)
    }
}

impl Connection {
    pub(crate) fn ask(&mut self, body: &str) -> Answer {
        let head = format!(
            "Content-Type: application/json\r\nContent-Length: {}",
            body.len()
        );
        self.send("POST /validate?timeout=5s", &head, body.as_bytes())
            .unwrap()
    }

    /// Sends a request as it is given.
    pub(crate) fn send(&mut self, line: &str, head: &str, body: &[u8]) -> std::io::Result<Answer> {
        let head = format!("{line} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n");
        self.write(head.as_bytes())?;
        // A server may answer before it has read all of a body that it will not take.
        let _ = self.write(body);
        self.read()
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.get_mut().write_all(bytes)?;
        self.stream.get_mut().flush()
    }

    pub(crate) fn read(&mut self) -> std::io::Result<Answer> {
        let mut head = String::new();
        loop {
            let before = head.len();
            if self.stream.read_line(&mut head)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if &head[before..] == "\r\n" {
                break;
            }
        }
        let head = head.replace("\r\n", "\n");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap();
        let length = head.lines().find_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length: ")
                .and_then(|length| length.parse().ok())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        self.stream.read_exact(&mut body)?;
        Ok(Answer {
            status,
            head,
            body: String::from_utf8(body).unwrap(),
        })
    }
}
