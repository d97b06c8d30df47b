//! The session store in Redis, and the look-up of many keys in it.
//!
//! ```text
//!  Target ──► Store ─┬─ Single: Link (supervisor: connect ─ log in ─ probe ─ publish ─ watch ─┐ retry every error)
//!                    │            │               ▲───────────────────────────────────────────┘
//!                    │            └─ connection() ──► Live ──► fetch
//!                    └─ Cluster: one Link a master, keys by hash slot, MOVED and ASK followed
//! ```
//!
//! While there is no connection every look-up is answered at once with the true cause. Deadlines are the caller's:
//! dropping a [`Store::fetch`] at any moment is safe.

mod address;
mod backoff;
mod batch;
mod chunk;
mod cluster;
mod connect;
mod fault;
mod fetch;
mod fingerprint;
mod heartbeat;
mod inbox;
mod keys;
mod live;
mod login;
mod pulse;
mod race;
mod route;
mod sentinel;
mod socket;
mod store;
mod stores;
mod supervisor;
mod target;
mod tls;
mod url;
mod worker;

pub use address::{Address, AddressError, Parts};
pub use chunk::Chunk;
pub use cluster::{Cluster, Seeds};
pub use fault::Fault;
pub use fetch::{CHUNK, Found, chunks, fetch};
pub use fingerprint::Fingerprint;
pub use inbox::Inbox;
pub use keys::Keys;
pub use live::Live;
pub use login::{Credentials, Login, LoginSource};
pub use route::Route;
pub use sentinel::Sentinels;
pub use store::Store;
pub use stores::Stores;
pub use supervisor::Link;
pub use target::{Node, SentinelParts, Target, TargetParts};
pub use tls::Tls;
pub use worker::Worker;
