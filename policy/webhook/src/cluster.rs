//! The way to the API server: as a Pod, or by the kubeconfig of whoever runs the command.

use kube::{Client, Config};

/// Connects; says what to do if there is nothing to connect to.
pub(crate) async fn connect() -> Result<Client, String> {
    // Two providers are compiled in where another crate asks for the other, and then neither is taken by itself.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config::infer().await.map_err(|error| {
        format!("no cluster is configured: {error}; run it in a Pod with a service account, or set KUBECONFIG")
    })?;
    Client::try_from(config)
        .map_err(|error| format!("cannot use the cluster's configuration: {error}"))
}

/// Runs a command that talks to the API server.
pub(crate) fn block_on<T>(command: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(command)
}
