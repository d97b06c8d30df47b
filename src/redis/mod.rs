//! Sessions in Redis, and the look-up of many keys in it. Implements [`SessionSource`](crate::pipeline::SessionSource)
//! and [`WatchedSource`](crate::watch::WatchedSource).
//!
//! ```text
//!  Target ──► RedisSource ─┬─ Single: one ManagedConnection, to one server or to the master that Sentinels name
//!                          └─ Cluster: one ManagedConnection per master, keys by hash slot, MOVED and ASK followed
//! ```
//!
//! While there is no connection every look-up is answered at once with the true cause. Deadlines are the caller's:
//! a [`fetch`](crate::pipeline::SessionSource::fetch) may be dropped at any moment.
//!
//! # Layout
//! Arrows run down only.
//! - [`RedisSource`]; [`SharedByTarget`]: one per target, shared by all authorizers.
//! - `cluster`, `sentinel`: servers that change their roles. `staggered`: asks several servers, one answer is enough.
//! - `fetch`: many keys through one connection. `tracked`: watched keys, and how much time they have left.
//! - `connection`: one connection, kept alive.
//! - `health`: whether look-ups can be answered, and who is told.
//! - `config`: where Redis is and how to log in.
#![forbid(unsafe_code)]

mod cluster;
mod config;
mod connection;
mod fetch;
mod health;
mod sentinel;
mod shared_by_target;
mod source;
mod staggered;
mod tracked;

pub use cluster::Cluster;
pub use config::{
    Address, ConfigError, Credentials, CredentialsProvider, Fingerprint, Login, NodeOptions, Seeds,
    SentinelOptions, SentinelTarget, Target, TargetOptions, TlsOptions,
};
pub use connection::{ConnectionHandle, ManagedConnection, Purpose};
pub use fetch::{CHUNK, chunks, fetch};
pub use health::{Condition, Listener};
pub use shared_by_target::SharedByTarget;
pub use source::RedisSource;
