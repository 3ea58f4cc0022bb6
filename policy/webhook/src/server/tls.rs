//! The certificate that is shown: read from files whose content is looked at again and again, since a mounted Secret is
//! swapped by a link that no watch of a file sees.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, version};
use tokio_rustls::TlsAcceptor;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

/// Where the certificate lies.
#[derive(Clone, Debug)]
pub struct Files {
    /// The chain, leaf first.
    pub certificate: PathBuf,
    /// The key of the leaf.
    pub key: PathBuf,
    /// Whom clients have to be certified by, if they have to be.
    pub client_authority: Option<PathBuf>,
    /// The name that the API server connects to, `webhook.plimsoll.svc`; not looked at if there is none.
    pub name: Option<String>,
}

/// Why a certificate is not shown.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("{path}: {error}", path = .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is no PEM, or holds something else.
    #[error("{path}: {fault}", path = .path.display())]
    Wrong {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
    /// The API server would not accept it.
    #[error("the certificate is for {names}, and the API server connects to {name}")]
    Name {
        /// What it connects to.
        name: String,
        /// What it is for.
        names: String,
    },
    /// Its time is over, or has not come.
    #[error("the certificate is not valid now: from {from} to {to} (seconds since 1970)")]
    Expired {
        /// When its time begins.
        from: i64,
        /// When it ends.
        to: i64,
    },
    /// Key and certificate do not belong together, say.
    #[error("certificate and key: {0}")]
    Rejected(#[from] rustls::Error),
}

/// What is read of the files: their bytes, by which a change is known.
#[derive(PartialEq, Eq)]
pub struct Material {
    chain: Vec<u8>,
    key: Vec<u8>,
    client_authority: Option<Vec<u8>>,
}

/// The certificate that is shown; none before the first is taken.
#[derive(Default)]
pub struct Certificate {
    shown: ArcSwapOption<ServerConfig>,
}

impl Certificate {
    pub(super) fn acceptor(&self) -> Option<TlsAcceptor> {
        self.shown.load_full().map(TlsAcceptor::from)
    }

    /// Shows what was read from now on, if the API server would accept it at this time; gives back when it expires, in
    /// seconds since 1970. Connections that are open keep what they were shown.
    pub fn show(
        &self,
        files: &Files,
        material: &Material,
        now: i64,
    ) -> Result<i64, CertificateError> {
        let (config, expires) = material.config(files, now)?;
        self.shown.store(Some(Arc::new(config)));
        Ok(expires)
    }
}

impl Material {
    /// Reads the files.
    pub fn read(files: &Files) -> Result<Self, CertificateError> {
        Ok(Self {
            chain: read(&files.certificate)?,
            key: read(&files.key)?,
            client_authority: files.client_authority.as_deref().map(read).transpose()?,
        })
    }

    /// What was given as text, as a Secret holds it.
    pub fn given(files: &Files, chain: &str, key: &str) -> Result<Self, CertificateError> {
        Ok(Self {
            chain: chain.into(),
            key: key.into(),
            client_authority: files.client_authority.as_deref().map(read).transpose()?,
        })
    }

    fn config(&self, files: &Files, now: i64) -> Result<(ServerConfig, i64), CertificateError> {
        let chain = certificates(&files.certificate, &self.chain)?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|error| wrong(&files.key, format!("no private key in PEM: {error}")))?;
        let expires = leaf(files, &chain[0], now)?;
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])?;
        let builder = match (&files.client_authority, &self.client_authority) {
            (Some(path), Some(pem)) => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(certificates(path, pem)?);
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_client_cert_verifier(
                    verifier.map_err(|error| wrong(path, error.to_string()))?,
                )
            }
            _ => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain, key)?;
        // The API server speaks nothing newer to a Service.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok((config, expires))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    std::fs::read(path).map_err(|error| CertificateError::Unreadable {
        path: path.to_owned(),
        error,
    })
}

fn wrong(path: &Path, fault: String) -> CertificateError {
    CertificateError::Wrong {
        path: path.to_owned(),
        fault,
    }
}

fn certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let all = all.map_err(|error| wrong(path, format!("no certificate in PEM: {error}")))?;
    if all.is_empty() {
        return Err(wrong(path, "no certificate in it".into()));
    }
    Ok(all)
}

/// Holds the leaf to what the API server will look at, and gives when it expires.
fn leaf(files: &Files, leaf: &CertificateDer<'_>, now: i64) -> Result<i64, CertificateError> {
    let (_, certificate) = parse_x509_certificate(leaf)
        .map_err(|error| wrong(&files.certificate, format!("no X.509 certificate: {error}")))?;
    let validity = certificate.validity();
    let (from, to) = (
        validity.not_before.timestamp(),
        validity.not_after.timestamp(),
    );
    if now < from || now >= to {
        return Err(CertificateError::Expired { from, to });
    }
    if let Some(name) = &files.name {
        let names = certificate.subject_alternative_name().ok().flatten();
        let names: Vec<String> = names.map_or_else(Vec::new, |names| {
            names
                .value
                .general_names
                .iter()
                .filter_map(shown_name)
                .collect()
        });
        if !names.iter().any(|own| is_for(own, name)) {
            return Err(CertificateError::Name {
                name: name.clone(),
                names: if names.is_empty() {
                    "no name".into()
                } else {
                    names.join(", ")
                },
            });
        }
    }
    Ok(to)
}

fn shown_name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(four) => Some(std::net::Ipv4Addr::from(four).to_string()),
            Err(_) => {
                Some(std::net::Ipv6Addr::from(<[u8; 16]>::try_from(*bytes).ok()?).to_string())
            }
        },
        _ => None,
    }
}

/// A wildcard stands for one label.
fn is_for(pattern: &str, name: &str) -> bool {
    pattern.eq_ignore_ascii_case(name)
        || pattern.strip_prefix("*.").is_some_and(|rest| {
            name.split_once('.')
                .is_some_and(|(_, parent)| parent.eq_ignore_ascii_case(rest))
        })
}
