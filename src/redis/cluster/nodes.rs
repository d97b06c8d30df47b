//! The connections to the nodes of a cluster.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    pipeline::Fault,
    redis::{
        config::{host_port::HostPort, seeds::Seeds},
        connection::supervisor::ManagedConnection,
    },
};

/// One connection a node that is of use.
pub(super) struct Nodes {
    seeds: Seeds,
    probe_key: Vec<u8>,
    open: Mutex<Open>,
    /// Reconnects of connections that are gone by now.
    past_reconnects: AtomicU64,
}

#[derive(Default)]
struct Open {
    connections: HashMap<HostPort, Member>,
    closed: bool,
}

struct Member {
    connection: ManagedConnection,
    /// A node that takes over slots is named by ASK before the map knows it.
    used: Instant,
}

/// How long the connection to a node that is no master stays open after its last look-up.
const LINGER: Duration = Duration::from_secs(10);

impl Nodes {
    pub(super) fn new(seeds: Seeds, probe_key: Vec<u8>) -> Self {
        Self { seeds, probe_key, open: Mutex::default(), past_reconnects: AtomicU64::new(0) }
    }

    /// The connection to a node, opened if need be. To be held until the look-up has ended: the last one dropped closes the
    /// connection. Needs a tokio runtime.
    pub(super) fn connection(&self, node: &HostPort) -> Result<ManagedConnection, Fault> {
        let mut open = self.lock();
        if open.closed {
            return Err(Fault::Closed);
        }
        if let Some(member) = open.connections.get_mut(node) {
            member.used = Instant::now();
            return Ok(member.connection.clone());
        }
        let connection = ManagedConnection::open(self.seeds.address_of(node)?, self.probe_key.clone());
        open.connections
            .insert(node.clone(), Member { connection: connection.clone(), used: Instant::now() });
        Ok(connection)
    }

    /// The connections that are up.
    pub(super) fn connected(&self) -> Vec<(HostPort, ManagedConnection)> {
        let open = self.lock();
        let up = open.connections.iter().filter(|(_, member)| member.connection.is_up());
        up.map(|(node, member)| (node.clone(), member.connection.clone())).collect()
    }

    /// Whether the last attempt to reach a node failed.
    pub(super) fn is_down(&self, node: &HostPort) -> bool {
        self.lock().connections.get(node).is_some_and(|member| member.connection.is_down())
    }

    /// Opens connections to all `masters`, and closes those that are neither to a master nor were used of late.
    pub(super) fn keep(&self, masters: &[HostPort]) {
        for master in masters {
            // A master without a usable address is told to those whose sessions it has.
            _ = self.connection(master);
        }
        self.lock().connections.retain(|node, member| {
            let keep = member.used.elapsed() < LINGER || masters.contains(node);
            if !keep {
                self.past_reconnects.fetch_add(member.connection.reconnects(), Ordering::Relaxed);
            }
            keep
        });
    }

    pub(super) fn reconnects(&self) -> u64 {
        let open = self.lock();
        let present: u64 = open.connections.values().map(|member| member.connection.reconnects()).sum();
        present + self.past_reconnects.load(Ordering::Relaxed)
    }

    pub(super) fn close(&self) {
        let mut open = self.lock();
        open.closed = true;
        // Those who hold a connection still find it closed.
        open.connections.drain().for_each(|(_, member)| member.connection.close());
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        // Held for a few lines that cannot leave the map half-done.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
