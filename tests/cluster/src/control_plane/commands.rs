//! The programs' flags.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use super::{Authorization, ControlPlane, Ports, Site};

pub(super) fn etcd(site: &Site, ports: Ports, folder: &Path) -> Command {
    let clients = format!("http://127.0.0.1:{}", ports.etcd);
    let peers = format!("http://127.0.0.1:{}", ports.etcd_peers);
    let mut etcd = site.command("etcd");
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
    let mut server = plane.site.command(plane.programs.path("kube-apiserver"));
    server.args([
        flag(
            "--etcd-servers",
            format!("http://127.0.0.1:{}", plane.ports.etcd),
        ),
        flag("--bind-address", plane.site.address.to_string()),
        flag("--secure-port", plane.ports.api_server.to_string()),
        flag("--cert-dir", &files.certificates),
        flag("--token-auth-file", &files.tokens),
        flag("--service-account-issuer", plane.url()),
        flag("--service-account-key-file", &files.account_public_key),
        flag("--service-account-signing-key-file", &files.account_key),
        flag("--service-cluster-ip-range", &plane.site.services),
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
    if !plane.site.address.is_loopback() {
        // Where Pods find it; loopback is refused here.
        // Nobody knows a node by its name.
        server.arg("--kubelet-preferred-address-types=InternalIP");
        server.arg(flag("--advertise-address", plane.site.address.to_string()));
    }
    server.args(&options.api_server);
    server
}

pub(super) fn controllers(plane: &ControlPlane) -> Command {
    let files = &plane.files;
    let mut controllers = plane
        .site
        .command(plane.programs.path("kube-controller-manager"));
    controllers.args([
        flag("--kubeconfig", &files.kubeconfig),
        flag("--service-account-private-key-file", &files.account_key),
        // Pods cannot mount their tokens without it.
        flag("--root-ca-file", files.authority()),
        // As in clusters that people run: admission tells controllers from users by their accounts.
        flag("--use-service-account-credentials", "true"),
        flag("--leader-elect", "false"),
        flag("--bind-address", "127.0.0.1"),
        // It serves nothing that we need, and two of them must not be in each other's way.
        flag("--secure-port", "0"),
    ]);
    controllers
}

impl Site {
    /// Starts `program` where this is.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        started_by(&self.enter, program)
    }
}

/// `program`, started by the words before it.
pub(crate) fn started_by(enter: &[OsString], program: impl AsRef<OsStr>) -> Command {
    let Some((first, rest)) = enter.split_first() else {
        return Command::new(program);
    };
    let mut command = Command::new(first);
    command.args(rest).arg(program);
    command
}

/// `name=value`, where the value may be a path.
pub(crate) fn flag(name: &str, value: impl AsRef<OsStr>) -> OsString {
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
