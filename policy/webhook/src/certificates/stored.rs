//! What the Secret holds.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::parse_x509_certificate;

/// How long an authority is trusted after the last leaf that it issued has expired.
pub(super) const AFTER: i64 = 86_400;

/// An authority that issues, or will.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// In PEM.
    pub certificate: String,
    /// In PEM.
    pub key: String,
    /// Seconds since 1970.
    pub from: i64,
    /// Seconds since 1970.
    pub to: i64,
}

/// An authority that issues nothing any more; its key is forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Old {
    /// In PEM.
    pub certificate: String,
    /// Until when it is trusted, in seconds since 1970.
    pub until: i64,
}

/// What is shown to the API server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// In PEM.
    pub certificate: String,
    /// In PEM.
    pub key: String,
    /// Seconds since 1970.
    pub from: i64,
    /// Seconds since 1970.
    pub to: i64,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Who issued the leaf.
    pub authority: Authority,
    /// Who will issue the next one, once everybody trusts it.
    pub next: Option<Authority>,
    /// Who issued the one before.
    pub old: Option<Old>,
    /// What is shown.
    pub leaf: Leaf,
}

const LEAF: [&str; 2] = ["tls.crt", "tls.key"];
const AUTHORITY: [&str; 2] = ["ca.crt", "ca.key"];
const NEXT: [&str; 2] = ["ca-next.crt", "ca-next.key"];
const OLD: [&str; 2] = ["ca-old.crt", "ca-old.until"];

type Data = BTreeMap<String, ByteString>;

impl Stored {
    /// Whom the API server has to trust, in PEM: the oldest first, so that it stays as it is when the next one takes over.
    pub fn bundle(&self) -> String {
        let next = self.next.as_ref().map(|next| &*next.certificate);
        let old = self.old.as_ref().map(|old| &*old.certificate);
        let all = [old, Some(&*self.authority.certificate), next];
        all.into_iter().flatten().collect()
    }

    /// As it lies in the Secret.
    pub fn data(&self) -> Data {
        let mut data = Data::new();
        let mut put = |[certificate, other]: [&str; 2], texts: [&str; 2]| {
            for (key, text) in [(certificate, texts[0]), (other, texts[1])] {
                data.insert(key.to_owned(), ByteString(text.into()));
            }
        };
        put(LEAF, [&self.leaf.certificate, &self.leaf.key]);
        let authority = &self.authority;
        put(AUTHORITY, [&authority.certificate, &authority.key]);
        if let Some(next) = &self.next {
            put(NEXT, [&next.certificate, &next.key]);
        }
        if let Some(old) = &self.old {
            put(OLD, [&old.certificate, &old.until.to_string()]);
        }
        data
    }

    /// Reads what lies in the Secret; says what is wrong with it.
    pub fn read(data: &Data) -> Result<Self, String> {
        let text = |key: &str| {
            let bytes = &data.get(key).ok_or_else(|| format!("{key} is missing"))?.0;
            String::from_utf8(bytes.clone()).map_err(|_| format!("{key} is no text"))
        };
        let has = |keys: [&str; 2]| data.contains_key(keys[0]);
        let authority = |keys: [&str; 2]| {
            let (certificate, key) = (text(keys[0])?, text(keys[1])?);
            let (from, to) = validity(keys[0], &certificate)?;
            is_key(keys[1], &key)?;
            Ok::<_, String>(Authority {
                certificate,
                key,
                from,
                to,
            })
        };
        let old = |keys: [&str; 2]| {
            let (certificate, until) = (text(keys[0])?, text(keys[1])?);
            validity(keys[0], &certificate)?;
            let until = until.trim().parse();
            let until = until.map_err(|_| format!("{} is no number of seconds", keys[1]))?;
            Ok::<_, String>(Old { certificate, until })
        };
        let leaf = authority(LEAF)?;
        Ok(Self {
            authority: authority(AUTHORITY)?,
            next: has(NEXT).then(|| authority(NEXT)).transpose()?,
            old: has(OLD).then(|| old(OLD)).transpose()?,
            leaf: Leaf {
                certificate: leaf.certificate,
                key: leaf.key,
                from: leaf.from,
                to: leaf.to,
            },
        })
    }
}

fn is_key(name: &str, pem: &str) -> Result<(), String> {
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes());
    key.map(drop)
        .map_err(|error| format!("{name} is no private key in PEM: {error}"))
}

/// From when and until when a certificate holds.
fn validity(name: &str, pem: &str) -> Result<(i64, i64), String> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes())
        .map_err(|error| format!("{name} is no certificate in PEM: {error}"))?;
    let (_, certificate) = parse_x509_certificate(&der)
        .map_err(|error| format!("{name} is no certificate: {error}"))?;
    let validity = certificate.validity();
    Ok((
        validity.not_before.timestamp(),
        validity.not_after.timestamp(),
    ))
}
