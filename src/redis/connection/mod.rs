//! One connection to one server, kept alive connecting again after every error.
//!
//! ```text
//!  ManagedConnection (supervisor): connect ─ log in ─ probe ─ publish ─ watch ─┐ retries every error
//!        │              ▲─────────────────────────────────────────────────────┘
//!        └─ connection() ──► ConnectionHandle ──► requests
//! ```
//!
//! # Layout
//! - `route`: which server to connect to; it may be another one each time.
//! - `connect`: one attempt to connect. `socket` opens the socket.
//! - [`ConnectionHandle`]: sends requests on a live connection.
//! - [`ManagedConnection`] (`supervisor`): connects again after every loss, with a `backoff`.
//! - `heartbeat`, `io_activity`: notice a server that has stopped answering, and how a connection ended.
//! - `server_error`: what the errors of a server mean.

mod backoff;
pub(super) mod connect;
pub(super) mod handle;
mod heartbeat;
mod io_activity;
pub(super) mod route;
mod server_error;
mod socket;
pub(super) mod supervisor;

pub use handle::ConnectionHandle;
pub use supervisor::ManagedConnection;
