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
//! - [`Purpose`]: what a connection is for, look-ups or tracking.
//! - `connect`: one attempt to connect. `socket` opens the socket, `greeting` logs in and probes, `hello` makes the crate's
//!   RESP3 harmless.
//! - [`ConnectionHandle`]: sends requests on a live connection.
//! - [`ManagedConnection`] (`supervisor`): connects again after every loss, with a `backoff`.
//! - `heartbeat`, `io_activity`: notice a server that has stopped answering, and how a connection ended.
//! - `server_error`: what the errors of a server mean.

mod backoff;
pub(super) mod connect;
pub(super) mod greeting;
pub(super) mod handle;
mod heartbeat;
mod hello;
mod io_activity;
pub(super) mod purpose;
pub(super) mod route;
mod server_error;
mod socket;
pub(super) mod supervisor;

pub use handle::ConnectionHandle;
pub use purpose::Purpose;
pub use supervisor::ManagedConnection;
