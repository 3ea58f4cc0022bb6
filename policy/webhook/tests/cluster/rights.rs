//! The rights that `manifests` gives are all that the webhook needs: it keeps its certificate with them alone, where
//! rights are looked at.

use std::sync::Arc;

use cluster::{Authorization, ControlPlane, Options, or_skip};
use k8s_openapi::api::core::v1::Secret;
use kube::api::Api;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use plimsoll_webhook::certificates::{Keeper, Names, Stored};
use plimsoll_webhook::policy::{Policy, Settings};
use plimsoll_webhook::server::tls::Certificate;
use plimsoll_webhook::server::{Limits, State};

use super::{now, plimsoll_webhook};

const DAY: i64 = 86_400;

/// The way to the API server as the webhook's own account.
async fn as_webhook(cluster: &ControlPlane) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = Kubeconfig::read_from(cluster.kubeconfig()).unwrap();
    let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await;
    let mut config = config.unwrap();
    let account = "system:serviceaccount:plimsoll:plimsoll-webhook";
    config.auth_info.impersonate = Some(account.to_owned());
    Client::try_from(config).unwrap()
}

fn keeper(client: &Client, replica: &str) -> Keeper {
    let names = Names {
        namespace: "plimsoll".into(),
        service: "plimsoll-webhook".into(),
        configuration: "plimsoll-webhook".into(),
        replica: replica.into(),
    };
    let policy = Policy::load(None, &Settings::default()).unwrap();
    let state = State::new(policy, Limits::of_threads(1));
    Keeper::new(client, names, Arc::new(Certificate::default()), state, None)
}

#[tokio::test]
#[ignore = "cargo xtask test --only cluster"]
async fn a_certificate_is_kept_with_the_rights_that_the_manifests_give() {
    let options = Options {
        authorization: Authorization::Rbac,
        ..Options::default()
    };
    let Some(cluster) = or_skip(ControlPlane::start(&options)) else {
        return;
    };
    let (_, manifests) =
        plimsoll_webhook(&cluster, &["manifests", "--without-monitoring", "--view"]);
    cluster
        .kubectl(&["create", "namespace", "plimsoll"])
        .succeeds();
    cluster
        .kubectl_with(&["apply", "--server-side", "-f", "-"], &manifests)
        .succeeds();
    let client = as_webhook(&cluster).await;
    let (mut one, mut two) = (keeper(&client, "one"), keeper(&client, "two"));
    let begun = now();
    let secrets: Api<Secret> = Api::namespaced(client.clone(), "plimsoll");
    let authority = async || {
        let secret = secrets.get("plimsoll-webhook-certificates").await.unwrap();
        Stored::read(&secret.data.unwrap()).unwrap().authority
    };
    one.look(begun).await;
    let first = authority().await;
    // From the first authority to the next, with everything that is read and written on the way.
    let late = begun + 2500 * DAY;
    for seconds in [0, 5, 10, 70, 80] {
        one.look(late + seconds).await;
        two.look(late + seconds).await;
        assert_eq!((one.fault(), two.fault()), (None, None));
    }
    assert_ne!(authority().await, first);
    let account = "--as=system:serviceaccount:plimsoll:plimsoll-webhook";
    let may = |arguments: &[&str]| {
        let arguments = [&["auth", "can-i", account], arguments].concat();
        cluster.kubectl(&arguments).code == 0
    };
    assert!(may(&["list", "deployments", "--all-namespaces"]));
    for no in [
        &["get", "secrets", "-n", "plimsoll"][..],
        &["list", "secrets", "-n", "plimsoll"],
        &["get", "secret/other", "-n", "plimsoll"],
        &["update", "lease/other", "-n", "plimsoll"],
        &["patch", "validatingwebhookconfiguration/other"],
        &["update", "validatingwebhookconfiguration/plimsoll-webhook"],
        &["create", "deployments", "-n", "plimsoll"],
        &["create", "secrets", "-n", "default"],
    ] {
        assert!(!may(no), "{no:?}");
    }
}
