//! PostgreSQL, Redis and a balancer, which the tests of SSPP start for themselves.

use crate::host;
use crate::test::Stop;
use crate::workspace::Workspace;

pub(crate) fn install(_: &Workspace) -> Result<(), Stop> {
    // Debian keeps the server's programs out of the search path, by version.
    let postgres = "ls /usr/lib/postgresql/*/bin/postgres || postgres --version";
    host::require(&["sh", "-c", postgres], &["postgresql"])?;
    host::require(&["redis-server", "--version"], &["redis-server"])?;
    host::require(&["haproxy", "-v"], &["haproxy"])?;
    Ok(())
}
