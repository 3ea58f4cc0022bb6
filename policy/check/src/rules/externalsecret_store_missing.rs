use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "externalsecret-store-missing",
    item: Item::Secrets,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a Secret is to come from a store that does not exist",
    help: "name a store of the repository; one that is installed otherwise belongs under `external` in the configuration",
    standards: &[],
    docs: include_str!("externalsecret_store_missing.md"),
    check: Check::Resource(KINDS, check),
};

const KINDS: &[Kind] = &[
    Kind::ExternalSecret,
    Kind::ClusterExternalSecret,
    Kind::PushSecret,
    Kind::VaultStaticSecret,
    Kind::VaultDynamicSecret,
    Kind::VaultPKISecret,
];

fn check<'s>(cx: &Context<'_, 's>, secret: &Resource<'s>) {
    let Some(spec) = secret.spec() else { return };
    let spec = if secret.kind == Kind::ClusterExternalSecret {
        spec.get("externalSecretSpec")
    } else {
        Some(spec)
    };
    let Some(spec) = spec else { return };
    let items = |field| spec.get(field).into_iter().flat_map(Node::items);
    let sources = items("data")
        .chain(items("dataFrom"))
        .filter_map(|item| item.at(&["sourceRef", "storeRef"]));
    for store in spec
        .get("secretStoreRef")
        .into_iter()
        .chain(items("secretStoreRefs"))
        .chain(sources)
    {
        check_store(cx, secret, store);
    }
    if let Some(login) = spec.get("vaultAuthRef") {
        check_login(cx, secret, login);
    }
}

/// A reference to a `SecretStore` of the same namespace, unless it says `ClusterSecretStore`.
fn check_store<'s>(cx: &Context<'_, 's>, secret: &Resource<'s>, store: Node<'s>) {
    let name = store
        .get("name")
        .and_then(|node| Some((node, node.text()?)));
    let kind = match store.get("kind").and_then(Node::text) {
        None | Some("SecretStore" | "") => Kind::SecretStore,
        Some("ClusterSecretStore") => Kind::ClusterSecretStore,
        Some(_) => return,
    };
    // Whatever namespaces a ClusterExternalSecret selects has to have a SecretStore, which nobody can look up here.
    let unknown = secret.kind == Kind::ClusterExternalSecret && kind == Kind::SecretStore;
    if let Some((place, name)) = name.filter(|_| !unknown) {
        report_missing(cx, secret, place, (kind, secret.namespace(), name));
    }
}

/// A reference of Vault's operator: `name` or `namespace/name`.
fn check_login<'s>(cx: &Context<'_, 's>, secret: &Resource<'s>, login: Node<'s>) {
    let Some(text) = login.text().filter(|text| !text.is_empty()) else {
        return;
    };
    let (namespace, name) = text.split_once('/').unwrap_or((secret.namespace(), text));
    report_missing(cx, secret, login, (Kind::VaultAuth, namespace, name));
}

type Wanted<'a> = (Kind, &'a str, &'a str);

fn report_missing<'s>(
    cx: &Context<'_, 's>,
    secret: &Resource<'s>,
    place: Node<'s>,
    (kind, namespace, name): Wanted<'_>,
) {
    let (namespace, at) = match kind {
        Kind::ClusterSecretStore => ("", String::new()),
        _ => (namespace, format!(" in namespace `{namespace}`")),
    };
    let elsewhere = cx.config.is_external(&format!("{kind:?}"), namespace, name);
    if !elsewhere && cx.inventory.find(kind, namespace, name).is_none() {
        cx.report(
            secret,
            place,
            format!("{secret} is never filled: there is no {kind:?} `{name}`{at}"),
        )
        .file();
    }
}
