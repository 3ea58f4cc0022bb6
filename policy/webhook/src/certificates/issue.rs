//! Makes authorities and leaves: keys are random, times are given.

use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, Error, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, date_time_ymd,
};

use super::Names;
use super::plan::Step;
use super::stored::{AFTER, Authority, Leaf, Old, Stored};
use super::trust::named;

const DAY: i64 = 86_400;
const AUTHORITY_LASTS: i64 = 3650 * DAY;
const LEAF_LASTS: i64 = 90 * DAY;
/// Clocks differ: what is issued holds from a little before.
const EARLIER: i64 = 300;
/// How long what was lost is trusted: replicas take seconds to show something else. It may have been deleted because
/// somebody has seen it, so that it is not as long as a leaf lasts.
const OVERLAP: i64 = 3600;

impl Stored {
    /// A new beginning: nothing is left of what there was but what the API server trusts and replicas may still show. An
    /// authority of ours among that stays trusted until all of them show the new leaf.
    pub fn begin(names: &Names, now: i64, trusted: &[u8]) -> Result<Self, Error> {
        let authority = authority(names, now)?;
        let certificate = named(trusted, &authority_name(names), now);
        let until = now + OVERLAP;
        Ok(Self {
            leaf: leaf(&authority, names, now)?,
            authority,
            next: None,
            old: (!certificate.is_empty()).then_some(Old { certificate, until }),
        })
    }

    /// What the Secret holds after a step; as before, for steps that do not change it.
    pub fn after(
        before: Option<&Self>,
        step: Step,
        names: &Names,
        now: i64,
    ) -> Result<Self, Error> {
        let Some(mut stored) = before.filter(|_| step != Step::Begin).cloned() else {
            return Self::begin(names, now, b"");
        };
        match step {
            Step::Renew => stored.leaf = leaf(&stored.authority, names, now)?,
            Step::Introduce => stored.next = Some(authority(names, now)?),
            Step::Promote => {
                if let Some(next) = stored.next.take() {
                    let old = std::mem::replace(&mut stored.authority, next);
                    stored.old = Some(Old {
                        certificate: old.certificate,
                        until: stored.leaf.to + AFTER,
                    });
                    stored.leaf = leaf(&stored.authority, names, now)?;
                }
            }
            Step::Drop => stored.old = None,
            Step::Begin | Step::Publish | Step::Rest { .. } => {}
        }
        Ok(stored)
    }
}

fn key() -> Result<KeyPair, Error> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
}

fn authority(names: &Names, now: i64) -> Result<Authority, Error> {
    let key = key()?;
    let (from, to) = (now - EARLIER, now + AUTHORITY_LASTS);
    let mut params = valid(CertificateParams::new(Vec::new())?, from, to);
    // Two authorities must not have one name: whoever verifies looks for the issuer by it.
    let name = format!("{}{now}", authority_name(names));
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(Authority {
        certificate: params.self_signed(&key)?.pem(),
        key: key.serialize_pem(),
        from,
        to,
    })
}

/// How the name of every authority of ours begins.
fn authority_name(names: &Names) -> String {
    format!("{}.{} authority ", names.service, names.namespace)
}

fn leaf(authority: &Authority, names: &Names, now: i64) -> Result<Leaf, Error> {
    let issuer = KeyPair::from_pem(&authority.key)?;
    let issuer = Issuer::from_ca_cert_pem(&authority.certificate, issuer)?;
    let key = key()?;
    let from = (now - EARLIER).max(authority.from);
    // A leaf that outlives its authority is accepted by nobody.
    let to = (now + LEAF_LASTS).min(authority.to);
    let dns = names.dns();
    let mut params = valid(CertificateParams::new(dns.to_vec())?, from, to);
    params
        .distinguished_name
        .push(DnType::CommonName, "plimsoll-webhook");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(Leaf {
        certificate: params.signed_by(&key, &issuer)?.pem(),
        key: key.serialize_pem(),
        from,
        to,
    })
}

fn valid(mut params: CertificateParams, from: i64, to: i64) -> CertificateParams {
    let at = |seconds: i64| {
        date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
    };
    params.not_before = at(from);
    params.not_after = at(to);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
}
