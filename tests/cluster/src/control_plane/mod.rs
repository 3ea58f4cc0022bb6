//! etcd, the API server and the controllers, each a process of its own.

pub(crate) mod commands;
mod files;
pub(crate) mod ports;

use std::ffi::OsString;
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use crate::error::{self, Error, print, tail};
use crate::folder::Folder;
use crate::guard::Guard;
use crate::kubectl::{self, Output};
use crate::programs::Programs;
use files::Files;
use ports::Ports;

/// Who may do what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Authorization {
    /// Everybody may do everything.
    #[default]
    AlwaysAllow,
    /// What roles say; kubectl is called as an administrator, and as others with `--as`.
    Rbac,
}

/// How a control plane is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who may do what.
    pub authorization: Authorization,
    /// Whether there are controllers: without them Deployments make no Pods, and namespaces do not go.
    pub controllers: bool,
    /// Further flags of kube-apiserver.
    pub api_server: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            authorization: Authorization::default(),
            controllers: true,
            api_server: Vec::new(),
        }
    }
}

/// Where a control plane is.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// What the API server listens on.
    pub(crate) address: Ipv4Addr,
    /// Where Services get their addresses.
    pub(crate) services: String,
    /// The words before a program that start it in another network.
    pub(crate) enter: Vec<OsString>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST,
            services: "10.96.0.0/24".to_owned(),
            enter: Vec::new(),
        }
    }
}

/// A running control plane, which ends with this value, or with the test process.
#[derive(Debug)]
pub struct ControlPlane {
    // Fields are dropped in this order: who asks before who answers, and the folder last.
    controllers: Option<Guard>,
    api_server: Option<Guard>,
    #[expect(dead_code, reason = "it runs as long as this value is there")]
    etcd: Guard,
    options: Options,
    site: Site,
    programs: Programs,
    ports: Ports,
    files: Files,
    folder: Folder,
    namespaces: AtomicU32,
}

static SHARED: OnceLock<Result<ControlPlane, Error>> = OnceLock::new();

impl ControlPlane {
    /// The one that the tests of a test binary share, with default options, each test with namespaces of its own.
    ///
    /// `None` after a line that says SKIPPED and why.
    #[track_caller]
    pub fn shared() -> Option<&'static Self> {
        error::shared(&SHARED, || Self::start(&Options::default()))
    }

    /// Starts one and waits until it is ready.
    pub fn start(options: &Options) -> Result<Self, Error> {
        Self::start_at(&Site::default(), options)
    }

    pub(crate) fn start_at(site: &Site, options: &Options) -> Result<Self, Error> {
        // A port that was free a moment ago may be taken by now.
        let mut tries = 0..3;
        loop {
            match Self::try_start(site, options) {
                Err(Error::Failed(reason))
                    if reason.contains("address already in use") && tries.next().is_some() => {}
                answer => return answer,
            }
        }
    }

    fn try_start(site: &Site, options: &Options) -> Result<Self, Error> {
        let built = ["kube-apiserver", "kube-controller-manager", "kubectl"];
        let programs = Programs::find(&built, &["etcd", "openssl"])?;
        let folder = Folder::create("cluster-")?;
        let ports = Ports::free()?;
        let url = format!("https://{}:{}", site.address, ports.api_server);
        let files = Files::write(&folder, &url)?;
        let etcd = commands::etcd(site, ports, folder.path());
        let mut etcd = Guard::start("etcd", &etcd, folder.path())?;
        // The API server would wait for one that has failed, and not say why.
        etcd.logged("ready to serve client requests")?;
        let mut started = Self {
            controllers: None,
            api_server: None,
            etcd,
            options: options.clone(),
            site: site.clone(),
            programs,
            ports,
            files,
            folder,
            namespaces: AtomicU32::new(0),
        };
        started.start_api_server()?;
        if options.controllers {
            started.start_controllers()?;
        }
        Ok(started)
    }

    /// Starts the API server again after [`ControlPlane::stop_api_server`], and waits until it is ready.
    pub fn start_api_server(&mut self) -> Result<(), Error> {
        let command = commands::api_server(self);
        let mut guard = Guard::start("kube-apiserver", &command, self.folder.path())?;
        guard.ready(|| self.kubectl(&["get", "--raw=/readyz"]).code == 0)?;
        self.api_server = Some(guard);
        Ok(())
    }

    /// Ends the API server as a crash does; what etcd holds stays.
    pub fn stop_api_server(&mut self) {
        self.api_server = None;
    }

    fn start_controllers(&mut self) -> Result<(), Error> {
        let command = commands::controllers(self);
        let folder = self.folder.path();
        let mut guard = Guard::start("kube-controller-manager", &command, folder)?;
        // Pods are refused before it is there.
        guard.ready(|| self.has_account("default"))?;
        self.controllers = Some(guard);
        Ok(())
    }

    fn has_account(&self, namespace: &str) -> bool {
        let account = ["get", "serviceaccount", "default", "--namespace", namespace];
        self.kubectl(&account).code == 0
    }

    /// Makes a namespace that nobody else uses, ready for Pods; its name begins with `prefix`.
    #[track_caller]
    pub fn namespace(&self, prefix: &str) -> String {
        let number = self.namespaces.fetch_add(1, Ordering::Relaxed);
        let name = format!("{prefix}-{number}");
        self.kubectl(&["create", "namespace", &name]).succeeds();
        if self.options.controllers {
            crate::eventually("the namespace has a ServiceAccount", || {
                self.has_account(&name)
            });
        }
        name
    }

    /// Calls kubectl as an administrator.
    #[track_caller]
    pub fn kubectl(&self, arguments: &[&str]) -> Output {
        self.kubectl_with(arguments, "")
    }

    /// Calls kubectl with `input` on its standard input, for `apply --filename=-`.
    #[track_caller]
    pub fn kubectl_with(&self, arguments: &[&str], input: &str) -> Output {
        let program = self.programs.path("kubectl");
        let home = self.folder.path();
        let called = kubectl::call(&program, self.kubeconfig(), home, arguments, input);
        called.expect("kubectl was found, and every Debian has `timeout`")
    }

    /// A kubeconfig of an administrator.
    pub fn kubeconfig(&self) -> &Path {
        &self.files.kubeconfig
    }

    /// Where the API server answers; its certificate is signed by the authority in the kubeconfig.
    pub fn url(&self) -> String {
        format!("https://{}:{}", self.site.address, self.ports.api_server)
    }

    /// The folder that kubectl is in.
    pub fn programs(&self) -> &Path {
        self.programs.folder()
    }

    /// The bearer token of the administrator.
    pub fn token(&self) -> &str {
        &self.files.token
    }

    /// The events of the audit log so far (`audit.k8s.io/v1`, level Metadata), oldest first.
    pub fn audit(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.files.audit_log).unwrap_or_default();
        // The last line may be half written.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let events = whole.lines().map(serde_json::from_str);
        events
            .collect::<Result<_, _>>()
            .expect("the API server writes an event a line")
    }

    /// The end of every program's log.
    pub fn logs(&self) -> String {
        let mut names: Vec<_> = fs::read_dir(self.folder.path())
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|end| end == "log"))
            .filter(|path| *path != self.files.audit_log)
            .collect();
        names.sort();
        let tails = names
            .iter()
            .map(|log| format!("== {}\n{}\n", log.display(), tail(log)));
        tails.collect()
    }
}

/// A test that fails in the middle of something leaves the reason in the logs, which go with this value.
impl Drop for ControlPlane {
    fn drop(&mut self) {
        if std::thread::panicking() {
            print(&self.logs());
        }
    }
}
