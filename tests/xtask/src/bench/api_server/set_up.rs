//! Who is asked: a webhook, a policy.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ::cluster::{ControlPlane, Output};
use serde_json::{Value, json};

use super::drive::deployment;
use crate::command;
use crate::workspace::Workspace;

/// The release binary, on one thread, asked about one namespace; it ends with this value.
pub(super) struct Hook(Child);

impl Hook {
    pub(super) fn start(workspace: &Workspace, plane: &ControlPlane) -> Result<Self, String> {
        let folder = plane.kubeconfig().parent().ok_or("it is in a folder")?;
        let authority = certify(folder)?;
        let [port, admin] = [free_port()?, free_port()?];
        let binary = workspace.target.join("release/plimsoll-webhook");
        let mut server = workspace.command(binary);
        server.current_dir(folder).stderr(Stdio::null());
        server.args(["serve", "--threads", "1", "--certificate", "hook.crt"]);
        server.args([
            "--key",
            "hook.key",
            "--listen",
            &format!("127.0.0.1:{port}"),
        ]);
        server.args(["--admin", &format!("127.0.0.1:{admin}")]);
        let child = server.spawn();
        let hook = Self(child.map_err(|error| command::not_started(&server, &error))?);
        for namespace in super::ASKED {
            done(&plane.kubectl(&["create", "namespace", namespace]))?;
        }
        let webhook = json!({
            "name": "validate.plimsoll.dev",
            "clientConfig": {"url": format!("https://127.0.0.1:{port}/validate"), "caBundle": authority},
            "failurePolicy": "Fail",
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "namespaceSelector": within("webhook"),
            "rules": [created()],
        });
        apply(
            plane,
            &json!({
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": "ValidatingWebhookConfiguration",
                "metadata": {"name": "plimsoll"},
                "webhooks": [webhook],
            }),
        )?;
        decides(plane, "webhook")?;
        Ok(hook)
    }

    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Three of the rules as somebody would write them who has no webhook.
pub(super) fn policy(plane: &ControlPlane) -> Result<(), String> {
    let pod = "object.spec.template.spec";
    let rule =
        |expression: String, message: &str| json!({"expression": expression, "message": message});
    let matched = json!({"namespaceSelector": within("policy"), "resourceRules": [created()]});
    let validations = [
        rule(
            format!("{pod}.containers.all(c, has(c.livenessProbe))"),
            "a container has no liveness probe",
        ),
        rule(
            format!("{pod}.containers.all(c, has(c.readinessProbe))"),
            "a container has no readiness probe",
        ),
        rule(
            format!(
                "{pod}.containers.all(c, has(c.securityContext) && has(c.securityContext.runAsNonRoot) \
                 ? c.securityContext.runAsNonRoot \
                 : has({pod}.securityContext) && has({pod}.securityContext.runAsNonRoot) \
                 && {pod}.securityContext.runAsNonRoot)"
            ),
            "a container may run as root",
        ),
    ];
    apply(
        plane,
        &json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": "plimsoll"},
            "spec": {"failurePolicy": "Fail", "matchConstraints": matched, "validations": validations},
        }),
    )?;
    apply(
        plane,
        &json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": "plimsoll"},
            "spec": {"policyName": "plimsoll", "validationActions": ["Deny"]},
        }),
    )?;
    decides(plane, "policy")
}

fn within(namespace: &str) -> Value {
    json!({"matchLabels": {"kubernetes.io/metadata.name": namespace}})
}

fn created() -> Value {
    json!({
        "apiGroups": ["apps"],
        "apiVersions": ["v1"],
        "resources": ["deployments"],
        "operations": ["CREATE", "UPDATE"],
    })
}

/// Waits until what has no probe is refused there, and makes sure that what is measured is not.
fn decides(plane: &ControlPlane, namespace: &str) -> Result<(), String> {
    let good = deployment()?;
    let mut bad = good.clone();
    let containers = bad["spec"]["template"]["spec"]["containers"].as_array_mut();
    for container in containers.into_iter().flatten() {
        let fields = container.as_object_mut().ok_or("a container has fields")?;
        fields.remove("livenessProbe");
    }
    let create = ["create", "--dry-run=server", "--filename=-", "--namespace"];
    let create = [&create[..], &[namespace]].concat();
    let said = |object: &Value| plane.kubectl_with(&create, &object.to_string());
    ::cluster::eventually("what has no probe is refused", || {
        said(&bad).stderr.contains("liveness probe")
    });
    done(&said(&good))
}

fn apply(plane: &ControlPlane, object: &Value) -> Result<(), String> {
    let words = ["apply", "--filename=-"];
    done(&plane.kubectl_with(&words, &object.to_string()))
}

fn done(output: &Output) -> Result<(), String> {
    match output.code {
        0 => Ok(()),
        _ => Err(format!("kubectl: {}", output.stderr)),
    }
}

/// A certificate that is its own authority; gives it back as the API server is told of it.
fn certify(folder: &Path) -> Result<String, String> {
    let mut openssl = Command::new("openssl");
    openssl.current_dir(folder);
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt"]);
    openssl.args(["ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=plimsoll", "-addext"]);
    openssl.args(["subjectAltName=IP:127.0.0.1", "-keyout", "hook.key"]);
    command::output(openssl.args(["-out", "hook.crt"]))?;
    let mut base64 = Command::new("openssl");
    base64.current_dir(folder);
    let written = command::output(base64.args(["base64", "-A", "-in", "hook.crt"]))?;
    Ok(written.trim().to_owned())
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    Ok(address.port())
}
