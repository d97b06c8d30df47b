//! Redis Cluster: which master has which session, and look-ups on all masters.
//!
//! ```text
//!  Seeds ──► topology_refresh: CLUSTER SLOTS ─► Topology ─┐ every 5 s, at once after MOVED,
//!                  ▲──────────────────────────────────────┘ 4 times a second while a master is lost
//!  keys ─ by hash slot ─► one NodeRequest per master: GETs in a pipeline ─► values
//!                                 │ MOVED, ASK: another NodeRequest │ connection lost: once more
//! ```
//!
//! The rules are those of the Redis Cluster specification. This module routes over one
//! [`ManagedConnection`](super::ManagedConnection) per master. The crate's `cluster-async` is not used, because it
//! deadlocks with tokio 1.54 and newer, interleaves ASKING and its command between concurrent requests, does not look
//! for the new master when one hangs, and spins while all masters are down.

mod node_request;
mod nodes;
mod redirect;
mod slots;
mod topology;
mod topology_refresh;

use std::sync::Arc;

use ::redis::Value;
use tokio::task::AbortHandle;

use self::{node_request::NodeRequests, topology::Topology, topology_refresh::keep_current};
use super::{config::seeds::Seeds, connection::purpose::Purpose, fetch::read_value, health::Condition};
use crate::pipeline::{Chunk, Fault, Keys, ReadResult};

/// A supervised connection to every master of a cluster. A clone is cheap; the last one dropped closes them.
#[derive(Clone)]
pub struct Cluster {
    inner: Arc<Inner>,
}

/// Apart from [`Topology`], which the refresh holds too: this is dropped with the last `Cluster`.
struct Inner {
    topology: Arc<Topology>,
    refresh: AbortHandle,
}

impl Cluster {
    /// Starts to connect, on the current tokio runtime.
    ///
    /// # Panics
    /// Outside a tokio runtime, as `tokio::spawn` does.
    #[must_use = "dropping it closes the connections"]
    pub fn open(seeds: Seeds, purpose: Purpose) -> Self {
        let topology = Topology::new(seeds, purpose);
        let refresh = tokio::spawn(keep_current(topology.clone())).abort_handle();
        Self { inner: Arc::new(Inner { topology, refresh }) }
    }

    /// Reads `keys`, as [`SessionSource::fetch`](crate::pipeline::SessionSource::fetch) says. Follows MOVED and ASK,
    /// at most five times.
    pub async fn fetch(
        &self,
        keys: &Keys,
        on_chunk: impl FnMut(Chunk, Result<Vec<ReadResult>, Fault>) + Send,
    ) {
        self.ask("GET", keys, read_value, on_chunk).await;
    }

    /// Asks a command about each of `keys`, as [`fetch`](Self::fetch) does. `read` reads an answer.
    pub(super) async fn ask<R: Send>(
        &self,
        command: &'static str,
        keys: &Keys,
        read: fn(Value) -> R,
        on_chunk: impl FnMut(Chunk, Result<Vec<R>, Fault>) + Send,
    ) {
        NodeRequests::new(&self.inner.topology, command, keys, read, on_chunk).run().await;
    }

    /// Whether all masters tell of changes, as far as that is known.
    pub(super) fn is_tracking(&self) -> Option<bool> {
        self.inner.topology.nodes.are_tracking()
    }

    /// Whether all look-ups can be answered, and the last fault.
    #[must_use]
    pub fn health(&self) -> (Condition, Option<Fault>) {
        self.inner.topology.health()
    }

    /// Closes all connections for good: requests that wait, and all later ones, fail with [`Fault::Closed`].
    pub fn close(&self) {
        self.inner.close();
    }

    /// How often a connection to a master was made again.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.inner.topology.nodes.reconnects()
    }
}

impl Inner {
    fn close(&self) {
        self.refresh.abort();
        self.topology.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
