//! What to do next, given what there is and the time: pure, so that ten years pass in a test.
//!
//! ```text
//!          authority       2/3 of its time is over     every replica has seen both    its last leaf has expired, + 24 h
//! trusted  ┌──────┐ Introduce ┌────────────┐  Promote  ┌───────────┐      Drop        ┌──────┐
//!          │ one  │ ────────▶ │ one + next │ ────────▶ │ next + old│ ───────────────▶ │ next │
//! leaf by  └─one──┘           └────one─────┘           └───next────┘                  └─next─┘
//! ```

use super::trust::accepts;
use super::{Names, Stored};

/// How long all replicas have to have seen a new authority: other API servers hear of it a moment later than ours.
const SETTLED: i64 = 60;
/// After this a replica that says nothing counts as gone.
const SILENT: i64 = 180;
/// Replicas say what they see again after this.
pub(super) const SPEAKS: i64 = 60;

/// What there is beside the Secret.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What the API server trusts.
    pub published: Published,
    /// What replicas say, while an authority is changed.
    pub reports: Vec<Report>,
}

/// What the API server trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// There is no configuration, so it asks nothing.
    Absent,
    /// The `caBundle`, in PEM.
    Bundle(Vec<u8>),
}

impl Published {
    /// The `caBundle`; nothing if there is no configuration.
    pub fn bundle(&self) -> &[u8] {
        match self {
            Self::Absent => b"",
            Self::Bundle(bundle) => bundle,
        }
    }
}

/// What one replica says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The replica.
    pub replica: String,
    /// Which bundle it reads in the configuration: a digest.
    pub bundle: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// When it said so.
    pub at: i64,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make an authority and a leaf: there is nothing, or nothing that can be used.
    Begin,
    /// Issue another leaf.
    Renew,
    /// Make the next authority, beside the one there is.
    Introduce,
    /// Issue by the next authority from now on.
    Promote,
    /// Forget the old authority.
    Drop,
    /// Write the bundle to the configuration.
    Publish,
    /// Nothing, until then.
    Rest {
        /// Seconds since 1970.
        until: i64,
    },
}

/// What to do next.
pub fn next(stored: Option<&Stored>, seen: &Seen, names: &Names, now: i64) -> Step {
    let Some(stored) = stored else {
        return Step::Begin;
    };
    let authority = &stored.authority;
    let bundle = stored.bundle();
    let published = match &seen.published {
        Published::Absent => true,
        Published::Bundle(own) => *own == bundle.as_bytes(),
    };
    let next = stored.next.as_ref().filter(|next| now < next.to);
    if now >= authority.to {
        // Nobody accepts what it issued: there is nothing to wait for.
        return if next.is_some() {
            Step::Promote
        } else {
            Step::Begin
        };
    }
    // Needs nobody's trust but that which there is, and so does not wait for a configuration that cannot be written.
    if is_leaf_due(stored, names, now) {
        return Step::Renew;
    }
    if !published {
        return Step::Publish;
    }
    if stored.old.as_ref().is_some_and(|old| now >= old.until) {
        return Step::Drop;
    }
    match next {
        Some(_) if agreed(&seen.reports, &digest(bundle.as_bytes()), now) => Step::Promote,
        Some(_) => Step::Rest { until: now },
        None if now >= due(authority.from, authority.to) && stored.old.is_none() => Step::Introduce,
        None => Step::Rest {
            until: rest(stored),
        },
    }
}

fn rest(stored: &Stored) -> i64 {
    let leaf = due(stored.leaf.from, stored.leaf.to);
    let authority = due(stored.authority.from, stored.authority.to);
    let old = stored.old.as_ref().map_or(i64::MAX, |old| old.until);
    leaf.min(authority).min(old)
}

/// When two thirds of a time are over.
fn due(from: i64, to: i64) -> i64 {
    from + (to - from) / 3 * 2
}

fn is_leaf_due(stored: &Stored, names: &Names, now: i64) -> bool {
    let leaf = &stored.leaf;
    // By an authority that ends as soon, another would not hold any longer.
    let better = leaf.to < stored.authority.to;
    let late = now >= due(leaf.from, leaf.to) && better;
    let chain = leaf.certificate.as_bytes();
    let by = stored.authority.certificate.as_bytes();
    let [short, long] = names.dns();
    // A leaf of the future was issued by whoever's clock is ahead; another one would be no better.
    let holds = |name: &str| accepts(by, chain, name, now.max(leaf.from)).is_ok();
    late || !holds(&short) || !holds(&long)
}

/// Whether all replicas that speak have had a bundle for long enough.
fn agreed(reports: &[Report], bundle: &str, now: i64) -> bool {
    let mut speaking = reports
        .iter()
        .filter(|report| now - report.at < SILENT)
        .peekable();
    speaking.peek().is_some()
        && speaking.all(|report| report.bundle == bundle && now - report.since >= SETTLED)
}

/// By which a bundle is told from another.
pub fn digest(bundle: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(bundle);
    let first = digest.iter().take(8);
    let number = first.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{number:016x}")
}
