//! Finds the Passport user behind a Socket.IO connection: cookie → express-session in Redis → user.
//!
//! This is the native half of the npm package `passport-socketio-native`. JavaScript calls what belongs to the app
//! (`deserializeUser`, `success`, `fail`, `accept`). This crate does everything before that.
//!
//! ```text
//!  JS thread                                    │ I/O thread (one per environment, tokio current_thread)
//!  ─────────────────────────────────────────────┼────────────────────────────────────────────────────
//!  submit(sent, credential, ticket)   node::raw │
//!    credential::precheck             core      │
//!    no signed cookie: refused in the call      │
//!    otherwise into the Inbox         pipeline ─┼─► Worker: takes all look-ups that wait
//!                                               │     credential::verify    forged cookies end here
//!                                               │     SessionSource::fetch  MGET in chunks ────► redis
//!                                               │     session::read         outcome and user key
//!  drain() ◄─ one wake-up for many ─── Outbox ◄─┼──── rows of outcomes, user keys
//! ```
//!
//! # Layout
//! Arrows run down only: `node` → [`redis`] → [`pipeline`] → [`core`].
//! - `node`: the boundary. It is the only folder that names napi. It converts and never decides.
//! - [`redis`]: sessions in Redis (one server, Sentinel, Cluster) over supervised connections. It implements
//!   [`SessionSource`](pipeline::SessionSource).
//! - [`pipeline`]: look-ups on the I/O thread. It does not know Redis. Start at `pipeline/worker.rs`.
//! - [`core`]: the decisions in plain Rust, without Node, Redis and threads. Start at [`core::credential`].
#![deny(unsafe_code)]

pub mod core;
#[cfg(feature = "node")]
pub mod node;
pub mod pipeline;
pub mod redis;
pub mod watch;
