//! Certificates and Leases in a real API server, with a clock that is years ahead where it matters.

use std::sync::Arc;

use cluster::ControlPlane;
use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration as Configuration;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret};
use kube::Client;
use kube::api::{Api, DeleteParams, ObjectMeta, Patch, PatchParams, PostParams};
use plimsoll_webhook::certificates::{Keeper, Names, Stored, accepts};
use plimsoll_webhook::lease::Lease;
use plimsoll_webhook::policy::{Policy, Settings};
use plimsoll_webhook::server::tls::Certificate;
use plimsoll_webhook::server::{Limits, State};
use serde_json::json;

use super::{client, now};

const DAY: i64 = 86_400;

/// A namespace and a configuration of its own for each test, gone afterwards.
struct Place {
    client: Client,
    namespace: String,
}

impl Place {
    async fn new(cluster: &ControlPlane, test: &str) -> Self {
        let namespace = format!("certs-{test}-{}", std::process::id());
        let place = Self {
            client: client(cluster).await,
            namespace,
        };
        let metadata = ObjectMeta {
            name: Some(place.namespace.clone()),
            ..ObjectMeta::default()
        };
        let namespace = Namespace {
            metadata,
            ..Namespace::default()
        };
        let all: Api<Namespace> = Api::all(place.client.clone());
        all.create(&PostParams::default(), &namespace)
            .await
            .unwrap();
        let configuration = serde_json::from_value(json!({
            "metadata": {"name": place.namespace},
            "webhooks": [{
                "name": "validate.plimsoll.dev",
                "clientConfig": {"service": {"namespace": place.namespace, "name": "hook", "path": "/validate"}},
                "sideEffects": "None", "admissionReviewVersions": ["v1"], "failurePolicy": "Ignore",
                // Nothing that another test makes.
                "rules": [{"apiGroups": ["none.example"], "apiVersions": ["v1"], "resources": ["nothing"],
                    "operations": ["CREATE"]}],
            }],
        }));
        let configuration: Configuration = configuration.unwrap();
        place
            .configurations()
            .create(&PostParams::default(), &configuration)
            .await
            .unwrap();
        place
    }

    fn configurations(&self) -> Api<Configuration> {
        Api::all(self.client.clone())
    }

    fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    fn keeper(&self, replica: &str) -> (Keeper, Arc<State>) {
        let names = Names {
            namespace: self.namespace.clone(),
            service: "hook".into(),
            configuration: self.namespace.clone(),
            replica: replica.into(),
        };
        let policy = Policy::load(None, &Settings::default()).unwrap();
        let state = State::new(policy, Limits::of_threads(1));
        let keeper = Keeper::new(
            &self.client,
            names,
            Arc::new(Certificate::default()),
            Arc::clone(&state),
            None,
        );
        (keeper, state)
    }

    async fn stored(&self) -> Stored {
        let secret = self.secrets().get("hook-certificates").await.unwrap();
        Stored::read(&secret.data.unwrap()).unwrap()
    }

    async fn bundle(&self) -> Vec<u8> {
        let configuration = self.configurations().get(&self.namespace).await.unwrap();
        let webhook = configuration.webhooks.unwrap().remove(0);
        webhook
            .client_config
            .ca_bundle
            .map(|bundle| bundle.0)
            .unwrap_or_default()
    }

    async fn patch(&self, patch: serde_json::Value) {
        let params = PatchParams::default();
        let patch = Patch::Strategic(patch);
        self.configurations()
            .patch(&self.namespace, &params, &patch)
            .await
            .unwrap();
    }

    async fn is_accepted(&self, now: i64) -> bool {
        let leaf = self.stored().await.leaf.certificate;
        let name = format!("hook.{}.svc", self.namespace);
        accepts(&self.bundle().await, leaf.as_bytes(), &name, now).is_ok()
    }

    async fn gone(self) {
        let all: Api<Namespace> = Api::all(self.client.clone());
        let params = DeleteParams::default();
        self.configurations()
            .delete(&self.namespace, &params)
            .await
            .unwrap();
        all.delete(&self.namespace, &params).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "cargo xtask test --only cluster"]
async fn from_nothing_two_replicas_come_to_one_certificate_that_is_accepted() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let place = Place::new(cluster, "begin").await;
    let now = now();
    let ((mut one, state), (mut two, other)) = (place.keeper("one"), place.keeper("two"));
    assert_eq!(state.unready().unwrap(), "there is no certificate");
    tokio::join!(one.look(now), two.look(now));
    one.look(now).await;
    two.look(now).await;
    assert_eq!((one.fault(), two.fault()), (None, None));
    assert_eq!((state.unready(), other.unready()), (None, None));
    assert!(place.is_accepted(now).await);
    assert!(
        state
            .metrics
            .text()
            .contains(r#"plimsoll_cert_not_after_seconds{role="ca"}"#)
    );
    let configuration = place.configurations().get(&place.namespace).await.unwrap();
    let owned: Vec<_> = configuration
        .metadata
        .managed_fields
        .into_iter()
        .flatten()
        .filter(|entry| entry.manager.as_deref() == Some("plimsoll-webhook-certificates"))
        .map(|entry| serde_json::to_string(&entry.fields_v1).unwrap())
        .collect();
    let name = r#"k:{\"name\":\"validate.plimsoll.dev\"}"#;
    let field = format!(
        r#"{{"f:webhooks":{{"{name}":{{".":{{}},"f:clientConfig":{{"f:caBundle":{{}}}},"f:name":{{}}}}}}}}"#
    );
    assert_eq!(owned, [field]);
    // The Lease is given back: nobody waits for it.
    let mut lease = Lease::new(
        place.client.clone(),
        &place.namespace,
        "hook-certificates",
        "x",
    );
    assert!(lease.hold(now).await.unwrap());
    place.gone().await;
}

#[tokio::test]
#[ignore = "cargo xtask test --only cluster"]
async fn a_bundle_that_somebody_resets_makes_it_unready_and_is_written_again() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let place = Place::new(cluster, "reset").await;
    let now = now();
    let (mut one, state) = place.keeper("one");
    let (mut two, _) = place.keeper("two");
    one.look(now).await;
    let other = rcgen::generate_simple_self_signed(["x".to_owned()])
        .unwrap()
        .cert
        .pem();
    let bundle = k8s_openapi::ByteString(other.into());
    let client = json!({"name": "validate.plimsoll.dev", "clientConfig": {"caBundle": bundle}});
    place.patch(json!({"webhooks": [client]})).await;
    // Whoever wrote it owns it now, and is named.
    one.look(now + 60).await;
    let fault = one.fault().unwrap().to_owned();
    assert!(
        fault.contains("caBundle of ValidatingWebhookConfiguration"),
        "{fault}"
    );
    let why = state.unready().unwrap();
    assert!(
        why.starts_with("the API server does not accept the certificate by its caBundle"),
        "{why}"
    );
    // It is taken out again, as a GitOps tool does that has no such field.
    let empty = json!({"name": "validate.plimsoll.dev", "clientConfig": {"caBundle": null}});
    place.patch(json!({"webhooks": [empty]})).await;
    assert!(!place.is_accepted(now).await);
    two.look(now + 200).await;
    one.look(now + 200).await;
    assert_eq!(one.fault(), None);
    assert_eq!(state.unready(), None);
    assert!(place.is_accepted(now).await);
    place.gone().await;
}

#[tokio::test]
#[ignore = "cargo xtask test --only cluster"]
async fn what_is_not_ours_is_refused_and_left_alone() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let place = Place::new(cluster, "foreign").await;
    let metadata = ObjectMeta {
        name: Some("hook-certificates".into()),
        ..ObjectMeta::default()
    };
    let secret = Secret {
        metadata,
        ..Secret::default()
    };
    place
        .secrets()
        .create(&PostParams::default(), &secret)
        .await
        .unwrap();
    let (mut one, state) = place.keeper("one");
    one.look(now()).await;
    let fault = one.fault().unwrap().to_owned();
    assert!(
        fault.contains("hook-certificates is not ours: it lacks the label"),
        "{fault}"
    );
    assert!(
        place
            .secrets()
            .get("hook-certificates")
            .await
            .unwrap()
            .data
            .is_none()
    );
    assert!(state.unready().is_some());
    place
        .secrets()
        .delete("hook-certificates", &DeleteParams::default())
        .await
        .unwrap();
    let injected = json!({"cert-manager.io/inject-ca-from": "plimsoll/plimsoll-webhook"});
    place
        .patch(json!({"metadata": {"annotations": injected}}))
        .await;
    one.look(now() + 60).await;
    let fault = one.fault().unwrap().to_owned();
    assert!(fault.contains("is cert-manager's"), "{fault}");
    assert!(place.bundle().await.is_empty());
    place.gone().await;
}

#[tokio::test]
#[ignore = "cargo xtask test --only cluster"]
async fn an_authority_is_changed_with_every_certificate_accepted_on_the_way() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let place = Place::new(cluster, "rotate").await;
    let begun = now();
    let ((mut one, _), (mut two, _)) = (place.keeper("one"), place.keeper("two"));
    one.look(begun).await;
    let first = place.stored().await;
    // A year ahead the leaf is another one, by the same authority.
    let year = begun + 365 * DAY;
    two.look(year).await;
    assert_eq!(place.stored().await.authority, first.authority);
    assert!(place.is_accepted(year).await);
    let late = begun + 2500 * DAY;
    one.look(late).await;
    let during = place.stored().await;
    assert_eq!(during.authority, first.authority);
    assert!(during.next.is_some() && place.is_accepted(late).await);
    // It waits for both.
    one.look(late + 5).await;
    two.look(late + 10).await;
    let reports: Api<ConfigMap> = Api::namespaced(place.client.clone(), &place.namespace);
    let said = reports.get("hook-replicas").await.unwrap().data.unwrap();
    assert_eq!(said.into_keys().collect::<Vec<_>>(), ["one", "two"]);
    one.look(late + 66).await;
    assert_eq!(
        place.stored().await.authority,
        first.authority,
        "two has not had it for a minute"
    );
    two.look(late + 75).await;
    let after = place.stored().await;
    assert_eq!(Some(&after.authority), during.next.as_ref());
    assert!(reports.get_opt("hook-replicas").await.unwrap().is_none());
    // Whoever still shows the leaf of before is accepted, too.
    let name = format!("hook.{}.svc", place.namespace);
    let bundle = place.bundle().await;
    assert_eq!(
        accepts(
            &bundle,
            during.leaf.certificate.as_bytes(),
            &name,
            late + 75
        ),
        Ok(())
    );
    assert!(place.is_accepted(late + 75).await);
    let until = after.old.unwrap().until;
    one.look(until + 1).await;
    assert!(place.stored().await.old.is_none());
    assert_eq!(place.bundle().await, after.authority.certificate.as_bytes());
    assert!(place.is_accepted(until + 1).await);
    place.gone().await;
}

#[tokio::test]
#[ignore = "cargo xtask test --only cluster"]
async fn a_lease_has_one_holder_and_passes_on_when_it_is_given_back_or_forgotten() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let place = Place::new(cluster, "lease").await;
    let lease = |identity| Lease::new(place.client.clone(), &place.namespace, "one", identity);
    let (mut a, mut b) = (lease("a"), lease("b"));
    let (first, second) = tokio::join!(a.hold(1000), b.hold(1000));
    assert!(first.unwrap() ^ second.unwrap());
    let (mut holder, mut other) = if a.is_held() { (a, b) } else { (b, a) };
    assert!(!other.hold(1010).await.unwrap());
    assert!(holder.hold(1012).await.unwrap());
    assert!(!other.hold(1020).await.unwrap(), "it was renewed");
    holder.release().await.unwrap();
    assert!(!holder.is_held());
    assert!(other.hold(1021).await.unwrap());
    // Its clock says what it will: what counts is how long the other has seen no change.
    assert!(!holder.hold(1_000_000).await.unwrap());
    assert!(!holder.hold(1_000_015).await.unwrap());
    assert!(holder.hold(1_000_016).await.unwrap());
    // It was taken away in the meantime: giving back is no fault, and takes nothing from the other.
    other.release().await.unwrap();
    assert!(holder.hold(1_000_017).await.unwrap());
    place.gone().await;
}
