//! The way to Redis: in the clear, or over TLS to a server whose certificate an authority has signed.

use std::path::{Path, PathBuf};

use redis::{Client, RedisError, TlsCertificates};

/// Why no client of Redis can be made, so that the process cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("REDIS_CA_FILE names {}, which cannot be read: {error}", path.display())]
    Unread {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("REDIS_CA_FILE names {}, which holds no certificate in PEM", path.display())]
    NoCertificate { path: PathBuf },
    #[error(
        "REDIS_CA_FILE is set, and REDIS_URL does not begin with rediss://: nothing is encrypted"
    )]
    InTheClear,
    /// Certificates are read from where `SSL_CERT_FILE` says.
    #[error(
        "no client of Redis can be made: {0} (REDIS_CA_FILE or SSL_CERT_FILE names certificates to trust)"
    )]
    Certificates(RedisError),
    #[error("no client of Redis can be made: {0} (REDIS_URL says where it is)")]
    Client(#[from] RedisError),
}

/// A client that has not connected yet.
pub(super) fn client(url: &str, authorities: Option<&Path>) -> Result<Client, ConnectError> {
    if !url.starts_with("rediss://") {
        return match authorities {
            Some(_) => Err(ConnectError::InTheClear),
            None => Ok(Client::open(url)?),
        };
    }
    // A second call finds the provider installed, which is all that matters.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Some(path) = authorities else {
        return Ok(Client::open(url)?);
    };
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: Some(read(path)?),
    };
    Client::build_with_tls(url, certificates).map_err(ConnectError::Certificates)
}

/// The file, if there is a certificate in it: the client would trust nobody, and not say so.
fn read(path: &Path) -> Result<Vec<u8>, ConnectError> {
    let path = path.to_owned();
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) => return Err(ConnectError::Unread { path, error }),
    };
    let begin = b"-----BEGIN CERTIFICATE-----";
    if text.windows(begin.len()).any(|part| part == begin) {
        Ok(text)
    } else {
        Err(ConnectError::NoCertificate { path })
    }
}

/// What a failure to connect says, with what to do about a certificate that is not trusted.
pub(super) fn hint(error: &RedisError) -> String {
    let text = error.to_string();
    if text.contains("invalid peer certificate") {
        let advice = "REDIS_CA_FILE names the authorities that sign Redis' certificate, \
             which must be for the host in REDIS_URL";
        return format!("{text} ({advice})");
    }
    text
}
