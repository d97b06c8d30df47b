//! The session store in Redis: one supervised connection, and the look-up of many keys through it.
//!
//! ```text
//!  Address ──► Link (supervisor: connect ─ log in ─ probe ─ publish ─ watch ─┐ retry every error)
//!                │                        ▲──────────────────────────────────┘
//!                └─ connection() ──► Live ──► fetch(&live, &keys, on_chunk)
//! ```
//!
//! While there is no connection every look-up is answered at once with the true cause. Deadlines are the caller's:
//! dropping a [`fetch()`] at any moment is safe.

mod address;
mod backoff;
mod batch;
mod connect;
mod fault;
mod fetch;
mod heartbeat;
mod inbox;
mod keys;
mod live;
mod pulse;
mod socket;
mod supervisor;
mod tls;
mod url;
mod worker;

pub use address::{Address, AddressError, Parts};
pub use fault::Fault;
pub use fetch::{CHUNK, Found, fetch};
pub use inbox::Inbox;
pub use keys::Keys;
pub use live::Live;
pub use supervisor::Link;
pub use tls::Tls;
pub use worker::Worker;
