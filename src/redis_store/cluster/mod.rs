//! Redis Cluster: which master has which session, and look-ups across all of them.
//!
//! ```text
//!  Seeds ──► keeper: CLUSTER SLOTS ─► Topology ─ each 5 s, at once after MOVED, 4 times a second while a master is lost ─┐
//!                        ▲──────────────────────────────────────────────────────────────────────────────────────────────┘
//!  keys ─ by hash slot ─► one errand a master: GETs in a pipeline ─► found │ MOVED, ASK: another errand │ lost: once more
//! ```
//!
//! The rules are those of the Redis Cluster specification. We route ourselves over one [`Link`](super::Link) a master,
//! because the crate's `cluster-async` deadlocks with tokio 1.54 and newer, interleaves ASKING and its command between
//! concurrent requests, does not look for the new master when one hangs, and spins while all are down.

mod errand;
mod keeper;
mod nodes;
mod redirect;
mod seeds;
mod slots;
mod topology;

use std::sync::Arc;

use tokio::task::AbortHandle;

use super::{chunk::Chunk, fault::Fault, fetch::Found, keys::Keys};
use errand::Errands;
use keeper::keep;
pub use seeds::Seeds;
use topology::Shared;

/// A supervised connection to every master of a cluster. A clone is cheap; the last one dropped closes them.
#[derive(Clone)]
pub struct Cluster {
    handle: Arc<Handle>,
}

/// Apart from [`Shared`], which the keeper holds too: when the last `Cluster` goes, so does this.
struct Handle {
    shared: Arc<Shared>,
    keeper: AbortHandle,
}

impl Cluster {
    /// Starts to connect, on the current tokio runtime. `probe_key`: as in [`Link::open`](super::Link::open).
    ///
    /// # Panics
    /// Outside a tokio runtime, as `tokio::spawn` does.
    #[must_use = "dropping it closes the connections"]
    pub fn open(seeds: Seeds, probe_key: Vec<u8>) -> Self {
        let shared = Arc::new(Shared::new(seeds, probe_key));
        let keeper = tokio::spawn(keep(shared.clone())).abort_handle();
        Self { handle: Arc::new(Handle { shared, keeper }) }
    }

    /// Looks up `keys`, see [`Store::fetch`](super::Store::fetch). A MOVED or ASK is followed, five times at most.
    pub async fn fetch(&self, keys: &Keys, on_chunk: impl FnMut(Chunk, Result<Vec<Found>, Fault>)) {
        Errands::new(&self.handle.shared, keys, on_chunk).run().await;
    }

    /// Closes all connections for good: requests that wait, and all later ones, fail with [`Fault::Closed`].
    pub fn close(&self) {
        self.handle.close();
    }

    /// How often a connection to a master was made again.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.handle.shared.nodes.reconnects()
    }
}

impl Handle {
    fn close(&self) {
        self.keeper.abort();
        self.shared.close();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.close();
    }
}
