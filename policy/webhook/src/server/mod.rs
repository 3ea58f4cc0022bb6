//! The server: two ports, one for the API server's questions and one for probes and metrics.
//!
//! ```text
//! accept ──▶ TLS ──▶ HTTP/1.1 ──▶ limits ──▶ judged on this thread, or on another if large ──▶ answer
//! listen.rs  tls.rs  watch.rs     load.rs    validate.rs
//! ```

mod admin;
mod connections;
mod listen;
mod load;
mod state;
pub mod tls;
mod validate;
mod watch;

pub use admin::admin;
pub use listen::{Listening, Timing, listen};
pub use load::Load;
pub use state::{Limits, State};
pub use validate::validate;
