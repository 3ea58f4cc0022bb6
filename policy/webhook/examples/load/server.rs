//! The server that is measured, and connections to it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;

const NAME: &str = "plimsoll.plimsoll.svc";

pub(super) struct Server {
    child: Child,
    port: u16,
    config: Arc<ClientConfig>,
    _folder: TempDir,
}

/// What the server used so far.
pub(super) struct Used {
    pub(super) cpu: Duration,
    /// Bytes that it has now.
    pub(super) memory: u64,
}

fn shown(error: impl std::fmt::Display) -> String {
    error.to_string()
}

impl Server {
    pub(super) fn start(binary: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(shown)?;
        let key = KeyPair::generate().map_err(shown)?;
        let params = CertificateParams::new(vec![NAME.to_owned()]).map_err(shown)?;
        let certificate = params.self_signed(&key).map_err(shown)?;
        let write = |name: &str, text: String| {
            std::fs::write(folder.path().join(name), text).map_err(shown)
        };
        write("tls.crt", certificate.pem())?;
        write("tls.key", key.serialize_pem())?;
        let (port, admin) = (free_port()?, free_port()?);
        let child = Command::new(std::path::absolute(Path::new(binary)).map_err(shown)?)
            .args([
                "serve",
                "--threads",
                "1",
                "--certificate",
                "tls.crt",
                "--key",
                "tls.key",
            ])
            .args([
                "--listen",
                &format!("127.0.0.1:{port}"),
                "--admin",
                &format!("127.0.0.1:{admin}"),
            ])
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .map_err(shown)?;
        let config = Arc::new(client(certificate.der())?);
        let server = Self {
            child,
            port,
            config,
            _folder: folder,
        };
        let until = Instant::now() + Duration::from_secs(20);
        while server.connect().is_err() {
            if Instant::now() > until {
                return Err("the server does not answer".into());
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Ok(server)
    }

    pub(super) fn connect(&self) -> Result<Connection, String> {
        let name = ServerName::try_from(NAME).map_err(shown)?;
        let client = ClientConnection::new(Arc::clone(&self.config), name).map_err(shown)?;
        let socket = TcpStream::connect(("127.0.0.1", self.port)).map_err(shown)?;
        socket.set_nodelay(true).map_err(shown)?;
        let mut stream = StreamOwned::new(client, socket);
        stream.conn.complete_io(&mut stream.sock).map_err(shown)?;
        Ok(Connection {
            stream,
            buffer: vec![0; 16 << 10],
        })
    }

    /// As the system accounts for it, in hundredths of a second.
    pub(super) fn used(&self) -> Used {
        let read = |name: &str| {
            std::fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).unwrap_or_default()
        };
        let stat = read("stat");
        let fields: Vec<u64> = stat
            .rsplit(") ")
            .next()
            .unwrap_or_default()
            .split(' ')
            .filter_map(|field| field.parse().ok())
            .collect();
        let ticks = fields.get(10..12).map_or(0, |times| times.iter().sum());
        let status = read("status");
        let resident = status.lines().find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .trim()
                .strip_suffix(" kB")?
                .parse::<u64>()
                .ok()
        });
        Used {
            cpu: Duration::from_millis(ticks * 10),
            memory: resident.unwrap_or_default() * 1024,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn client(certificate: &CertificateDer<'_>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone().into_owned()).map_err(shown)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(builder
        .map_err(shown)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(shown)?;
    Ok(listener.local_addr().map_err(shown)?.port())
}

pub(super) struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    /// A request as it goes over the wire.
    pub(super) fn request(body: &[u8]) -> Vec<u8> {
        let head = format!(
            "POST /validate?timeout=3s HTTP/1.1\r\nHost: plimsoll.plimsoll.svc:443\r\nUser-Agent: kube-apiserver-admission\r\n\
             Content-Length: {}\r\nAccept: application/json, */*\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    }

    /// Asks, and reads the answer to its end.
    pub(super) fn ask(&mut self, request: &[u8]) -> Result<(), String> {
        self.stream.write_all(request).map_err(shown)?;
        self.stream.flush().map_err(shown)?;
        let mut filled = 0;
        loop {
            let read = self
                .stream
                .read(&mut self.buffer[filled..])
                .map_err(shown)?;
            if read == 0 {
                return Err("the server closed the connection".into());
            }
            filled += read;
            let text = &self.buffer[..filled];
            let Some(head) = text.windows(4).position(|end| end == b"\r\n\r\n") else {
                continue;
            };
            if !text.starts_with(b"HTTP/1.1 200") {
                return Err(String::from_utf8_lossy(text).into_owned());
            }
            let said = String::from_utf8_lossy(&text[..head]).to_lowercase();
            let length = said
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if filled >= head + 4 + length.unwrap_or(0) {
                return Ok(());
            }
        }
    }
}
