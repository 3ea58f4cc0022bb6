use crate::secret::is_sops_encrypted;
use crate::{Check, Context, Item, Kind, Needs, Place, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "external-secret-store-absent",
    item: Item::Secrets,
    severity: Severity::Info,
    default: false,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "the repository has Secrets, and no sign of a store that they come from",
    help: "keep secrets in a store (Vault, a cloud's) and fetch them with external-secrets, or encrypt them with SOPS",
    standards: &[Standard::Cis("5.4.2")],
    docs: include_str!("external_secret_store_absent.md"),
    check: Check::Inventory(check),
};

/// Kinds by which secrets come from a store or lie encrypted in git.
const PROVIDERS: &[Kind] = &[
    Kind::ExternalSecret,
    Kind::ClusterExternalSecret,
    Kind::SecretStore,
    Kind::ClusterSecretStore,
    Kind::SealedSecret,
    Kind::VaultStaticSecret,
    Kind::VaultDynamicSecret,
    Kind::VaultPKISecret,
    Kind::VaultAuth,
    Kind::SecretProviderClass,
];

fn check(cx: &Context<'_, '_>) {
    let provided = PROVIDERS
        .iter()
        .any(|kind| cx.inventory.of_kind(*kind).next().is_some())
        || cx.inventory.of_kind(Kind::Secret).any(is_sops_encrypted)
        || cx
            .inventory
            .of_kind(Kind::Secret)
            .any(|secret| secret.annotation("avp.kubernetes.io/path").is_some());
    if let Some(first) = cx
        .inventory
        .of_kind(Kind::Secret)
        .next()
        .filter(|_| !provided)
    {
        let place = first
            .field("metadata.name")
            .map_or(Place::value(first.node), Place::value);
        let count = cx.inventory.of_kind(Kind::Secret).len();
        let others = if count == 1 {
            String::new()
        } else {
            format!(" and {} others", count - 1)
        };
        let message =
            format!("{first}{others}: the repository shows no store that its Secrets come from");
        cx.report(first, place, message).file();
    }
}
