//! Authorities, and certificates for the time and the name that a test wants.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

/// Where webhooks of tests are.
pub(crate) const HERE: &str = "127.0.0.1";

/// An authority, and what it certifies.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A chain and its key, in PEM.
pub(crate) struct Certified {
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// What the API server is told to trust.
    pub(crate) fn pem(&self) -> String {
        self.pem.clone()
    }

    pub(crate) fn certify(&self, name: &str, lasts: Duration) -> Certified {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_after = date_time_ymd(1970, 1, 1) + since_1970() + lasts;
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Certified {
            chain: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

/// Time since 1970.
pub(crate) fn since_1970() -> Duration {
    #[expect(
        clippy::disallowed_methods,
        reason = "certificates are made for the real day"
    )]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap()
}
