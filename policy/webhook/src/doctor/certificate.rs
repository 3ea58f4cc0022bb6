//! Whether the API server trusts what is shown, and for how long.

use super::{Facts, Line};
use crate::certificates::{accepts, expires};

const DAY: i64 = 86_400;

/// All lines about certificates.
pub(super) fn all(facts: &Facts, now: i64) -> Vec<Line> {
    let webhooks = facts
        .configuration
        .iter()
        .flat_map(|own| own.webhooks.iter().flatten());
    let mut lines = Vec::new();
    for webhook in webhooks {
        let bundle = webhook.client_config.ca_bundle.as_ref();
        let Some(bundle) = bundle.filter(|bundle| !bundle.0.is_empty()) else {
            lines.push(Line::ill(
                "the configuration has no caBundle: the API server accepts no certificate",
                "with --certificates self the log of the Pods says what is in the way; with cert-manager, look at its cainjector",
            ));
            continue;
        };
        lines.push(left(
            "the last authority of the caBundle",
            expires(&bundle.0),
            now,
        ));
        lines.extend(held(facts, &bundle.0, now));
    }
    lines
}

/// The Secret's chain against the bundle.
fn held(facts: &Facts, bundle: &[u8], now: i64) -> Vec<Line> {
    let chain = match &facts.chain {
        Ok(Some(chain)) => chain,
        Ok(None) => {
            return vec![Line::unknown(
                "what certificate there is: no Secret of ours holds one",
                "if it is mounted from elsewhere, /readyz of the Pods is what tells",
            )];
        }
        Err(error) => {
            return vec![Line::unknown(
                format!("what certificate there is: {error}"),
                "run it as somebody who may read the Secret",
            )];
        }
    };
    let name = &facts.names.dns()[0];
    let accepted = match accepts(bundle, chain, name, now) {
        Ok(()) => Line::well(format!(
            "the certificate is for {name}, and the caBundle accepts it"
        )),
        Err(error) => Line::ill(
            format!("the caBundle does not accept the certificate for {name}: {error}"),
            "with --certificates self it is mended within seconds, unless the log of the Pods says why not; \
             else issue it again for that name by the authority that the caBundle holds",
        ),
    };
    vec![
        accepted,
        left(
            "the certificate",
            crate::certificates::leaf_expires(chain),
            now,
        ),
    ]
}

fn left(what: &str, expires: Option<i64>, now: i64) -> Line {
    let Some(expires) = expires else {
        return Line::ill(format!("{what} is no certificate"), "issue it again");
    };
    let days = (expires - now).div_euclid(DAY);
    match days {
        ..0 => Line::ill(format!("{what} has expired"), "issue it again"),
        0..14 => Line::warn(
            format!("{what} expires in {days} days"),
            "it should have been renewed; the log of whoever renews it says why it was not",
        ),
        _ => Line::well(format!("{what} holds for {days} more days")),
    }
}
