//! The sessions, wherever they are: one look-up for all ways to have a Redis.

use super::{
    chunk::Chunk,
    cluster::Cluster,
    fault::Fault,
    fetch::{Found, fetch_all},
    keys::Keys,
    supervisor::Link,
    target::Target,
};

/// An open store. A clone is cheap; the last one dropped closes it.
#[derive(Clone)]
pub enum Store {
    /// One server, which Sentinel may name.
    Single(Link),
    /// A cluster, each of whose masters has a part of the sessions.
    Cluster(Cluster),
}

impl Store {
    /// Starts to connect, on the current tokio runtime. `probe_key`: as in [`Link::open`].
    ///
    /// # Panics
    /// Outside a tokio runtime, as `tokio::spawn` does.
    #[must_use = "dropping it closes the connections"]
    pub fn open(target: Target, probe_key: Vec<u8>) -> Self {
        match target {
            Target::Single(route) => Self::Single(Link::open(route, probe_key)),
            Target::Cluster(seeds) => Self::Cluster(Cluster::open(seeds, probe_key)),
        }
    }

    /// Looks up `keys`. `on_chunk` gets each chunk's answer as it arrives: a [`Found`] for each key of the chunk, or the
    /// fault of them all. Every key is answered once. May be dropped at any time.
    ///
    /// A connection may end under a look-up, by a proxy's idle limit, a restart or CLIENT KILL; to read twice does no
    /// harm, so what it left unanswered is asked once more on the next one.
    pub async fn fetch(&self, keys: &Keys, on_chunk: impl FnMut(Chunk, Result<Vec<Found>, Fault>)) {
        match self {
            Self::Single(link) => fetch_all(link, keys, on_chunk).await,
            Self::Cluster(cluster) => cluster.fetch(keys, on_chunk).await,
        }
    }

    /// Closes all connections for good: look-ups that wait, and all later ones, fail with [`Fault::Closed`].
    pub fn close(&self) {
        match self {
            Self::Single(link) => link.close(),
            Self::Cluster(cluster) => cluster.close(),
        }
    }

    /// How often a connection was made again.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        match self {
            Self::Single(link) => link.reconnects(),
            Self::Cluster(cluster) => cluster.reconnects(),
        }
    }
}
