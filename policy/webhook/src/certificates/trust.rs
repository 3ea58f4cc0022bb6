//! Whether the API server would accept what is shown: the same questions, asked of the same certificates.

use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::parse_x509_certificate;

/// Why it would not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// Nobody is trusted, or nobody any more.
    #[error("no authority in the caBundle is valid now")]
    NoAuthority,
    /// Neither chain nor bundle can be made out.
    #[error("{0} is no list of certificates in PEM")]
    Unreadable(&'static str),
    /// What TLS says of it.
    #[error("{0}")]
    Refused(String),
}

/// Whether a chain is accepted under a name by whoever trusts a bundle, at a time in seconds since 1970.
pub fn accepts(bundle: &[u8], chain: &[u8], name: &str, now: i64) -> Result<(), Distrust> {
    let mut roots = RootCertStore::empty();
    for root in list(bundle, "the caBundle")? {
        // Go looks at the dates of a root as well, and rustls does not.
        if holds(&root, now) {
            let _ = roots.add(root);
        }
    }
    if roots.is_empty() {
        return Err(Distrust::NoAuthority);
    }
    let chain = list(chain, "the chain")?;
    let (leaf, rest) = chain
        .split_first()
        .ok_or(Distrust::Unreadable("the chain"))?;
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    let verifier = verifier.map_err(|error| Distrust::Refused(error.to_string()))?;
    let server = ServerName::try_from(name.to_owned())
        .map_err(|_| Distrust::Refused(format!("{name} is no name of a server")))?;
    let now = Duration::from_secs(u64::try_from(now).unwrap_or_default());
    let now = UnixTime::since_unix_epoch(now);
    let answer = verifier.verify_server_cert(leaf, rest, &server, &[], now);
    answer
        .map(drop)
        .map_err(|error| Distrust::Refused(error.to_string()))
}

/// The authorities in a bundle that are valid now and whose names begin so, in PEM.
pub(super) fn named(bundle: &[u8], name: &str, now: i64) -> String {
    const END: &str = "-----END CERTIFICATE-----\n";
    let text = String::from_utf8_lossy(bundle);
    let own = text.split_inclusive(END).filter(|pem| {
        let root = CertificateDer::from_pem_slice(pem.as_bytes());
        root.is_ok_and(|root| holds(&root, now) && is_named(&root, name))
    });
    own.collect()
}

fn is_named(certificate: &CertificateDer<'_>, name: &str) -> bool {
    let Ok((_, certificate)) = parse_x509_certificate(certificate) else {
        return false;
    };
    let mut names = certificate.subject().iter_common_name();
    let own = names.next().and_then(|own| own.as_str().ok());
    own.is_some_and(|own| own.starts_with(name))
}

/// When the last authority of a bundle expires.
pub(crate) fn expires(bundle: &[u8]) -> Option<i64> {
    let all = list(bundle, "the caBundle").ok()?;
    all.iter()
        .filter_map(|root| dates(root).map(|(_, to)| to))
        .max()
}

fn list(pem: &[u8], what: &'static str) -> Result<Vec<CertificateDer<'static>>, Distrust> {
    let all: Result<_, _> = CertificateDer::pem_slice_iter(pem).collect();
    all.map_err(|_| Distrust::Unreadable(what))
}

fn dates(certificate: &CertificateDer<'_>) -> Option<(i64, i64)> {
    let (_, certificate) = parse_x509_certificate(certificate).ok()?;
    let validity = certificate.validity();
    Some((
        validity.not_before.timestamp(),
        validity.not_after.timestamp(),
    ))
}

fn holds(certificate: &CertificateDer<'_>, now: i64) -> bool {
    dates(certificate).is_some_and(|(from, to)| (from..to).contains(&now))
}

/// When the first certificate of a chain expires.
pub(crate) fn leaf_expires(chain: &[u8]) -> Option<i64> {
    let all = list(chain, "the chain").ok()?;
    all.first().and_then(dates).map(|(_, to)| to)
}
