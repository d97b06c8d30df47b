//! The Node boundary: the only folder that names napi. It converts and hands on; what is decided is
//! decided in [`core`](crate::core).
//!
//! # Layout
//! - [`outcomes`]: the table of codes, as JavaScript reads it once.
//! - [`gate`]: cookie and signature for whoever has no use for Redis.
//! - [`lookup`]: one authorizer's look-ups in Redis.
//! - [`target`]: where the sessions are, as JavaScript says it.
//! - [`login`]: credentials that JavaScript gives anew for each connection.
//! - [`delivery`]: verdicts to the JS thread, one wake-up for many.
//! - [`io_thread`]: the thread all look-ups of an environment share.
//! - [`index`]: connected sockets by their users' properties.
//! - [`raw`]: the calls of the hot paths, on the bare Node-API.

// Public, because under `cargo test` the generated registration is not compiled and private items would look dead.
pub mod delivery;
pub mod gate;
pub mod index;
pub mod io_thread;
pub mod login;
pub mod lookup;
pub mod outcomes;
pub mod raw;
pub mod target;
