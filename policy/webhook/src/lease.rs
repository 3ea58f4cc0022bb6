//! A Lease: of several replicas one does what must not be done twice.
//!
//! It expires by the clock of whoever waits: a holder counts as gone when its Lease has not changed for as long as it
//! says, since two machines do not agree on the time. Every write names the version that was read, so that of two who
//! take it one is told no.

use k8s_openapi::api::coordination::v1::{Lease as Object, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, ObjectMeta, PostParams};
use kube::{Client, Error};

/// Seconds after which a holder that says nothing counts as gone.
const LASTS: i32 = 15;

/// One replica's view of a Lease.
pub struct Lease {
    api: Api<Object>,
    name: String,
    identity: String,
    /// The version that was seen last, and when it was seen first.
    seen: Option<(String, i64)>,
    held: Option<Object>,
}

impl Lease {
    /// A Lease of a namespace, for one who is called so.
    pub fn new(client: Client, namespace: &str, name: &str, identity: &str) -> Self {
        Self {
            api: Api::namespaced(client, namespace),
            name: name.to_owned(),
            identity: identity.to_owned(),
            seen: None,
            held: None,
        }
    }

    /// Whether it was held when it was last asked for.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Takes or renews it, if nobody else has it at this time, in seconds since 1970.
    pub async fn hold(&mut self, now: i64) -> Result<bool, Error> {
        self.held = None;
        let Some(found) = self.api.get_opt(&self.name).await? else {
            return self.first(now).await;
        };
        if !self.is_free(&found, now) {
            return Ok(false);
        }
        let renewed = taken(&found, &self.identity, now);
        self.written(
            self.api
                .replace(&self.name, &PostParams::default(), &renewed)
                .await,
            now,
        )
    }

    /// Gives it back, so that nobody has to wait for it to expire.
    pub async fn release(&mut self) -> Result<(), Error> {
        let Some(mut held) = self.held.take() else {
            return Ok(());
        };
        if let Some(spec) = &mut held.spec {
            spec.holder_identity = None;
            spec.acquire_time = None;
        }
        let released = self
            .api
            .replace(&self.name, &PostParams::default(), &held)
            .await;
        match released {
            // Somebody else has it, or it is gone: either way it is not ours.
            Err(error) if is_conflict(&error) || is_missing(&error) => Ok(()),
            released => released.map(drop),
        }
    }

    async fn first(&mut self, now: i64) -> Result<bool, Error> {
        let object = Object {
            metadata: ObjectMeta {
                name: Some(self.name.clone()),
                ..ObjectMeta::default()
            },
            spec: None,
        };
        let object = taken(&object, &self.identity, now);
        self.written(self.api.create(&PostParams::default(), &object).await, now)
    }

    fn written(&mut self, written: Result<Object, Error>, now: i64) -> Result<bool, Error> {
        match written {
            Ok(object) => {
                self.seen = version(&object).map(|version| (version, now));
                self.held = Some(object);
                Ok(true)
            }
            Err(error) if is_conflict(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn is_free(&mut self, found: &Object, now: i64) -> bool {
        let spec = found.spec.clone().unwrap_or_default();
        let holder = spec.holder_identity.unwrap_or_default();
        let version = version(found).unwrap_or_default();
        let since = match &self.seen {
            Some((seen, since)) if *seen == version => *since,
            _ => now,
        };
        self.seen = Some((version, since));
        let lasts = spec.lease_duration_seconds.unwrap_or(LASTS);
        holder.is_empty() || holder == self.identity || now - since > i64::from(lasts)
    }
}

/// The Lease as it is once it is taken.
fn taken(found: &Object, identity: &str, now: i64) -> Object {
    let mut object = found.clone();
    let before = object.spec.take().unwrap_or_default();
    let time = Timestamp::from_second(now).ok().map(MicroTime);
    let ours = before.holder_identity.as_deref() == Some(identity);
    object.spec = Some(LeaseSpec {
        holder_identity: Some(identity.to_owned()),
        lease_duration_seconds: Some(LASTS),
        renew_time: time.clone(),
        acquire_time: if ours { before.acquire_time } else { time },
        lease_transitions: Some(before.lease_transitions.unwrap_or(0) + i32::from(!ours)),
        ..before
    });
    object
}

fn version(object: &Object) -> Option<String> {
    object.metadata.resource_version.clone()
}

/// Whether somebody else wrote in between.
pub(crate) fn is_conflict(error: &Error) -> bool {
    matches!(error, Error::Api(status) if status.code == 409)
}

/// Whether there is no such object.
pub(crate) fn is_missing(error: &Error) -> bool {
    matches!(error, Error::Api(status) if status.code == 404)
}
