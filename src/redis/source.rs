//! The sessions of one target, however its Redis is set up.

use super::{
    cluster::Cluster,
    config::target::Target,
    connection::{purpose::Purpose, supervisor::ManagedConnection},
    fetch::fetch_all,
    health::Condition,
    sentinel::Sentinels,
};
use crate::pipeline::{Chunk, Fault, Keys, ReadResult, SessionSource};

/// An open source of sessions. A clone is cheap; the last one dropped closes it.
#[derive(Clone)]
pub enum RedisSource {
    /// One server at a time. Sentinels may say which one.
    Single(ManagedConnection),
    /// A cluster, each of whose masters has a part of the sessions.
    Cluster(Cluster),
}

impl RedisSource {
    /// Starts to connect, on the current tokio runtime.
    ///
    /// # Panics
    /// Outside a tokio runtime, as `tokio::spawn` does.
    #[must_use = "dropping it closes the connections"]
    pub fn open(target: Target, purpose: Purpose) -> Self {
        purpose.opened();
        match target {
            Target::Direct(address) => Self::Single(ManagedConnection::open(address, purpose)),
            Target::Sentinel(target) => {
                Self::Single(ManagedConnection::open(Sentinels::new(target), purpose))
            }
            Target::Cluster(seeds) => Self::Cluster(Cluster::open(seeds, purpose)),
        }
    }

    /// Closes all connections for good: look-ups that wait, and all later ones, fail with [`Fault::Closed`].
    pub fn close(&self) {
        match self {
            Self::Single(connection) => connection.close(),
            Self::Cluster(cluster) => cluster.close(),
        }
    }

    /// Whether look-ups can be answered, and the last fault, which stays after a recovery.
    #[must_use]
    pub fn health(&self) -> (Condition, Option<Fault>) {
        match self {
            Self::Single(connection) => connection.health(),
            Self::Cluster(cluster) => cluster.health(),
        }
    }

    /// How often a connection was made again.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        match self {
            Self::Single(connection) => connection.reconnects(),
            Self::Cluster(cluster) => cluster.reconnects(),
        }
    }
}

impl SessionSource for RedisSource {
    /// A connection may end during a read: by the idle limit of a proxy, a restart or CLIENT KILL. Reading twice does no
    /// harm, so what was left unanswered is asked once more on the next connection.
    async fn fetch(&self, keys: &Keys, on_chunk: impl FnMut(Chunk, Result<Vec<ReadResult>, Fault>) + Send) {
        match self {
            Self::Single(connection) => fetch_all(connection, keys, on_chunk).await,
            Self::Cluster(cluster) => cluster.fetch(keys, on_chunk).await,
        }
    }
}
