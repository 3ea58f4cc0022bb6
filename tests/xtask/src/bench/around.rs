//! The objects of the made trees that stand around the workloads.

use std::fmt::Write;

use super::application::Application;

/// An object that runs no pod, by its kind.
pub(crate) fn text(app: &Application, kind: &str) -> String {
    let mut text = app.head(api_version(kind), kind);
    match kind {
        "Service" => service(&mut text, app),
        "ConfigMap" => config(&mut text, app),
        "Secret" => secret(&mut text, app),
        "ServiceAccount" if app.good => text.push_str("automountServiceAccountToken: false\n"),
        "Role" | "ClusterRole" => role(&mut text, app),
        "RoleBinding" | "ClusterRoleBinding" => binding(&mut text, app, kind),
        "NetworkPolicy" => policy(&mut text, app),
        "HorizontalPodAutoscaler" => autoscaler(&mut text, app),
        "PodDisruptionBudget" => budget(&mut text, app),
        "Ingress" => ingress(&mut text, app),
        "PersistentVolumeClaim" => text.push_str(CLAIM),
        _ => {}
    }
    text
}

fn api_version(kind: &str) -> &'static str {
    match kind {
        "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding" => {
            "rbac.authorization.k8s.io/v1"
        }
        "NetworkPolicy" | "Ingress" => "networking.k8s.io/v1",
        "HorizontalPodAutoscaler" => "autoscaling/v2",
        "PodDisruptionBudget" => "policy/v1",
        _ => "v1",
    }
}

const CLAIM: &str = "\
spec:
  accessModes: [\"ReadWriteOnce\"]
  storageClassName: standard
  resources:
    requests:
      storage: 20Gi
";

fn service(text: &mut String, app: &Application) {
    let port = app.port;
    let _ = write!(
        text,
        "spec:\n  type: ClusterIP\n  selector:\n{}  ports:\n  - name: http\n    port: 80\n    targetPort: {port}\n    protocol: TCP\n",
        app.selector("    ")
    );
}

/// Settings, and in most a file of some length, as they are in real repositories.
fn config(text: &mut String, app: &Application) {
    let mut random = app.random("ConfigMap");
    let _ = write!(
        text,
        "data:\n  log-level: {}\n  workers: \"{}\"\n  region: 'eu-central-1'\n",
        random.one(&["debug", "info", "warn"]),
        1 + random.below(16)
    );
    if random.percent(70) {
        let _ = write!(text, "  server.conf: |\n    # Written for {}.\n", app.name);
        for number in 0..random.below(90) {
            let _ = writeln!(
                text,
                "    upstream_{number} = http://backend-{number}.{}.svc:{}",
                app.namespace, app.port
            );
        }
    }
}

fn secret(text: &mut String, app: &Application) {
    let mut random = app.random("Secret");
    text.push_str("type: Opaque\nstringData:\n");
    let _ = writeln!(text, "  username: {}", app.name);
    let _ = writeln!(
        text,
        "  connection: \"host=db.{}.svc;pool={}\"",
        app.namespace,
        random.below(50)
    );
}

fn role(text: &mut String, app: &Application) {
    let (resources, verbs) = if app.good {
        (
            "[\"configmaps\", \"endpoints\"]",
            "[\"get\", \"list\", \"watch\"]",
        )
    } else {
        ("[\"*\"]", "[\"*\"]")
    };
    let _ = write!(
        text,
        "rules:\n- apiGroups: [\"\"]\n  resources: {resources}\n  verbs: {verbs}\n- apiGroups:\n  - coordination.k8s.io\n  \
         resources:\n  - leases\n  verbs:\n  - get\n  - update\n"
    );
}

fn binding(text: &mut String, app: &Application, kind: &str) {
    let role = kind.trim_end_matches("Binding");
    let Application {
        name, namespace, ..
    } = app;
    let _ = write!(
        text,
        "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {role}\n  name: {name}\nsubjects:\n- kind: ServiceAccount\n  \
         name: {name}\n  namespace: {namespace}\n"
    );
}

fn policy(text: &mut String, app: &Application) {
    let _ = write!(
        text,
        "spec:\n  podSelector:\n    matchLabels:\n{}  policyTypes:\n  - Ingress\n  ingress:\n  - from:\n    - namespaceSelector:\n        \
         matchLabels:\n          kubernetes.io/metadata.name: ingress # the only way in\n    ports:\n    - port: {}\n",
        app.selector("      "),
        app.port
    );
}

fn autoscaler(text: &mut String, app: &Application) {
    let _ = write!(
        text,
        "spec:\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: {}\n  minReplicas: 2\n  maxReplicas: 10\n  \
         metrics:\n  - type: Resource\n    resource:\n      name: cpu\n      target:\n        type: Utilization\n        averageUtilization: 75\n",
        app.name
    );
}

fn budget(text: &mut String, app: &Application) {
    let _ = write!(
        text,
        "spec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:\n{}",
        app.selector("      ")
    );
}

fn ingress(text: &mut String, app: &Application) {
    let Application { name, team, .. } = app;
    let _ = write!(
        text,
        "spec:\n  ingressClassName: nginx\n  tls:\n  - hosts:\n    - {name}.{team}.example.com\n    secretName: {name}-tls\n  rules:\n  \
         - host: \"{name}.{team}.example.com\"\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n        backend:\n          \
         service:\n            name: {name}\n            port:\n              name: http\n"
    );
}
