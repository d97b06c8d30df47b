//! The decisions about a connection, in plain Rust: no Node, no Redis, no threads.
#![forbid(unsafe_code)]

pub mod compact_vec;
pub mod cookie;
pub mod credential;
pub mod format;
pub mod identity;
pub mod index;
pub mod json;
pub mod outcome;
pub mod percent;
pub mod session;
pub mod settings;
pub mod shape;
pub mod signature;
pub mod signed_cookies;
mod swar;
