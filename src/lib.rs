//! Which Passport user is behind a Socket.IO connection: cookie → express-session in Redis → user.
//!
//! The native half of the npm package `passport-socketio-native`. JavaScript touches what is the app's
//! own (`deserializeUser`, `success`, `fail`, `accept`); everything up to the verdict is here.
//!
//! ```text
//!  JS thread                                    │ I/O thread (one an environment, tokio current_thread)
//!  ─────────────────────────────────────────────┼────────────────────────────────────────────────────
//!  submit(header, ticket)      node::raw        │
//!    admission::admit          core             │
//!    no signed cookie: refused in the call      │
//!    else into the Inbox       redis_store ─────┼─► Worker: takes all that waits
//!                                               │     admission::session_id   forged ones end here
//!                                               │     fetch                   MGET in chunks ────► Redis
//!                                               │     session::read           verdict
//!  drain() ◄── one wake-up for many ── Outbox ◄─┼──── rows and user keys
//! ```
//!
//! # Layout
//! - [`core`]: what is decided, in plain Rust: no Node, no Redis, no threads. Start at [`core::admission`].
//! - [`redis_store`]: sessions in Redis: a supervised connection, batches, the worker.
//! - `node`: the boundary, the only folder that names napi; it converts and never decides.
#![deny(unsafe_code)]

pub mod core;
#[cfg(feature = "node")]
pub mod node;
pub mod redis_store;
