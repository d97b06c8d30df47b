//! The Node boundary: the only folder that names napi. It converts and hands on, and never decides.
//!
//! # Layout
//! - [`outcomes`]: what both halves share about credentials and outcomes, as JavaScript reads it once.
//! - [`verifier`]: cookie and signature of an authorizer.
//! - [`lookup`]: one authorizer's look-ups in Redis. `lookup_state` is their state, `submitter` puts one into the queue.
//! - [`target`], [`credentials`]: where Redis is, and how to log in.
//! - [`delivery`]: results to the JS thread, one wake-up for many.
//! - [`watcher`]: the sessions that one authorizer watches; `watcher_state` is its state. [`watch_events`]: what became of them.
//! - [`state_events`], `state_listener`: how the connections are.
//! - `env_state`: what all authorizers of an environment share. [`io_thread`]: the thread of their look-ups.
//! - [`index`]: connected sockets by their users' properties.
//! - [`raw`]: the functions of the hot paths, on the bare Node-API.

// Public, because `cargo test` does not compile the generated registration, so that private items would look unused.
pub mod credentials;
pub mod delivery;
mod env_state;
pub mod index;
mod index_state;
pub mod io_thread;
pub mod lookup;
mod lookup_state;
pub mod outcomes;
pub mod raw;
pub mod state_events;
mod state_listener;
mod submitter;
pub mod target;
pub mod verifier;
pub mod watch_events;
pub mod watcher;
mod watcher_state;
