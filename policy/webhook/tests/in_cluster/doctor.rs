//! What `doctor` says of the installation that `gitops/` makes, in order and broken.

use std::process::Command;

use cluster::eventually;

use super::installation::{Installation, NAME};

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn the_doctor_finds_nothing_wrong_until_something_is() {
    let Some(installation) = Installation::take() else {
        return;
    };
    let cluster = installation.cluster();
    let namespace = cluster.namespace("doctor");
    let doctor = || {
        let mut doctor = Command::new(env!("CARGO_BIN_EXE_plimsoll-webhook"));
        doctor.args(["doctor", "--canary-namespace", &namespace]);
        let output = doctor.env("KUBECONFIG", cluster.kubeconfig()).output();
        let output = output.unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), said)
    };
    let (code, said) = doctor();
    println!("in order:\n{said}");
    // But that there is one node only, which is so.
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("another node that has room"), "{said}");
    assert!(
        said.contains(" ok, 1 warnings, 0 errors, 0 unknown"),
        "{said}"
    );
    let nobody =
        r#"[{"op":"replace","path":"/webhooks/0/clientConfig/service/name","value":"nobody"}]"#;
    let patch = ["patch", "validatingwebhookconfiguration", NAME];
    installation.kubectl(&[&patch[..], &["--type=json", "--patch", nobody]].concat());
    let (code, said) = doctor();
    let told = "error    the API server asks the Service nobody.plimsoll, and not plimsoll-webhook.plimsoll";
    assert!(code == 1 && said.contains(told), "{said}");
    eventually("what is wrong is told", || {
        let (code, said) = doctor();
        let told = code == 1
            && said.contains("error    a canary was taken, and the webhook has not said a word");
        if told {
            println!("with a Service that is not there:\n{said}");
        }
        told
    });
    // Whoever takes it next applies the manifests again.
    cluster
        .kubectl(&["delete", "namespace", &namespace, "--wait=false"])
        .succeeds();
}
