//! The programs' flags.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use super::{Authorization, ControlPlane, Ports};

pub(super) fn etcd(ports: Ports, folder: &Path) -> Command {
    let clients = format!("http://127.0.0.1:{}", ports.etcd);
    let peers = format!("http://127.0.0.1:{}", ports.etcd_peers);
    let mut etcd = Command::new("etcd");
    etcd.args([
        flag("--data-dir", folder.join("etcd")),
        flag("--listen-client-urls", &clients),
        flag("--advertise-client-urls", &clients),
        flag("--listen-peer-urls", &peers),
        flag("--initial-advertise-peer-urls", &peers),
        flag("--initial-cluster", format!("default={peers}")),
    ]);
    etcd
}

pub(super) fn api_server(plane: &ControlPlane) -> Command {
    let files = &plane.files;
    let options = &plane.options;
    let mut server = plane.programs.command("kube-apiserver");
    server.args([
        flag(
            "--etcd-servers",
            format!("http://127.0.0.1:{}", plane.ports.etcd),
        ),
        flag("--bind-address", options.address.to_string()),
        flag("--secure-port", plane.ports.api_server.to_string()),
        flag("--cert-dir", &files.certificates),
        flag("--token-auth-file", &files.tokens),
        flag("--service-account-issuer", plane.url()),
        flag("--service-account-key-file", &files.account_public_key),
        flag("--service-account-signing-key-file", &files.account_key),
        flag("--service-cluster-ip-range", "10.96.0.0/24"),
        flag("--audit-policy-file", &files.audit_policy),
        flag("--audit-log-path", &files.audit_log),
        flag("--allow-privileged", "true"),
    ]);
    if !options.controllers {
        // It refuses Pods until a controller has made an account.
        server.arg("--disable-admission-plugins=ServiceAccount");
    }
    if options.authorization == Authorization::Rbac {
        server.arg("--authorization-mode=RBAC");
    }
    if !options.address.is_loopback() {
        // Where Pods find it; loopback is refused here.
        server.arg(flag("--advertise-address", options.address.to_string()));
    }
    server.args(&options.api_server);
    server
}

pub(super) fn controllers(plane: &ControlPlane) -> Command {
    let files = &plane.files;
    let mut controllers = plane.programs.command("kube-controller-manager");
    controllers.args([
        flag("--kubeconfig", &files.kubeconfig),
        flag("--service-account-private-key-file", &files.account_key),
        // Pods cannot mount their tokens without it.
        flag("--root-ca-file", files.authority()),
        flag("--use-service-account-credentials", "false"),
        flag("--leader-elect", "false"),
        flag("--bind-address", "127.0.0.1"),
        // It serves nothing that we need, and two of them must not be in each other's way.
        flag("--secure-port", "0"),
    ]);
    controllers
}

/// `name=value`, where the value may be a path.
pub(crate) fn flag(name: &str, value: impl AsRef<std::ffi::OsStr>) -> OsString {
    let mut flag = OsString::from(name);
    flag.push("=");
    flag.push(value);
    flag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_one_word() {
        assert_eq!(flag("--data-dir", Path::new("/a b")), "--data-dir=/a b");
    }
}
