//! A node as the tests of other crates use it: Pods that are ready, Services that answer, an end in good order.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use cluster::{ControlPlane, Node, eventually};

/// As strict as Pods can be, so that what is not allowed here is noticed.
const WEB: &str = r"
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
      containers:
        - name: web
          image: localhost/server:1
          imagePullPolicy: Never
          ports: [{containerPort: 8080}]
          readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}
          resources:
            requests: {cpu: 10m, memory: 8Mi}
            limits: {cpu: 100m, memory: 16Mi}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
            readOnlyRootFilesystem: true
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
";

/// A namespace in which two Pods are ready behind a Service.
struct Web<'c> {
    cluster: &'c ControlPlane,
    namespace: String,
}

impl Web<'_> {
    fn start(prefix: &str) -> Option<Self> {
        let node = Node::shared()?;
        node.import_server().expect("it is built");
        let cluster = node.control_plane();
        let namespace = cluster.namespace(prefix);
        let apply = ["-n", &namespace, "apply", "--filename=-"];
        cluster.kubectl_with(&apply, WEB).succeeds();
        let web = Self { cluster, namespace };
        web.kubectl(&["rollout", "status", "deployment/web", "--timeout=100s"]);
        Some(web)
    }

    fn kubectl(&self, words: &[&str]) -> String {
        let words = [&["-n", &self.namespace][..], words].concat();
        self.cluster.kubectl(&words).succeeds()
    }

    fn pods(&self) -> Vec<String> {
        let names = "--output=jsonpath={.items[*].metadata.name}";
        let names = self.kubectl(&["get", "pods", "--selector=app=web", names]);
        names.split(' ').map(ToOwned::to_owned).collect()
    }

    fn address(&self) -> String {
        self.kubectl(&[
            "get",
            "service",
            "web",
            "--output=jsonpath={.spec.clusterIP}",
        ])
    }
}

fn ask(address: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((address, 80))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: web\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
#[ignore = "cargo xtask test --only node"]
fn a_service_answers_from_here_from_pods_and_for_the_api_server() {
    let Some(web) = Web::start("service") else {
        return;
    };
    let pods = web.pods();
    assert_eq!(pods.len(), 2);
    let address = web.address();
    for pod in &pods {
        eventually("each Pod answers in turn", || {
            ask(&address).is_ok_and(|answer| answer.ends_with(pod))
        });
        // Some of these come back to the Pod that asks.
        for _ in 0..8 {
            let answer = web.kubectl(&["exec", pod, "--", "/server", &address, "80"]);
            assert!(pods.iter().any(|pod| answer.ends_with(pod)), "{answer}");
        }
    }
    let path = format!(
        "--raw=/api/v1/namespaces/{}/services/web:80/proxy/",
        web.namespace
    );
    let answer = web.kubectl(&["get", &path]);
    assert!(pods.contains(&answer), "{answer}");
}

#[test]
#[ignore = "cargo xtask test --only node"]
fn a_pod_ends_in_good_order_and_is_replaced() {
    let Some(web) = Web::start("deletion") else {
        return;
    };
    let before = web.pods();
    let said = std::thread::scope(|scope| {
        let log = scope.spawn(|| web.kubectl(&["logs", "--follow", &before[0]]));
        web.kubectl(&["delete", "pod", &before[0]]);
        log.join().expect("it does not panic")
    });
    assert_eq!(said, "listening\nasked to end\ndrained\n");
    web.kubectl(&["rollout", "status", "deployment/web", "--timeout=100s"]);
    let after = web.pods();
    assert!(
        after.contains(&before[1]) && !after.contains(&before[0]),
        "{after:?}"
    );
}

#[test]
#[ignore = "cargo xtask test --only node"]
fn a_pod_reaches_this_process() {
    let Some(web) = Web::start("outside") else {
        return;
    };
    let host = Node::shared().expect("it runs").host_address();
    let listener = std::net::TcpListener::bind((host, 0)).expect("the address is ours");
    let port = listener
        .local_addr()
        .expect("it is bound")
        .port()
        .to_string();
    let answer = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody asks");
        stream.write_all(b"from outside").expect("it listens");
    });
    let deployment = "deployment/web";
    let exec = [
        "exec",
        deployment,
        "--",
        "/server",
        &host.to_string(),
        &port,
    ];
    assert_eq!(web.kubectl(&exec), "from outside");
    answer.join().expect("it has answered");
}
