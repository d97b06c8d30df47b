//! What is decided about a connection, in plain Rust: no Node, no Redis, no threads.
#![forbid(unsafe_code)]

pub mod admission;
pub mod code;
pub mod cookie;
pub mod histogram;
pub mod index;
pub mod json;
pub mod outbox;
pub mod percent;
pub mod queue;
pub mod session;
pub mod settings;
pub mod signature;
pub mod signed_cookies;
mod swar;
