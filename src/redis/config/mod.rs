//! Where Redis is and how to log in: what an app may say, checked before anything connects.
//!
//! # Layout
//! - [`TargetOptions`]: what the app says, as JavaScript hands it over.
//! - [`Target`]: the same, checked: one server ([`Address`]), Sentinels, or the [`Seeds`] of a cluster.
//! - `url`, `database`, `endpoint`, `host_port`, `tls`: the rules of each part, each checked there alone.
//! - `credentials`: fixed ones, or those of a [`CredentialsProvider`].
//! - [`Fingerprint`]: whether two targets are the same, so that they can share a connection.
//! - `error`: what is wrong with an option.

pub(super) mod address;
pub(super) mod credentials;
mod database;
pub(super) mod endpoint;
pub(super) mod error;
pub(super) mod fingerprint;
pub(super) mod host_port;
pub(super) mod options;
pub(super) mod seeds;
pub(super) mod sentinel_target;
pub(super) mod target;
pub(super) mod tls;
mod url;

pub use address::Address;
pub use credentials::{Credentials, CredentialsProvider, Login};
pub use error::ConfigError;
pub use fingerprint::Fingerprint;
pub use options::{NodeOptions, SentinelOptions, TargetOptions, TlsOptions};
pub use seeds::Seeds;
pub use sentinel_target::SentinelTarget;
pub use target::Target;
