//! Sessions in Redis: against real servers, and against a scripted one for what a real one does not say on demand.
//!
//! Bounds on time are generous: they tell "at once" from "hangs", on a busy machine.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unnecessary_wraps,
    clippy::unwrap_used,
    missing_docs,
    reason = "a panic is how a test fails; clippy's own exception does not reach helpers of integration tests"
)]

mod closing;
mod cluster;
mod credentials_provider;
mod fingerprint;
mod health;
mod helpers;
mod load;
mod login;
mod look_ups;
mod losses;
mod other_servers;
mod pipeline;
mod sentinel;
mod sharing;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod watch;
mod worker;
