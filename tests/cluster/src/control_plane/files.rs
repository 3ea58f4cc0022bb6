//! What the programs of the control plane are told in files.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::error::Error;
use crate::folder::Folder;

/// Who asked for what and what was answered; with the annotations of admission, without bodies.
const AUDIT_POLICY: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
";

#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) kubeconfig: PathBuf,
    /// Where the API server puts the certificate that it makes for itself, with the authority that signed it.
    pub(crate) certificates: PathBuf,
    pub(crate) tokens: PathBuf,
    pub(crate) token: String,
    pub(crate) account_key: PathBuf,
    pub(crate) account_public_key: PathBuf,
    pub(crate) audit_policy: PathBuf,
    pub(crate) audit_log: PathBuf,
}

impl Files {
    pub(crate) fn write(folder: &Folder, url: &str) -> Result<Self, Error> {
        let token = random_token()?;
        let tokens = folder.write("tokens.csv", &format!("{token},admin,1,system:masters\n"))?;
        let account_key = folder.join("account.key");
        let account_public_key = folder.join("account.pub");
        let key = account_key.as_os_str();
        openssl(&["genrsa".as_ref(), "-out".as_ref(), key, "2048".as_ref()])?;
        let public = account_public_key.as_os_str();
        let words: [&str; 4] = ["rsa", "-pubout", "-out", "-in"];
        let [rsa, pubout, out, from] = words.map(AsRef::as_ref);
        openssl(&[rsa, from, key, pubout, out, public])?;
        let certificates = folder.join("certificates");
        let kubeconfig = kubeconfig(url, &token, &authority(&certificates));
        Ok(Self {
            kubeconfig: folder.write("kubeconfig", &kubeconfig)?,
            certificates,
            tokens,
            token,
            account_key,
            account_public_key,
            audit_policy: folder.write("audit-policy.yaml", AUDIT_POLICY)?,
            audit_log: folder.join("audit.log"),
        })
    }

    pub(crate) fn authority(&self) -> PathBuf {
        authority(&self.certificates)
    }
}

fn authority(certificates: &Path) -> PathBuf {
    certificates.join("apiserver.crt")
}

/// Others on this machine can reach the API server.
fn random_token() -> Result<String, Error> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0; 16];
    let opened = File::open(source);
    let read = opened.and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(|error| Error::of(source, &error))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

fn kubeconfig(url: &str, token: &str, authority: &Path) -> String {
    let cluster = json!({"server": url, "certificate-authority": authority});
    let context = json!({"cluster": "test", "user": "admin"});
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "test", "context": context}],
        "current-context": "test",
    });
    config.to_string()
}

fn openssl(arguments: &[&std::ffi::OsStr]) -> Result<(), Error> {
    let mut command = Command::new("openssl");
    let output = command.args(arguments).output();
    let output = output.map_err(|error| Error::of(Path::new("openssl"), &error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::Failed(format!("openssl {arguments:?}: {said}")))
}
