//! The objects of the made trees that run pods.

use std::fmt::Write;

use super::application::Application;

/// An object that runs pods, by its kind.
pub(crate) fn text(app: &Application, kind: &str) -> String {
    let api_version = match kind {
        "Pod" => "v1",
        "Job" | "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    let mut text = app.head(api_version, kind);
    text.push_str("spec:\n");
    match kind {
        "Pod" => pod(&mut text, app, "  ", false),
        "Job" => {
            text.push_str("  backoffLimit: 3\n  template:\n");
            template(&mut text, app, "    ", true);
        }
        "CronJob" => {
            let minute = app.random(kind).below(60);
            let _ = write!(
                text,
                "  schedule: \"{minute} 3 * * *\"\n  concurrencyPolicy: Forbid\n  jobTemplate:\n    spec:\n      template:\n"
            );
            template(&mut text, app, "        ", true);
        }
        _ => controller(&mut text, app, kind),
    }
    text
}

fn controller(text: &mut String, app: &Application, kind: &str) {
    let mut random = app.random(kind);
    if kind != "DaemonSet" {
        let replicas = if app.good { 2 + random.below(3) } else { 1 };
        let _ = writeln!(text, "  replicas: {replicas}");
    }
    if kind == "StatefulSet" {
        let _ = writeln!(text, "  serviceName: {}", app.name);
    }
    let _ = write!(
        text,
        "  selector:\n    matchLabels:\n{}  template:\n",
        app.selector("      ")
    );
    template(text, app, "    ", false);
    if kind == "StatefulSet" {
        let _ = write!(
            text,
            "  volumeClaimTemplates:\n  - metadata:\n      name: data\n    spec:\n      accessModes: [\"ReadWriteOnce\"]\n      \
             resources:\n        requests:\n          storage: {}Gi # grows by itself\n",
            10 + random.below(90)
        );
    }
}

fn template(text: &mut String, app: &Application, indent: &str, once: bool) {
    let _ = write!(
        text,
        "{indent}metadata:\n{indent}  labels:\n{}{indent}spec:\n",
        app.selector(&format!("{indent}    "))
    );
    pod(text, app, &format!("{indent}  "), once);
}

fn pod(text: &mut String, app: &Application, indent: &str, once: bool) {
    let mut lines = Vec::new();
    lines.push(format!("serviceAccountName: {}", app.name));
    if once {
        lines.push("restartPolicy: Never".to_owned());
    }
    if app.good {
        lines.extend(
            [
                "automountServiceAccountToken: false",
                "securityContext:",
                "  runAsNonRoot: true",
                "  runAsUser: 10001",
                "  seccompProfile:",
                "    type: RuntimeDefault",
            ]
            .map(str::to_owned),
        );
    }
    lines.push("containers:".to_owned());
    container(&mut lines, app, &app.name, once);
    if app.random("sidecar").percent(12) {
        container(&mut lines, app, "proxy", true);
    }
    if app.good {
        lines.extend(["volumes:", "- name: tmp", "  emptyDir: {}"].map(str::to_owned));
    }
    for line in lines.iter().flat_map(|lines| lines.lines()) {
        let _ = writeln!(text, "{indent}{line}");
    }
}

fn container(lines: &mut Vec<String>, app: &Application, name: &str, once: bool) {
    let mut random = app.random(name);
    let tag = if app.good { &app.version } else { "latest" };
    lines.push(format!("- name: {name}"));
    lines.push(format!(
        "  image: registry.example.com/{}/{name}:{tag}",
        app.team
    ));
    if random.percent(40) {
        lines.push("  args: [\"--log-format=json\", \"--drain=15s\"]".to_owned());
    }
    if random.percent(20) {
        lines.extend(SCRIPT.map(str::to_owned));
    }
    lines.extend(environment(app, random.below(6)));
    if !once {
        lines.push(format!(
            "  ports:\n  - name: http\n    containerPort: {}",
            app.port
        ));
    }
    if app.good || random.percent(40) {
        lines.push(format!(
            "  resources:\n    requests:\n      cpu: {}m",
            50 + random.below(20) * 10
        ));
        lines.push("      memory: 128Mi\n    limits:\n      memory: \"256Mi\"".to_owned());
    }
    if !once && (app.good || random.percent(40)) {
        for probe in ["livenessProbe", "readinessProbe"] {
            lines.push(format!("  {probe}:\n    httpGet:\n      path: /healthz\n      port: http\n    periodSeconds: 10"));
        }
    }
    if app.good {
        lines.extend(HARDENED.map(str::to_owned));
        lines.push("  volumeMounts:\n  - name: tmp\n    mountPath: /tmp".to_owned());
    } else if random.percent(5) {
        lines.push("  securityContext:\n    privileged: true".to_owned());
    }
}

const SCRIPT: [&str; 5] = [
    "  command:",
    "  - /bin/sh",
    "  - -c",
    "  - |\n    set -eu\n    echo \"starting\" >&2",
    "    exec /app/server",
];

const HARDENED: [&str; 6] = [
    "  securityContext:",
    "    allowPrivilegeEscalation: false",
    "    readOnlyRootFilesystem: true",
    "    capabilities:",
    "      drop:",
    "      - ALL",
];

fn environment(app: &Application, variables: u64) -> Vec<String> {
    let mut lines = Vec::new();
    if variables > 0 {
        lines.push("  env:".to_owned());
    }
    for number in 0..variables {
        lines.push(match number {
            0 => format!("  - name: SERVICE\n    value: {}", app.name),
            1 => format!("  - name: DATABASE_HOST\n    value: \"db.{}.svc\"", app.namespace),
            2 => format!(
                "  - name: LOG_LEVEL # read once, at the start\n    valueFrom:\n      configMapKeyRef:\n        name: {}\n        key: log-level",
                app.name
            ),
            number => format!("  - name: OPTION_{number}\n    value: 'on'"),
        });
    }
    lines
}
