//! `plimsoll-webhook break-glass`: everything is stored, at once, and back to what was before.
//!
//! The API server asks no webhook about webhook configurations, so this works while nothing else can be stored.

use std::process::ExitCode;

use clap::Args;
use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration as Configuration;
use kube::Client;
use kube::api::{Api, PostParams};
use serde_json::{Value, json};

use crate::cli::Installed;
use crate::lease::is_conflict;
use crate::{cluster, say};

/// Where what was before is remembered.
pub const REMEMBERED: &str = "plimsoll.dev/before-break-glass";

/// Have the API server store everything, whatever the webhook says or does not say
#[derive(Debug, Args)]
pub struct BreakGlass {
    #[command(flatten)]
    installed: Installed,
    /// Back to what was before
    #[arg(long)]
    back: bool,
    /// Ask the webhook no longer, instead of only storing what it does not answer for; it may deny too much
    #[arg(long, conflicts_with = "back")]
    off: bool,
}

pub(crate) fn run(arguments: &BreakGlass) -> ExitCode {
    match cluster::block_on(change(arguments)) {
        Ok(text) => {
            say::out(&(text + "\n"));
            ExitCode::SUCCESS
        }
        Err(fault) => {
            say::error(&fault);
            ExitCode::FAILURE
        }
    }
}

async fn change(arguments: &BreakGlass) -> Result<String, String> {
    let client = cluster::connect().await?;
    let name = &arguments.installed.webhook_configuration;
    let change = if arguments.back {
        Change::Back
    } else if arguments.off {
        Change::Off
    } else {
        Change::Ignore
    };
    apply(&client, name, change).await
}

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `failurePolicy: Ignore`: what the webhook does not answer for is stored.
    Ignore,
    /// It is not asked at all.
    Off,
    /// `failurePolicy: Fail`: nothing is stored unjudged.
    Fail,
    /// As it was.
    Back,
}

/// Changes a configuration; says what is so now.
pub async fn apply(client: &Client, name: &str, change: Change) -> Result<String, String> {
    let all: Api<Configuration> = Api::all(client.clone());
    // Whoever keeps the certificate writes it as well, now and then.
    for _ in 0..5 {
        let found = all.get_opt(name).await.map_err(|error| error.to_string())?;
        let Some(mut configuration) = found else {
            return Err(format!(
                "there is no ValidatingWebhookConfiguration {name}: nothing is refused; another one is named with --webhook-configuration"
            ));
        };
        let said = changed(&mut configuration, change)?;
        match all
            .replace(name, &PostParams::default(), &configuration)
            .await
        {
            Ok(_) => return Ok(said),
            Err(error) if is_conflict(&error) => {}
            Err(error) => {
                return Err(format!(
                    "cannot write ValidatingWebhookConfiguration {name}: {error}"
                ));
            }
        }
    }
    Err(format!(
        "ValidatingWebhookConfiguration {name} is written by others all the time; try again"
    ))
}

/// A condition that nothing meets: the API server asks about nothing.
const NEVER: &str = "plimsoll-break-glass";

fn changed(configuration: &mut Configuration, change: Change) -> Result<String, String> {
    let annotations = configuration.metadata.annotations.get_or_insert_default();
    let webhooks = configuration.webhooks.get_or_insert_default();
    let known = annotations.get(REMEMBERED).cloned();
    if change == Change::Back {
        let known = known.ok_or("the glass is not broken: there is nothing to go back to")?;
        let known: Value = serde_json::from_str(&known).map_err(|error| {
            format!("the annotation {REMEMBERED} is damaged: {error}; apply the manifests again")
        })?;
        for webhook in webhooks {
            webhook.failure_policy = known[&webhook.name].as_str().map(ToOwned::to_owned);
            if let Some(conditions) = &mut webhook.match_conditions {
                conditions.retain(|condition| condition.name != NEVER);
            }
        }
        annotations.remove(REMEMBERED);
        return Ok("as it was before: see failurePolicy with plimsoll webhook doctor".to_owned());
    }
    if change == Change::Fail {
        if known.is_some() {
            return Err(
                "the glass is broken; plimsoll webhook break-glass --back comes first".to_owned(),
            );
        }
        for webhook in webhooks {
            webhook.failure_policy = Some("Fail".to_owned());
        }
        return Ok(
            "failurePolicy Fail: nothing is stored unjudged; say so in the manifests as well"
                .to_owned(),
        );
    }
    // Who breaks it twice wants back to what was before the first time.
    if known.is_none() {
        let policies = webhooks
            .iter()
            .map(|own| (own.name.clone(), json!(own.failure_policy)));
        let policies: serde_json::Map<_, _> = policies.collect();
        annotations.insert(REMEMBERED.to_owned(), Value::Object(policies).to_string());
    }
    for webhook in webhooks {
        webhook.failure_policy = Some("Ignore".to_owned());
        let conditions = webhook.match_conditions.get_or_insert_default();
        conditions.retain(|condition| condition.name != NEVER);
        if change == Change::Off {
            let condition = json!({"name": NEVER, "expression": "false"});
            let condition = serde_json::from_value(condition).map_err(|error| error.to_string())?;
            conditions.push(condition);
        }
    }
    let said = if change == Change::Off {
        "the webhook is not asked any more"
    } else {
        "what the webhook does not answer for is stored; what it denies is still denied (--off asks it no longer)"
    };
    Ok(format!(
        "{said}; plimsoll webhook break-glass --back undoes it, and a GitOps tool may do so before you"
    ))
}
